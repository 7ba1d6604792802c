import { describe, expect, test } from 'vitest'
import { isTerminal, type Master, reserve, type TaskStatus } from '../../../src/index.ts'
import { agent, master } from '../../cluster/processes/support.ts'
import { temporaryFolder, until } from '../../executors/harness.ts'
import { cluster } from '../scheduler/support.ts'
import { Client } from './support.ts'

describe('Schedulers over HTTP: with a real master and agent', () => {
  test('an offer, a launch, updates that are acknowledged, and the end', async () => {
    const head = await cluster(1, {
      timeouts: { updateRetryMinMs: 200, registrationBackoffMs: 20 },
    })
    const client = new Client(head.place)
    const id = await client.framework.registered
    const offer = await client.offer()
    expect(offer).toMatchObject({ frameworkId: id, role: 'eng', resources: { cpus: 2, mem: 512 } })
    client.framework.launch(offer, { id: 'T1', command: 'exit 0', cpus: 1 })
    await client.reaches('T1', 'TASK_FINISHED')
    const next = await client.offer(1)
    client.framework.launch(next, { id: 'T2', command: 'sleep 100', cpus: 1 })
    await client.reaches('T2', 'TASK_RUNNING')
    client.framework.kill('T2')
    await client.reaches('T2', 'TASK_KILLED')
    expect(client.states('T1')).toEqual([...new Set(client.states('T1'))])
    // A task leaves the book with the acknowledgement of its last update.
    await until('an empty book', () => tasksOf(head).length === 0)
    await client.framework.stop()
    expect(head.snapshot().frameworks).toEqual([])
    expect(await client.framework.ended).toBeUndefined()
  })

  test('the master is started again in its folder: the scheduler comes back under its id', async () => {
    const workDir = temporaryFolder()
    const first = await master({ workDir })
    await agent(first.place)
    const client = new Client(first.place)
    const id = await client.framework.registered
    client.framework.launch(await client.offer(), { id: 'T1', command: 'sleep 100', cpus: 1 })
    await client.reaches('T1', 'TASK_RUNNING')
    await first.close()
    const port = Number(first.place.split(':')[1])
    const second = await master({ workDir, port })
    await until('its return', () => client.registrations.length === 2)
    expect(client.registrations).toEqual([id, id])
    expect(client.disconnections).toBe(1)
    await until('its task', () => tasksOf(second).includes('T1 TASK_RUNNING'))
    client.framework.kill('T1')
    await client.reaches('T1', 'TASK_KILLED')
  })

  test('another instance takes over with the id: it has the tasks, and the first one has failed', async () => {
    const head = await cluster(1)
    const first = new Client(head.place)
    const frameworkId = await first.framework.registered
    first.framework.launch(await first.offer(), { id: 'T1', command: 'sleep 100', cpus: 1 })
    await first.reaches('T1', 'TASK_RUNNING')
    const second = new Client(head.place, { frameworkId })
    expect(await second.framework.registered).toBe(frameworkId)
    expect(await first.framework.ended).toBeInstanceOf(Error)
    expect(first.failure?.message).toMatch(/^framework mine failed: .+/)
    await second.reaches('T1', 'TASK_RUNNING')
    second.framework.kill('T1')
    await second.reaches('T1', 'TASK_KILLED')
    expect(second.disconnections).toBe(0)
  })

  test('one that is aborted leaves its tasks, and its successor finds them', async () => {
    const head = await cluster(1)
    const abortion = new AbortController()
    const first = new Client(head.place, { signal: abortion.signal })
    const frameworkId = await first.framework.registered
    first.framework.launch(await first.offer(), { id: 'T1', command: 'sleep 100', cpus: 1 })
    await first.reaches('T1', 'TASK_RUNNING')
    abortion.abort()
    expect((await first.framework.ended)?.message).toBe('framework mine failed: it was aborted')
    const told: TaskStatus[] = []
    const second = new Client(
      head.place,
      { frameworkId },
      { update: (status) => void told.push(status) },
    )
    await until('its task', () => told.some(({ state }) => state === 'TASK_RUNNING'))
    second.framework.kill('T1')
    await until('its end', () => told.some(({ state }) => isTerminal(state)))
  })

  test('one with several roles reserves, and is offered what it reserved', async () => {
    const head = await cluster(1)
    const client = new Client(head.place, { roles: ['ads', 'eng'], principal: 'ops' })
    const offer = await client.offer()
    const amounts = { cpus: 1 }
    const reservation = { role: offer.role, principal: 'ops' }
    client.framework.accept(offer, reserve(amounts, reservation), { refuseSeconds: 0 })
    const again = await until('what is reserved', () =>
      client.offers.find(({ resources }) => `cpus(${offer.role},ops)` in resources),
    )
    client.framework.launch(again, { id: 'T1', command: 'exit 0', cpus: 1 })
    await client.reaches('T1', 'TASK_FINISHED')
  })
})

/** The tasks in the master's book, and their states. */
function tasksOf(head: Master): string[] {
  const { frameworks } = head.snapshot()
  return frameworks.flatMap(({ tasks }) => tasks.map(({ id, state }) => `${id} ${state}`))
}
