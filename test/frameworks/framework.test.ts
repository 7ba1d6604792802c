import { describe, expect, it } from 'vitest'
import type { Framework, FrameworkCallbacks } from '../../src/frameworks/framework.ts'
import type { Offer, TaskStatus } from '../../src/messages/index.ts'
import { InvalidInputError } from '../../src/model/errors.ts'
import { temporaryFolder } from '../executors/harness.ts'
import { createWorld, type World } from '../support/world.ts'

/** A framework that keeps all it hears; what it does with offers is up to the test. */
function frameworkIn(world: World, name: string, callbacks: Partial<FrameworkCallbacks> = {}) {
  const offers: Offer[] = []
  const updates: TaskStatus[] = []
  const rescinded: string[] = []
  const framework = world.cluster.framework(
    { name },
    {
      offers: (fresh) => void offers.push(...fresh),
      update: (status) => void updates.push(status),
      rescinded: (id) => void rescinded.push(id),
      ...callbacks,
    },
  )
  const states = (taskId: string) =>
    updates.filter((status) => status.taskId === taskId).map(({ state }) => state)
  /** The latest offer; fails when there is none. */
  const offer = (): Offer => {
    const latest = offers.at(-1)
    if (latest === undefined) throw new Error(`${name} was offered nothing`)
    return latest
  }
  return { framework, offers, updates, rescinded, states, offer }
}

/** Real processes, which the end of each world ends. */
const command = 'sleep 60'

async function worldOf(options: Parameters<typeof createWorld>[0] = {}): Promise<World> {
  return createWorld({ workDir: temporaryFolder(), ...options })
}

