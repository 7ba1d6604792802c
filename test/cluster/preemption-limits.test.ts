import { describe, expect, it } from 'vitest'
import { kills, preemptiveWorld } from '../support/preemptive-world.ts'
import { begin, beginAll, running } from '../support/work.ts'

describe('Preemption: no task ends', () => {
  it('under the policy priority, which waits', async () => {
    const { world, low, high } = await preemptiveWorld({
      policy: 'priority',
      agents: [{ cpus: 1 }],
    })
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
    const { world, low } = await preemptiveWorld({ agents: [{ cpus: 1 }] })
    begin(low)
    await world.settle()
    begin(world.cluster.jobs('other'))
    await world.advance(10_000)
    expect(kills(world)).toBe(0)
  })

  it('for a scheduler that wants offers, but did not say what it needs', async () => {
    const { world, low } = await preemptiveWorld({ agents: [{ cpus: 1 }] })
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
    const { world, low, high } = await preemptiveWorld({
      quotas: { low: { guarantees: { cpus: 2 } } },
    })
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
    const { world, low, high } = await preemptiveWorld({
      quotas: { high: { limits: { cpus: 1 } } },
    })
    const work = beginAll(low, 4)
    await world.settle()
    const urgent = beginAll(high, 2)
    await world.advance(10_000)
    expect([running(urgent), running(work)]).toEqual([[0], [0, 1, 2]])
    expect(kills(world)).toBe(1)
  })

  it('for what would be kept for a guarantee that is not met', async () => {
    const { world, low, high } = await preemptiveWorld()
    beginAll(low, 4)
    await world.settle()
    await world.until(world.cluster.updateQuotas({ idle: { guarantees: { cpus: 2 } } }))
    begin(high)
    await world.advance(10_000)
    expect(kills(world)).toBe(0)
  })

  it('for a wish that an open offer meets, over which its scheduler thinks', async () => {
    const { world, low } = await preemptiveWorld()
    const work = beginAll(low, 2)
    await world.settle()
    const slow = world.cluster.framework({ name: 'slow', role: 'high' }, { offers() {} })
    await world.until(slow.registered)
    slow.request({ cpus: 2 })
    await world.advance(10_000)
    expect(running(work)).toEqual([0, 1])
  })

  it('again and again for a scheduler that asks, and refuses what it asked for', async () => {
    const { world, low } = await preemptiveWorld({ agents: [{ cpus: 1 }] })
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
    const { world, low } = await preemptiveWorld({ priorities: { high: 1, higher: 2 } })
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
    const { world, low, high } = await preemptiveWorld({ agents: [{ cpus: 1 }] })
    begin(low)
    await world.settle()
    const urgent = begin(high)
    await world.settle()
    urgent.task.kill()
    await world.advance(10_000)
    expect(kills(world)).toBe(0)
  })

  it('where it is enough to take back an offer', async () => {
    const { world, low, high } = await preemptiveWorld()
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
