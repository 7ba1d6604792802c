import { describe, expect, it } from 'vitest'
import type { ClusterOptions } from '../../src/cluster/options.ts'
import { begin, beginAll, running, story } from '../support/work.ts'
import { createWorld, type World } from '../support/world.ts'

/** A cluster on which `high` may take what `low` has, and two tenants of these names. */
async function worldOf(options: ClusterOptions = {}) {
  const world = await createWorld({
    agents: [{ cpus: 4 }],
    policy: 'priority-preemptive',
    priorities: { high: 1 },
    ...options,
  })
  return { world, low: world.cluster.jobs('low'), high: world.cluster.jobs('high') }
}

/** How many tasks were told to end. */
function kills(world: World): number {
  return world.sent('task.kill', 'master').flatMap(({ kills }) => kills).length
}

describe('Preemption: what a higher role asks for', () => {
  it('is taken from a lower one, whose newest task goes first and runs again afterwards', async () => {
    const { world, low, high } = await worldOf()
    const work = beginAll(low, 4)
    await world.settle()
    const urgent = begin(high)
    await world.advance(2_000)
    expect(running([urgent])).toEqual([0])
    expect(running(work)).toEqual([0, 1, 2])
    expect(kills(world)).toBe(1)
    urgent.held.finish('done')
    await world.settle()
    expect(running(work)).toEqual([0, 1, 2, 3])
    const [, , , last] = work
    last?.held.finish('late')
    await world.settle()
    if (last === undefined) throw new Error('four jobs were begun')
    expect(await last.task.done).toMatchObject({ state: 'TASK_FINISHED', attempts: 2 })
    expect(await story(last)).toContainEqual(
      expect.objectContaining({
        state: 'TASK_KILLED',
        reason: 'CONTAINER_PREEMPTED',
        message: 'ended to make room for the role high',
      }),
    )
  })

  it('costs a job none of its retries: it may still fail as often as it could before', async () => {
    const { world, low, high } = await worldOf({ agents: [{ cpus: 1 }] })
    const job = begin(low, { cpus: 1, retries: 1 })
    await world.settle()
    const urgent = begin(high)
    await world.advance(2_000)
    urgent.held.finish('done')
    await world.settle()
    expect(job.held.started).toBe(2)
    job.held.fail(new Error('a slip'))
    await world.advance(2_000)
    expect(job.held.started).toBe(3)
    job.held.finish('at last')
    await world.settle()
    expect(await job.task.done).toMatchObject({ state: 'TASK_FINISHED', attempts: 3 })
  })

  it('waits for the grace of a task that needs time to end', async () => {
    const { world, low, high } = await worldOf({ agents: [{ cpus: 1 }] })
    const deaf = begin(low, { cpus: 1, killGraceMs: 5_000 }, { isDeaf: true })
    await world.settle()
    const urgent = begin(high)
    await world.advance(3_000)
    expect(deaf.task.state).toBe('TASK_KILLING')
    expect(urgent.held.started).toBe(0)
    await world.advance(5_000)
    expect(urgent.held.started).toBe(1)
    expect(kills(world)).toBe(1)
  })

  it('is taken even if it was asked for in the breath in which its tenant was made', async () => {
    const world = await createWorld({
      agents: [{ cpus: 1 }],
      policy: 'priority-preemptive',
      priorities: { high: 1 },
    })
    begin(world.cluster.jobs('low'))
    await world.settle()
    const urgent = begin(world.cluster.jobs('high'))
    await world.advance(2_000)
    expect(urgent.held.started).toBe(1)
  })

  it('is taken from those who hold it, not from who was merely the last', async () => {
    const { world, low, high } = await worldOf({ agents: [{ cpus: 4, gpus: 1 }] })
    const work = [{ cpus: 1, gpus: 1 }, { cpus: 0.5 }, { cpus: 1 }].map((each) => begin(low, each))
    await world.settle()
    const urgent = begin(high, { cpus: 1, gpus: 1 })
    await world.advance(2_000)
    expect([running([urgent]), running(work)]).toEqual([[0], [1, 2]])
    expect(kills(world)).toBe(1)
  })

  it('is taken from the lowest role, on the agent where that is enough', async () => {
    const { world, low, high } = await worldOf({
      agents: [{ cpus: 1 }, { cpus: 1 }],
      priorities: { high: 2, middle: 1 },
    })
    const prefers = { agents: 'agent-1' }
    const middle = begin(world.cluster.jobs('middle'), { cpus: 1, prefers })
    await world.settle()
    const lowest = begin(low)
    await world.settle()
    const urgent = begin(high)
    await world.advance(2_000)
    expect(running([urgent, middle, lowest])).toEqual([0, 1])
    expect(kills(world)).toBe(1)
  })

  it('is compared where the paths of roles part', async () => {
    const { world } = await worldOf({
      agents: [{ cpus: 1 }],
      priorities: { eng: 1, 'eng/batch': -5 },
    })
    const ops = begin(world.cluster.jobs('ops'))
    await world.settle()
    const batch = begin(world.cluster.jobs('batch', { role: 'eng/batch' }))
    await world.advance(2_000)
    expect(running([ops, batch])).toEqual([1])
    const web = begin(world.cluster.jobs('web', { role: 'eng/web' }))
    await world.advance(2_000)
    expect(running([ops, batch, web])).toEqual([2])
  })
})

