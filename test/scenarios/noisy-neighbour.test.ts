import { describe, expect, test } from 'vitest'
import type { Calls } from '../../src/actors/calls.ts'
import type { VirtualClock } from '../../src/actors/virtual-clock.ts'
import type { Jobs } from '../../src/frameworks/jobs/jobs.ts'
import { createOrderedPolicy, drfPolicy } from '../../src/model/allocation/policies.ts'
import type { AllocationPolicy } from '../../src/model/allocation/policy.ts'
import { nextRandom } from '../../src/model/random.ts'
import { isLong } from '../support/long.ts'
import { Stage } from '../support/stage.ts'
import { createTimedRunner } from '../support/timed-runner.ts'

/**
 * One tenant queues up to 100,000 jobs on 30 slots, and two others come: with bursts, each of which
 * is worth twenty seconds of their fair share of ten slots, or steadily, with nine tenths of what
 * that share can do. Their waits are compared with what they have alone on ten slots. The queue is
 * as long as it says; but the run ends when the others are done, so most of it is never served.
 */
const slots = 30
const slotsPerAgent = 5
const bursts = isLong ? 3 : 2
const burstSize = 200
const burstEveryMs = 25_000
/** Long enough that none of it matters; CI takes the whole crowd. */
const crowd = isLong ? 100_000 : 4_000

const steadyMs = isLong ? 45_000 : 25_000
/** Nine tenths of what its share can do. */
const steadyPerSecond = 9

interface Waits {
  readonly mean: number
  readonly p99: number
  readonly count: number
}

/** Random numbers of a tenant's own, so that it does the same alone and in company. */
class Chance {
  #seed: number

  constructor(name: string) {
    this.#seed = [...name].reduce((seed, letter) => 31 * seed + letter.charCodeAt(0), 7)
  }

  next(): number {
    const { value, seed } = nextRandom(this.#seed)
    this.#seed = seed
    return value
  }
}

class Neighbourhood {
  readonly stage: Stage
  readonly #jobs = new Map<string, { readonly durationMs: number; readonly handedOverAt: number }>()
  readonly #waits = new Map<string, number[]>()

