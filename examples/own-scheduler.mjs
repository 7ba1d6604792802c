/**
 * A framework with a scheduler of its own: it is offered resources, takes what suits it, and
 * declines the rest. Here it wants three tasks, and never two of them on the same agent.
 *   node examples/own-scheduler.mjs
 */
import { createCluster, describeResources, isTerminal } from 'mesostate'

const cluster = await createCluster({
  agents: [
    { name: 'north', cpus: 2, mem: 1024 },
    { name: 'south', cpus: 2, mem: 1024 },
    { name: 'tiny', cpus: 0.1, mem: 64 },
    { name: 'west', cpus: 2, mem: 1024 },
  ],
})

const waiting = ['a', 'b', 'c'].map((name) => ({
  id: `replica-${name}`,
  command: `echo ${name}; sleep 0.2`,
  cpus: 0.5,
  mem: 128,
}))
const used = new Set()
let running = 0

const spread = cluster.framework(
  { name: 'spread', role: 'eng' },
  {
    offers(offers, reply) {
      for (const offer of offers) {
        const next = waiting[0]
        const suits =
          next !== undefined &&
          !used.has(offer.agentId) &&
          offer.resources.cpus >= next.cpus &&
          offer.resources.mem >= next.mem
        if (!suits) {
          console.log(`declines ${describeResources(offer.resources)} of ${offer.hostname}`)
          reply.decline(offer, { refuseSeconds: 60 })
          continue
        }
        console.log(`launches ${next.id} on ${offer.hostname}`)
        waiting.shift()
        used.add(offer.agentId)
        running++
        reply.launch(offer, next, { refuseSeconds: 60 })
      }
    },
    update(status, reply) {
      console.log(status.taskId, status.state)
      if (!isTerminal(status.state)) return
      running--
      if (running === 0 && waiting.length === 0) reply.stop()
    },
    rescinded(offerId) {
      console.log(`offer ${offerId} is void`)
    },
  },
)

const error = await spread.ended
console.log(error === undefined ? 'all replicas have run' : error.message)
await cluster.close()
