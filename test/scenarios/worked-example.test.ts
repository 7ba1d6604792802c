import { expect, test } from 'vitest'
import type { Offer } from '../../src/messages/index.ts'
import { virtualCluster } from '../support/virtual-cluster.ts'

/**
 * The example of the architecture page of Mesos: agent 1 has <4 cpus, 4 GB>; framework 1 is
 * offered all of it, launches <2 cpus, 1 GB> and <1 cpu, 2 GB>; the rest goes to framework 2.
 */

test('Worked example: what framework 1 leaves of its offer is offered to framework 2', async () => {
  const { cluster, clock } = virtualCluster({ name: 'agent-1', cpus: 4, mem: 4_096 })
  clock.advance(1_000)
  await cluster.ready

  const first: Offer[] = []
  const second: Offer[] = []
  const one = cluster.framework(
    { name: 'framework-1' },
    { offers: (offers) => void first.push(...offers) },
  )
  clock.settle()
  cluster.framework({ name: 'framework-2' }, { offers: (offers) => void second.push(...offers) })
  clock.settle()

  // Framework 1 was there first and has everything; there is nothing left for framework 2.
  expect(first).toMatchObject([{ hostname: 'agent-1', resources: { cpus: 4, mem: 4_096 } }])
  expect(second).toEqual([])

  one.launch(first, [
    { id: 'task-1', command: 'true', cpus: 2, mem: 1_024 },
    { id: 'task-2', command: 'true', cpus: 1, mem: 2_048 },
  ])
  clock.settle()

  expect(second).toMatchObject([{ hostname: 'agent-1', resources: { cpus: 1, mem: 1_024 } }])
  expect(first).toHaveLength(1)
  const { agents, frameworks, offers } = cluster.snapshot()
  expect(agents).toMatchObject([
    {
      total: { cpus: 4, mem: 4_096 },
      free: {},
      offered: { cpus: 1, mem: 1_024 },
      used: { cpus: 3, mem: 3_072 },
    },
  ])
  expect(frameworks.map(({ name, allocated, tasks }) => [name, allocated, tasks.length])).toEqual([
    ['framework-1', { cpus: 3, mem: 3_072 }, 2],
    ['framework-2', { cpus: 1, mem: 1_024 }, 0],
  ])
  expect(offers).toMatchObject([{ frameworkId: frameworks[1]?.id }])
})
