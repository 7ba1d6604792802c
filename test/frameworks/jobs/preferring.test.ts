import { describe, expect, it } from 'vitest'
import type { TaskHandle } from '../../../src/frameworks/jobs/task-handle.ts'
import { Held } from '../../support/held.ts'
import { createWorld, type World } from '../../support/world.ts'

const agents = [
  { name: 'home', cpus: 1, attributes: { rack: 'r1' } },
  { name: 'away', cpus: 1, attributes: { rack: 'r2' } },
]

/** A world with two agents, of which `home` is taken by somebody else. */
async function worldWithHomeTaken() {
  const world = await createWorld({ agents })
  const taken = await world.until(
    world.cluster.jobs('others').acquire({ cpus: 1, prefers: { agents: 'home' } }),
  )
  return { world, tenant: world.cluster.jobs('reports'), taken }
}

function nameOf(world: World, agentId: string | undefined): string | undefined {
  return world.cluster.snapshot().agents.find(({ id }) => id === agentId)?.name
}

/** When a task that ended was launched for the first time. */
async function launchedAtMs({ updates }: TaskHandle): Promise<number> {
  for await (const { timestampMs } of updates) return timestampMs
  throw new Error('it was never launched')
}

describe('Preferring: a job that prefers an agent', () => {
  it('runs there when it becomes free in time, although another is free', async () => {
    const { world, tenant, taken } = await worldWithHomeTaken()
    const ran: number[] = []
    const call = tenant.call(() => ran.push(world.clock.now()), { prefers: { agents: 'home' } })
    const submittedAtMs = world.clock.now()
    await world.advance(4_000)
    expect(ran).toEqual([])
    taken.release()
    await world.settle()
    expect(ran).toEqual([submittedAtMs + 4_000])
    const result = await world.until(call.task.done)
    expect(result).toMatchObject({ state: 'TASK_FINISHED', locality: 'preferred' })
    expect(nameOf(world, result.agentId)).toBe('home')
    expect(tenant.locality).toEqual({ preferred: 1, any: 0 })
  })

  it('runs elsewhere exactly at the end of its wait, 5 s when nothing is said', async () => {
    const { world, tenant } = await worldWithHomeTaken()
    const submittedAtMs = world.clock.now()
    const call = tenant.call(() => world.clock.now(), { prefers: { agents: ['home'] } })
    await world.advance(4_999)
    expect(call.task.state).toBeUndefined()
    await world.advance(1)
    expect(await world.until(call)).toBe(submittedAtMs + 5_000)
    const result = await world.until(call.task.done)
    expect(result).toMatchObject({ locality: 'any' })
    expect(nameOf(world, result.agentId)).toBe('away')
    expect(tenant.locality).toEqual({ preferred: 0, any: 1 })
  })

  it('waits for as long as it says, and each for as long as itself', async () => {
    const { world, tenant } = await worldWithHomeTaken()
    const prefers = { attributes: { rack: ['r0', 'r1'] } }
    const waits = [250, 12_345, 0, 1_000]
    const submittedAtMs = world.clock.now()
    const calls = waits.map((preferWaitMs) =>
      tenant.call(() => 'done', { prefers, preferWaitMs, cpus: 0.2 }),
    )
    await world.until(Promise.all(calls))
    const launches = await Promise.all(calls.map(({ task }) => launchedAtMs(task)))
    expect(launches.map((atMs) => atMs - submittedAtMs)).toEqual(waits)
  })

  it('is at home at once when there is room', async () => {
    const world = await createWorld({ agents })
    const tenant = world.cluster.jobs('reports')
    const calls = ['home', 'away'].map((name) =>
      tenant.call(() => world.clock.now(), { prefers: { agents: name } }),
    )
    const submittedAtMs = world.clock.now()
    expect(await world.until(Promise.all(calls))).toEqual([submittedAtMs, submittedAtMs])
    expect(tenant.locality).toEqual({ preferred: 2, any: 0 })
  })

  it('holds up neither those of its tenant that prefer nothing, nor other tenants', async () => {
    const { world, tenant } = await worldWithHomeTaken()
    const submittedAtMs = world.clock.now()
    const picky = tenant.call(() => world.clock.now(), { prefers: { agents: 'home' } })
    const plain = tenant.call(() => world.clock.now())
    const other = world.cluster.jobs('mails').call(() => world.clock.now())
    await world.settle()
    expect(await Promise.all([plain, other])).toEqual([submittedAtMs, submittedAtMs])
    expect(await world.until(picky)).toBe(submittedAtMs + 5_000)
    expect((await world.until(plain.task.done)).locality).toBeUndefined()
  })

  it('that comes while its tenant is silent wakes it, and so does the end of its wait', async () => {
    const { world, tenant } = await worldWithHomeTaken()
    await world.advance(60_000)
    expect(world.cluster.snapshot().frameworks).toMatchObject([{}, { suppressed: ['reports'] }])
    const submittedAtMs = world.clock.now()
    const call = tenant.call(() => world.clock.now(), {
      prefers: { agents: 'home' },
      preferWaitMs: 20_000,
    })
    expect(await world.until(call)).toBe(submittedAtMs + 20_000)
  })

  it('waits again before it is tried again', async () => {
    const { world, tenant, taken } = await worldWithHomeTaken()
    const ran: number[] = []
    const startMs = world.clock.now()
    const call = tenant.call(
      () => {
        ran.push(world.clock.now() - startMs)
        if (ran.length === 1) throw new Error('the first try fails')
      },
      { prefers: { agents: 'home' }, preferWaitMs: 1_000, retries: 1 },
    )
    await world.advance(1_500)
    expect(ran).toEqual([1_000])
    taken.release()
    await world.until(call)
    expect(ran).toEqual([1_000, 1_500])
    expect(await world.until(call.task.done)).toMatchObject({ attempts: 2, locality: 'preferred' })
    expect(tenant.locality).toEqual({ preferred: 1, any: 1 })
  })

  it('that names nobody here runs when its wait is over', async () => {
    const world = await createWorld({ agents })
    const call = world.cluster.jobs('reports').call(() => 'done', { prefers: { agents: 'none' } })
    await world.advance(5_000)
    expect(await call).toBe('done')
  })
})