  constructor(agents: number, policy: AllocationPolicy = drfPolicy) {
    const runner = (clock: VirtualClock, calls: Calls) =>
      createTimedRunner(clock, calls, ({ taskId, name }) => this.#begin(taskId, name))
    this.stage = new Stage({}, { isLong: true, runner, policy })
    this.stage.agents(agents, { cpus: slotsPerAgent })
  }

  /** Hands over jobs of one cpu that take a second on average. */
  submit(tenant: Jobs, count: number, chance: Chance): void {
    for (let index = 0; index < count; index++) {
      const job = tenant.call(() => {}, { name: tenant.name, cpus: 1 })
      const durationMs = Math.round(500 + 1_000 * chance.next())
      this.#jobs.set(job.task.id, { durationMs, handedOverAt: this.stage.clock.now() })
    }
  }

  /** Hands over one job after the other at random times, this many a second on average. */
  submitSteadily(tenant: Jobs, perSecond: number, forMs: number): void {
    const { clock } = this.stage
    const chance = new Chance(tenant.name)
    const untilMs = clock.now() + forMs
    const next = (): void => {
      if (clock.now() >= untilMs) return
      this.submit(tenant, 1, chance)
      clock.setTimer(next, (-1_000 * Math.log(1 - chance.next())) / perSecond)
    }
    next()
  }

  /** How long the jobs of a tenant that have begun had to wait, in milliseconds. */
  waits(name: string): Waits {
    const waits = [...(this.#waits.get(name) ?? [])].sort((left, right) => left - right)
    const sum = waits.reduce((total, wait) => total + wait, 0)
    const p99 = waits[Math.ceil(waits.length * 0.99) - 1] ?? Number.NaN
    return { mean: sum / waits.length, p99, count: waits.length }
  }

  #begin(taskId: string, tenant: string): number {
    const job = this.#jobs.get(taskId)
    if (job === undefined) throw new Error(`nobody handed over ${taskId}`)
    const waits = this.#waits.get(tenant) ?? []
    this.#waits.set(tenant, waits)
    waits.push(this.stage.clock.now() - job.handedOverAt)
    return job.durationMs
  }
}

/** What the tenants do, and time for all of it to be served. */
type Load = (place: Neighbourhood, names: readonly string[]) => void

const inBursts: Load = (place, names) => {
  const tenants = names.map((name) => ({ jobs: place.stage.jobs(name), chance: new Chance(name) }))
  for (let count = 0; count < bursts; count++) {
    for (const { jobs, chance } of tenants) place.submit(jobs, burstSize, chance)
    place.stage.advance(burstEveryMs)
  }
}

const steadily: Load = (place, names) => {
  for (const name of names) place.submitSteadily(place.stage.jobs(name), steadyPerSecond, steadyMs)
  place.stage.advance(steadyMs + 10_000)
}

/** Compares the waits of each tenant alone with its share and of all in company. */
function compare(load: Load, noisyJobs: number) {
  const shared = new Neighbourhood(slots / slotsPerAgent)
  const noisy = shared.stage.jobs('noisy')
  shared.submit(noisy, noisyJobs, new Chance('noisy'))
  shared.stage.advance(5_000)
  expect(noisy.counts.launched).toBe(slots)
  load(shared, ['ads', 'search'])
  shared.stage.check()
  // The noisy one is not shut out either: it has its share at least.
  expect(shared.waits('noisy').count).toBeGreaterThan(
    (shared.stage.clock.now() * slots) / 3 / 1_050,
  )
  expect(noisy.counts.waiting).toBeGreaterThan(noisyJobs - 4_000)
  return ['ads', 'search'].map((name) => {
    const alone = new Neighbourhood(slots / 3 / slotsPerAgent)
    load(alone, [name])
    return { alone: alone.waits(name), shared: shared.waits(name) }
  })
}

/** Asks frameworks in the order in which they came: the noisy one was here first. */
const firstCome = createOrderedPolicy('first come', ({ clients }) => ({
  visit: (visitor) => void clients.some(visitor),
  credit: () => {},
}))

describe('A noisy neighbour', { timeout: 30_000 }, () => {
  test(`with ${crowd} jobs: of who comes in bursts, mean and p99 wait grow by less than a tenth`, () => {
    for (const { alone, shared } of compare(inBursts, crowd)) {
      expect(shared.count).toBe(bursts * burstSize)
      expect(alone.count).toBe(bursts * burstSize)
      expect(shared.mean).toBeLessThan(1.1 * alone.mean)
      expect(shared.p99).toBeLessThan(1.1 * alone.p99)
    }
  })

  test('with 10,000 jobs: of who comes steadily, the mean wait grows by that for a slot at most', () => {
    // Alone a slot is often idle; here one of thirty must come free first. In return they borrow
    // what others leave, so that the longest waits are shorter than alone.
    const slotComesFreeMs = 1_000 / slots
    for (const { alone, shared } of compare(steadily, 10_000)) {
      expect(shared.count).toBe(alone.count)
      expect(shared.count).toBeGreaterThan((0.8 * steadyPerSecond * steadyMs) / 1_000)
      expect(shared.mean).toBeLessThan(1.1 * alone.mean + slotComesFreeMs)
      expect(shared.p99).toBeLessThan(alone.p99)
    }
  })

  test('under a policy that is not fair the same burst waits until the noisy one is done', () => {
    const place = new Neighbourhood(slots / slotsPerAgent, firstCome)
    place.submit(place.stage.jobs('noisy'), 900, new Chance('noisy'))
    place.stage.advance(5_000)
    place.submit(place.stage.jobs('ads'), burstSize, new Chance('ads'))
    place.stage.advance(35_000)
    expect(place.waits('ads').mean).toBeGreaterThan(2 * 9_600)
  })
})
