import { describe, expect, test } from 'vitest'
import type { Jobs } from '../../src/frameworks/jobs/jobs.ts'
import type { Resources } from '../../src/messages/index.ts'
import { Stage } from '../support/stage.ts'
import { createTimedRunner } from '../support/timed-runner.ts'

/** A task that began: its id, whose it is, and when. */
interface Start {
  readonly id: string
  readonly atMs: number
}

/** The name of a job says how long it takes: `big-200` runs for 200 ms, `big-held` for ever. */
function stageOf(): { stage: Stage; starts: Start[] } {
  const starts: Start[] = []
  const stage = new Stage(
    {},
    {
      isLong: true,
      runner: (clock, calls) =>
        createTimedRunner(clock, calls, ({ taskId, name }) => {
          starts.push({ id: taskId, atMs: clock.now() })
          const [, ms] = name.split('-')
          return ms === 'held' ? Number.POSITIVE_INFINITY : Number(ms)
        }),
    },
  )
  return { stage, starts }
}

function submit(tenant: Jobs, name: string, resources: Resources, count = 1) {
  return Array.from({ length: count }, () => {
    const job = tenant.call(() => {}, { name, resources })
    job.catch(() => {})
    return job.task
  })
}

function firstStart(starts: readonly Start[], name: string): number | undefined {
  return starts.find(({ id }) => id.startsWith(name))?.atMs
}

describe('Starvation of a queued job: room appears and nobody tells it (nomad #4072)', () => {
  test('room that comes bit by bit on one agent: it starts with the last bit, after 0 ms', () => {
    const { stage, starts } = stageOf()
    stage.agents(2, { cpus: 4 })
    const [crowd, tenant] = [stage.jobs('crowd'), stage.jobs('tenant')]
    for (const ms of [1_000, 2_000, 30_000, 40_000, 50_000, 50_000, 50_000, 50_000]) {
      submit(crowd, `small-${ms}`, { cpus: 1 })
    }
    stage.settle()
    const start = stage.clock.now()
    submit(tenant, 'big-10', { cpus: 4 })
    stage.advance(39_999)
    expect(firstStart(starts, 'big')).toBeUndefined()
    stage.advance(1)
    expect(firstStart(starts, 'big')).toBe(start + 40_000)
  })

  test('an agent that joins: it starts with it', () => {
    const { stage, starts } = stageOf()
    stage.agent('agent-1', { cpus: 1 })
    stage.agent('agent-2', { cpus: 4 })
    const [crowd, tenant] = [stage.jobs('crowd'), stage.jobs('tenant')]
    submit(crowd, 'wide-held', { cpus: 4 })
    stage.settle()
    submit(tenant, 'big-10', { cpus: 4 })
    stage.advance(60_000)
    expect(firstStart(starts, 'big')).toBeUndefined()
    stage.agent('agent-3', { cpus: 4 })
    const { agents } = stage.ledger
    expect([...agents.values()].some(({ used }) => used.cpus === 4_000)).toBe(true)
    expect(firstStart(starts, 'big')).toBeLessThanOrEqual(stage.clock.now())
  })

  test('another job is killed: it starts as soon as that one has ended', () => {
    const { stage, starts } = stageOf()
    stage.agent('agent-1', { cpus: 4 })
    const [crowd, tenant] = [stage.jobs('crowd'), stage.jobs('tenant')]
    const [held] = submit(crowd, 'wide-held', { cpus: 3 })
    stage.settle()
    submit(tenant, 'big-10', { cpus: 4 })
    stage.advance(60_000)
    const killedAt = stage.clock.now()
    held?.kill()
    stage.settle()
    expect(firstStart(starts, 'big')).toBe(killedAt)
  })

  test('its tenant was idle for an hour and has silenced its offers: it starts after 0 ms', () => {
    const { stage, starts } = stageOf()
    stage.agent('agent-1', { cpus: 4 })
    const tenant = stage.jobs('tenant')
    submit(tenant, 'first-10', { cpus: 4 })
    stage.advance(3_600_000)
    const start = stage.clock.now()
    submit(tenant, 'second-10', { cpus: 4 })
    stage.settle()
    expect(firstStart(starts, 'second')).toBe(start)
  })

  test('a smaller job comes while a large one waits and offers are refused: after 0 ms', () => {
    const { stage, starts } = stageOf()
    stage.agent('agent-1', { cpus: 4 })
    const tenant = stage.jobs('tenant')
    submit(tenant, 'held-held', { cpus: 1 })
    stage.settle()
    submit(tenant, 'big-10', { cpus: 4 })
    stage.advance(12_345)
    const start = stage.clock.now()
    submit(tenant, 'small-10', { cpus: 3 })
    stage.settle()
    expect(firstStart(starts, 'small')).toBe(start)
  })
})