describe('Preferring: killed during the wait', () => {
  it('a job ends at once and never runs', async () => {
    const { world, tenant, taken } = await worldWithHomeTaken()
    const held = new Held()
    const call = tenant.call(held.work, { prefers: { agents: 'home' } })
    await world.advance(2_000)
    call.task.kill()
    await expect(call).rejects.toThrow(/killed before it was launched/)
    expect((await call.task.done).locality).toBeUndefined()
    taken.release()
    await world.advance(10_000)
    expect(held.started).toBe(0)
    expect(tenant.counts).toEqual({ waiting: 0, launched: 0 })
    expect(tenant.locality).toEqual({ preferred: 0, any: 0 })
  })

  it('the first of two leaves the second its own wait', async () => {
    const { world, tenant } = await worldWithHomeTaken()
    const prefers = { agents: 'home' }
    const first = tenant.call(() => 'first', { prefers })
    first.catch(() => {})
    await world.advance(3_000)
    const secondAtMs = world.clock.now()
    const second = tenant.call(() => world.clock.now(), { prefers })
    first.task.kill()
    expect(await world.until(second)).toBe(secondAtMs + 5_000)
  })

  it('a closed tenant leaves nothing behind that wakes it', async () => {
    const { world, tenant } = await worldWithHomeTaken()
    const call = tenant.call(() => 'never', { prefers: { agents: 'home' }, preferWaitMs: 60_000 })
    call.catch(() => {})
    await world.settle()
    await world.until(tenant.close())
    const before = world.sent('allocation.revive').length
    await world.advance(120_000)
    expect(world.sent('allocation.revive')).toHaveLength(before)
    expect(call.task.state).toBe('TASK_KILLED')
  })
})

describe('Preferring: what it costs', () => {
  it('a thousand jobs of one moment revive once at the end of their wait', async () => {
    const { world, tenant } = await worldWithHomeTaken()
    const prefers = { agents: 'home' }
    const calls = Array.from({ length: 1_000 }, () =>
      tenant.call(() => 1, { prefers, cpus: 0.001 }),
    )
    await world.advance(4_000)
    const before = world.sent('allocation.revive').length
    await world.advance(1_000)
    await Promise.all(calls)
    expect(world.sent('allocation.revive')).toHaveLength(before + 1)
    expect(tenant.locality).toEqual({ preferred: 0, any: 1_000 })
  })

  it('while it waits, what it declines goes to others and is not offered to it all the time', async () => {
    const { world, tenant } = await worldWithHomeTaken()
    const call = tenant.call(() => 1, { prefers: { agents: 'home' }, preferWaitMs: 60_000 })
    await world.settle()
    const before = world.sent('allocation.offer', 'master', 'scheduler/reports').length
    await world.advance(50_000)
    const offered = world.sent('allocation.offer', 'master', 'scheduler/reports').length - before
    expect(offered).toBeLessThanOrEqual(10)
    await world.until(call)
  })
})