describe('Framework: its own scheduler', () => {
  it('knows its id when it is registered, and gets everything that is free', async () => {
    const world = await worldOf({ agents: [{ name: 'big', cpus: 4, mem: 4_096 }] })
    const ids: string[] = []
    const { framework, offer } = frameworkIn(world, 'mine', {
      registered: (id) => void ids.push(id),
    })
    const id = await world.until(framework.registered)
    expect(ids).toEqual([id])
    expect(offer()).toMatchObject({
      frameworkId: id,
      hostname: 'big',
      role: 'mine',
      resources: { cpus: 4, mem: 4_096 },
    })
  })

  it('may say how many ports a task needs', async () => {
    const world = await worldOf({ agents: [{ cpus: 4, ports: [[31_000, 31_003]] }] })
    const { framework, offer } = frameworkIn(world, 'mine')
    await world.settle()
    framework.launch(offer(), [
      { id: 'T1', command, cpus: 1, ports: 1 },
      { id: 'T2', command, cpus: 1, ports: 2 },
    ])
    await world.settle()
    const [{ tasks } = { tasks: [] }] = world.cluster.snapshot().frameworks
    expect(tasks.map(({ resources }) => resources.ports)).toEqual([
      [[31_000, 31_000]],
      [[31_001, 31_002]],
    ])
  })

  it('launches tasks on an offer, and the rest of it is not offered again for a while', async () => {
    const world = await worldOf()
    const { framework, offers, offer } = frameworkIn(world, 'mine')
    await world.settle()
    framework.launch(offer(), [
      { id: 'T1', command, cpus: 1, mem: 512 },
      { id: 'T2', name: 'two', command: ['sleep', '60'], cpus: 2, labels: { team: 'ads' } },
    ])
    await world.settle()
    expect(world.sent('task.launch', 'scheduler', 'master')).toMatchObject([
      {
        tasks: [
          { taskId: 'T1', name: 'T1', command: { value: 'sleep 60' } },
          {
            taskId: 'T2',
            name: 'two',
            command: { value: 'sleep', arguments: ['60'], shell: false },
            labels: { team: 'ads' },
          },
        ],
      },
    ])
    expect(world.cluster.snapshot().agents[0]?.used).toEqual({ cpus: 3, mem: 512 })
    expect(offers).toHaveLength(1)
    framework.revive()
    await world.settle()
    expect(offer().resources).toEqual({ cpus: 1, mem: 3_584 })
    await world.until(framework.stop())
  })

  it('declines, suppresses, revives and requests, each with its effect', async () => {
    const world = await worldOf()
    const { framework, offers, offer } = frameworkIn(world, 'mine')
    await world.settle()
    framework.decline(offer(), { refuseSeconds: 3_600 })
    await world.advance(60_000)
    expect(offers).toHaveLength(1)
    framework.request({ cpus: 1 })
    await world.settle()
    expect(offers).toHaveLength(1)
    framework.revive()
    await world.settle()
    expect(offers).toHaveLength(2)
    framework.suppress()
    framework.decline([offer()], { refuseSeconds: 0 })
    await world.advance(60_000)
    expect(offers).toHaveLength(2)
    framework.revive()
    await world.settle()
    expect(offers).toHaveLength(3)
  })

  it('hears when an offer is taken back', async () => {
    const world = await worldOf({ timeouts: { offerTimeoutMs: 5_000 } })
    const { offer, rescinded } = frameworkIn(world, 'mine')
    await world.settle()
    const { offerId } = offer()
    await world.advance(5_000)
    expect(rescinded).toEqual([offerId])
  })

  it('asks what became of its tasks, of one it never had and of all', async () => {
    const world = await worldOf()
    const { framework, updates, offer } = frameworkIn(world, 'mine')
    await world.settle()
    framework.reconcile([{ taskId: 'T9' }])
    await world.settle()
    expect(updates).toMatchObject([{ taskId: 'T9', state: 'TASK_UNKNOWN' }])
    framework.launch(offer(), { id: 'T1', command, cpus: 1 })
    await world.settle()
    framework.reconcile()
    await world.settle()
    expect(updates.filter(({ reason }) => reason === 'RECONCILIATION')).toMatchObject([
      { taskId: 'T9' },
      { taskId: 'T1', agentId: offer().agentId },
    ])
    await world.until(framework.stop())
  })

  it('a launch that names no offer is answered, not swallowed', async () => {
    const world = await worldOf()
    const { framework, updates } = frameworkIn(world, 'mine')
    await world.settle()
    framework.launch([], { id: 'T1', command, cpus: 1 })
    await world.settle()
    expect(updates).toMatchObject([{ state: 'TASK_DROPPED', reason: 'INVALID_OFFERS' }])
  })

  it('a launch before it is registered is dropped at once', async () => {
    const world = await worldOf()
    const { framework, updates } = frameworkIn(world, 'mine')
    const elsewhere = frameworkIn(world, 'other')
    framework.launch({ ...emptyOffer }, { id: 'T1', command, cpus: 1 })
    await world.settle()
    expect(updates).toMatchObject([{ state: 'TASK_DROPPED', reason: 'MASTER_DISCONNECTED' }])
    expect(elsewhere.updates).toEqual([])
  })

  it('a request that cannot be throws where it is made', async () => {
    const world = await worldOf()
    const { framework, offer } = frameworkIn(world, 'mine')
    await world.settle()
    const launch = (task: object) => () =>
      framework.launch(offer(), Object.assign({ id: 'T1', command, cpus: 1 }, task))
    expect(launch({ id: 'a/b' })).toThrow(/the task id "a\/b" is not legal/)
    expect(launch({ cpus: -1 })).toThrow(InvalidInputError)
    expect(launch({ cpus: Number.NaN })).toThrow(/task T1: cpus is NaN/)
    expect(launch({ memory: 64 })).toThrow(/task T1: there is no option memory/)
    expect(launch({ retries: 2 })).toThrow(/there is no option retries/)
    expect(() => framework.request({ cpus: -1 })).toThrow(/the request: cpus is -1/)
    expect(() => framework.kill('T1', { graceMs: -1 })).toThrow(/task T1: graceMs is -1/)
  })

  it('stops for good: its tasks end, its promises settle, and it may stop twice', async () => {
    const world = await worldOf()
    const { framework, offer } = frameworkIn(world, 'mine')
    await world.settle()
    framework.launch(offer(), { id: 'T1', command, cpus: 1 })
    await world.settle()
    await world.until(framework.stop())
    expect(await framework.ended).toBeUndefined()
    await world.settle()
    expect(world.cluster.snapshot().frameworks).toEqual([])
    expect(world.cluster.snapshot().agents[0]?.used).toEqual({})
    await world.until(framework.stop())
    framework.revive()
    await world.settle()
  })

  it('that is stopped before it is registered rejects those who wait for its id', async () => {
    const world = await worldOf()
    const { framework } = frameworkIn(world, 'mine')
    const stopped = framework.stop()
    await expect(world.until(framework.registered)).rejects.toThrow('framework mine stopped')
    await world.until(stopped)
  })
})

const emptyOffer: Offer = {
  offerId: 'O1',
  frameworkId: 'F1',
  agentId: 'S1',
  hostname: 'agent-1',
  role: 'mine',
  resources: {},
}

/** Type-checks that a callback gets the framework itself, to answer with. */
const eager: FrameworkCallbacks = {
  offers: (offers, reply: Framework) => reply.decline(offers),
}

it('Framework: callbacks answer through the framework they are given', async () => {
  const world = await worldOf()
  world.cluster.framework({ name: 'eager' }, eager)
  await world.settle()
  expect(world.sent('allocation.decline', 'scheduler/eager')).toHaveLength(1)
})