describe('First in, first out, within a tenant under saturation (piscina #1031)', () => {
  function idsOf(starts: readonly Start[], name: string): number[] {
    return starts
      .filter(({ id }) => id.startsWith(name))
      .map(({ id }) => Number(id.split('-').at(-1)))
  }

  const oneToHundred = Array.from({ length: 100 }, (_, index) => index + 1)

  test('jobs of one shape start in the order in which they were handed over', () => {
    const { stage, starts } = stageOf()
    stage.agents(3, { cpus: 2 })
    const tenant = stage.jobs('tenant')
    submit(tenant, 'job-70', { cpus: 1 }, 50)
    stage.advance(300)
    submit(tenant, 'job-70', { cpus: 1 }, 50)
    stage.advance(10_000)
    expect(idsOf(starts, 'job')).toEqual(oneToHundred)
    const [last] = starts.slice(-1)
    expect(last?.atMs).toBeLessThanOrEqual((starts[0]?.atMs ?? 0) + Math.ceil(100 / 6) * 70)
  })

  test('those that were killed while they waited are passed over', () => {
    const { stage, starts } = stageOf()
    stage.agent('agent-1', { cpus: 2 })
    const tenant = stage.jobs('tenant')
    const tasks = submit(tenant, 'job-70', { cpus: 1 }, 100)
    stage.settle()
    for (const task of tasks.filter((_, index) => index % 3 === 2)) task.kill()
    stage.advance(20_000)
    expect(idsOf(starts, 'job')).toEqual(oneToHundred.filter((id) => id % 3 !== 0))
  })

  test('shapes have their turns: none waits until the others have nothing left', () => {
    const { stage, starts } = stageOf()
    stage.agent('agent-1', { cpus: 2 })
    const tenant = stage.jobs('tenant')
    submit(tenant, 'one-100', { cpus: 1 }, 100)
    submit(tenant, 'two-100', { cpus: 2 }, 20)
    submit(tenant, 'half-100', { cpus: 0.5 }, 100)
    stage.advance(30_000)
    for (const name of ['one', 'half']) expect(idsOf(starts, name)).toEqual(oneToHundred)
    expect(idsOf(starts, 'two')).toEqual(oneToHundred.slice(0, 20))
    const start = starts[0]?.atMs ?? 0
    expect(firstStart(starts, 'half')).toBeLessThanOrEqual(start + 300)
    expect(firstStart(starts, 'two')).toBeLessThanOrEqual(start + 300)
  })

  test('20 tenants on 4 slots: each has its turn, and keeps its order', () => {
    const { stage, starts } = stageOf()
    stage.agents(4, { cpus: 1 })
    const start = stage.clock.now()
    for (let index = 0; index < 20; index++) {
      submit(stage.jobs(`tenant-${index}`), `job${index}-100`, { cpus: 1 }, 10)
    }
    stage.advance(10_000)
    expect(starts).toHaveLength(200)
    for (let index = 0; index < 20; index++) {
      const own = starts.filter(({ id }) => id.startsWith(`job${index}-`))
      expect(idsOf(own, '')).toEqual(oneToHundred.slice(0, 10))
      for (const [turn, { atMs }] of own.entries()) {
        // Twenty tenants on four slots: its turn comes every 500 ms, and never much later.
        expect(atMs - start).toBeLessThanOrEqual(500 * (turn + 1))
      }
    }
    expect(starts.at(-1)?.atMs).toBe(start + 4_900)
  })
})
