/**
 * A policy of one's own: drf says who is offered an agent, and the fullest agents are given out
 * first, so that small jobs share a few agents, and whole ones stay free for big jobs.
 *   node examples/bin-packing.mjs
 */
import { allocateInOrder, createCluster, listInOrder, shareOrderOf } from 'mesostate'

const freePart = ({ free, total }) => (free.cpus ?? 0) / (total.cpus ?? 1)
const byShare = (round) => shareOrderOf(round, 'bin-packing')

const binPacking = {
  name: 'bin-packing',
  allocate(round) {
    const fullestFirst = round.candidates.toSorted((one, two) => freePart(one) - freePart(two))
    return allocateInOrder(round, byShare(round), fullestFirst)
  },
  order: (round) => listInOrder(byShare(round)), // who comes first, for cluster.explain()
}

for (const policy of ['drf', binPacking]) {
  const agents = Array.from({ length: 6 }, () => ({ cpus: 4, mem: 4096 }))
  const cluster = await createCluster({ agents, policy })
  const tenants = [cluster.jobs('ads'), cluster.jobs('search')]

  // Twelve small jobs come one after the other: as many as three agents hold.
  const small = []
  for (let job = 0; job < 12; job++) small.push(await tenants[job % 2].acquire({ cpus: 1 }))
  const free = cluster.snapshot().agents.filter(({ used }) => used.cpus === undefined)
  console.log(
    `${cluster.explain().policy}: ${free.length} of ${agents.length} agents stay wholly free`,
  )

  for (const lease of small) lease.release()
  await cluster.close()
}