describe('Preemption: no task ends', () => {
  it('under the policy priority, which waits', async () => {
    const { world, low, high } = await worldOf({ policy: 'priority', agents: [{ cpus: 1 }] })
    const job = begin(low)
    await world.settle()
    const urgent = begin(high)
    await world.advance(10_000)
    expect([kills(world), urgent.held.started]).toEqual([0, 0])
    job.held.finish('done')
    await world.settle()
    expect(urgent.held.started).toBe(1)
  })

  it('for a role of the same priority', async () => {
    const { world, low } = await worldOf({ agents: [{ cpus: 1 }] })
    begin(low)
    await world.settle()
    begin(world.cluster.jobs('other'))
    await world.advance(10_000)
    expect(kills(world)).toBe(0)
  })

  it('for a scheduler that wants offers, but did not say what it needs', async () => {
    const { world, low } = await worldOf({ agents: [{ cpus: 1 }] })
    begin(low)
    await world.settle()
    const silent = world.cluster.framework({ name: 'silent', role: 'high' }, { offers() {} })
    await world.until(silent.registered)
    await world.advance(10_000)
    expect(kills(world)).toBe(0)
    silent.request({ cpus: 1 })
    await world.advance(2_000)
    expect(kills(world)).toBe(1)
  })

  it('of a role that would have less than its guarantee, however much is wanted at once', async () => {
    const { world, low, high } = await worldOf({ quotas: { low: { guarantees: { cpus: 2 } } } })
    const work = Array.from({ length: 4 }, () =>
      begin(low, { cpus: 1, killGraceMs: 20_000 }, { isDeaf: true }),
    )
    await world.settle()
    const urgent = beginAll(high, 4)
    await world.advance(10_000)
    expect(kills(world)).toBe(2)
    await world.advance(20_000)
    expect(running(work)).toEqual([0, 1])
    expect(running(urgent)).toEqual([0, 1])
  })

  it('for what the quota of who asks does not allow', async () => {
    const { world, low, high } = await worldOf({ quotas: { high: { limits: { cpus: 1 } } } })
    const work = beginAll(low, 4)
    await world.settle()
    const urgent = beginAll(high, 2)
    await world.advance(10_000)
    expect([running(urgent), running(work)]).toEqual([[0], [0, 1, 2]])
    expect(kills(world)).toBe(1)
  })

  it('for what would be kept for a guarantee that is not met', async () => {
    const { world, low, high } = await worldOf()
    beginAll(low, 4)
    await world.settle()
    await world.until(world.cluster.updateQuotas({ idle: { guarantees: { cpus: 2 } } }))
    begin(high)
    await world.advance(10_000)
    expect(kills(world)).toBe(0)
  })

  it('for a wish that an open offer meets, over which its scheduler thinks', async () => {
    const { world, low } = await worldOf()
    const work = beginAll(low, 2)
    await world.settle()
    const slow = world.cluster.framework({ name: 'slow', role: 'high' }, { offers() {} })
    await world.until(slow.registered)
    slow.request({ cpus: 2 })
    await world.advance(10_000)
    expect(running(work)).toEqual([0, 1])
  })

  it('again and again for a scheduler that asks, and refuses what it asked for', async () => {
    const { world, low } = await worldOf({ agents: [{ cpus: 1 }] })
    begin(low)
    await world.settle()
    const fickle = world.cluster.framework(
      { name: 'fickle', role: 'high' },
      { offers: (offers, reply) => reply.decline(offers, { refuseSeconds: 3_600 }) },
    )
    await world.until(fickle.registered)
    fickle.request({ cpus: 1 })
    await world.advance(20_000)
    expect(kills(world)).toBe(1)
  })

  it('twice for one wish of a framework that has two roles', async () => {
    const { world, low } = await worldOf({ priorities: { high: 1, higher: 2 } })
    const work = beginAll(low, 4)
    await world.settle()
    const roles = ['high', 'higher']
    const double = world.cluster.framework({ name: 'double', roles }, { offers() {} })
    await world.until(double.registered)
    double.request({ cpus: 1 })
    await world.advance(5_000)
    expect(running(work)).toEqual([0, 1, 2])
  })

  it('for a job that was cancelled while it waited', async () => {
    const { world, low, high } = await worldOf({ agents: [{ cpus: 1 }] })
    begin(low)
    await world.settle()
    const urgent = begin(high)
    await world.settle()
    urgent.task.kill()
    await world.advance(10_000)
    expect(kills(world)).toBe(0)
  })

  it('where it is enough to take back an offer', async () => {
    const { world, low, high } = await worldOf()
    beginAll(low, 2)
    await world.settle()
    const hoarder = world.cluster.framework({ name: 'hoarder' }, { offers() {} })
    await world.until(hoarder.registered)
    const urgent = begin(high, { cpus: 2 })
    await world.advance(2_000)
    expect([kills(world), running([urgent])]).toEqual([0, [0]])
    expect(world.sent('allocation.rescind')).toHaveLength(1)
  })
})
