import { expect, test } from 'vitest'
import type { Offer, TaskStatus } from '../../src/messages/index.ts'
import { virtualCluster } from '../support/virtual-cluster.ts'

/**
 * The conversation between a scheduler and the master in eight steps:
 * register, registered, request, offer, decline, offer, launch, update. Beside it the master proves
 * that it lives, and the scheduler asks whether it has tasks of it that it does not know.
 */
const besides = ['lifecycle.heartbeat', 'task.reconcile']

test('Eight steps: from the registration of a scheduler to the first update of its task', async () => {
  const { cluster, clock } = virtualCluster({ name: 'a', cpus: 4, mem: 4_096 })
  const trace: string[] = []
  cluster.messages(({ from, to, message }) => {
    const between = [from, to].filter((address) => address.startsWith('scheduler/'))
    if (between.length > 0 && !besides.includes(message.type))
      trace.push(`${from} → ${to} ${message.type}`)
  })
  const offered: Offer[] = []
  const updates: TaskStatus[] = []
  const framework = cluster.framework(
    { name: 'reports' },
    {
      offers: (offers) => void offered.push(...offers),
      update: (status) => void updates.push(status),
    },
  )

  // 1: it registers, and 2: hears that the master knows it.
  clock.settle()
  await framework.registered

  // 3: it says what it could use. The agent joins a moment later, so that 4: an offer is made.
  framework.request({ cpus: 1, mem: 1_024 })
  clock.settle()
  expect(offered).toEqual([])
  clock.advance(1_000)
  await cluster.ready
  expect(offered).toMatchObject([{ hostname: 'a', resources: { cpus: 4, mem: 4_096 } }])

  // 5: not now. The master leaves it alone for two seconds, then 6: offers again.
  framework.decline(offered.splice(0), { refuseSeconds: 2 })
  clock.advance(1_999)
  expect(offered).toEqual([])
  clock.advance(1_001)
  expect(offered).toMatchObject([{ resources: { cpus: 4, mem: 4_096 } }])

  // 7: it launches a task; 8: and hears how it goes.
  framework.launch(offered.splice(0), { id: 'daily', command: 'true', cpus: 1, mem: 1_024 })
  while (updates.length === 0) await clock.settled()

  expect(updates[0]).toMatchObject({ taskId: 'daily', state: 'TASK_STARTING' })
  expect(trace.slice(0, 9)).toEqual([
    'scheduler/reports → master lifecycle.register',
    'master → scheduler/reports lifecycle.registered',
    'scheduler/reports → master allocation.request',
    'master → scheduler/reports allocation.offer',
    'scheduler/reports → master allocation.decline',
    'master → scheduler/reports allocation.offer',
    'scheduler/reports → master task.launch',
    'master → scheduler/reports task.update',
    'scheduler/reports → master task.acknowledge',
  ])
  expect(cluster.marks()).toEqual({})
})
