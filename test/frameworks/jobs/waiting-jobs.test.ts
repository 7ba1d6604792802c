import { describe, expect, it } from 'vitest'
import { Held } from '../../support/held.ts'
import { createWorld } from '../../support/world.ts'

describe('Waiting jobs: what a tenant tells of them', () => {
  it('nothing, when nothing waits', async () => {
    const world = await createWorld()
    expect(world.cluster.jobs('reports').waitingJobs()).toEqual([])
  })

  it('shape by shape: how many, the first of them, since when, and what each needs', async () => {
    const world = await createWorld({ agents: [{ cpus: 1, ports: [[31_000, 31_009]] }] })
    const tenant = world.cluster.jobs('reports')
    const held = new Held()
    const calls = [tenant.call(held.work, { cpus: 1 })]
    await world.settle()
    const firstAtMs = world.clock.now()
    for (let index = 0; index < 20; index++) {
      calls.push(tenant.call(() => 'done', { cpus: 1, name: 'wide' }))
    }
    await world.advance(3_000)
    calls.push(tenant.call(() => 'done', { cpus: 0.5, ports: 2, name: 'web' }))
    calls[1]?.task.kill()
    calls[1]?.catch(() => {})
    expect(tenant.waitingJobs({ max: 2 })).toEqual([
      {
        count: 19,
        jobs: [
          { id: 'wide-2', name: 'wide' },
          { id: 'wide-3', name: 'wide' },
        ],
        demand: { cpus: 1 },
        queuedAtMs: firstAtMs,
      },
      {
        count: 1,
        jobs: [{ id: 'web-1', name: 'web' }],
        demand: { cpus: 0.5, ports: 2 },
        queuedAtMs: firstAtMs + 3_000,
      },
    ])
    expect(tenant.waitingJobs()[0]?.jobs).toHaveLength(10)
    held.finish('done')
    await world.until(Promise.allSettled(calls))
    expect(tenant.waitingJobs()).toEqual([])
  })

  it('with what they prefer, and until when they wait for it', async () => {
    const world = await createWorld({ agents: [{ cpus: 1 }] })
    const tenant = world.cluster.jobs('reports')
    const held = new Held()
    const first = tenant.call(held.work)
    await world.settle()
    const prefers = { attributes: { rack: 'r1' } }
    const picky = tenant.call(() => 'done', { prefers, preferWaitMs: 7_000 })
    const queuedAtMs = world.clock.now()
    await world.advance(1_000)
    const told = { count: 1, jobs: [{ id: 'call-2', name: 'call' }], demand: { cpus: 1 }, prefers }
    expect(tenant.waitingJobs()).toEqual([
      { ...told, queuedAtMs, preferUntilMs: queuedAtMs + 7_000 },
    ])
    await world.advance(6_000)
    expect(tenant.waitingJobs()).toEqual([{ ...told, queuedAtMs }])
    held.finish('done')
    await world.until(Promise.all([first, picky]))
  })
})
