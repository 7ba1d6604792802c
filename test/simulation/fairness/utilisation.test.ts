import { describe, expect, test } from 'vitest'
import { nextRandom } from '../../../src/model/random.ts'
import {
  forecastWaitingJob,
  harmonicNumber,
  type WaitingJob,
} from '../../../src/simulation/fairness/utilisation.ts'

const hundred = { slots: 100, work: 1, taskTimeMs: 1_000 }

/** Runs of the job against tasks that end at random: the means that the forecast is about. */
function simulated({ slots, work, taskTimeMs, durations, kind }: WaitingJob, runs: number) {
  const random = { seed: 4 }
  const sums = { rampUpMs: 0, completionMs: 0, held: 0 }
  for (let run = 0; run < runs; run++) {
    const arrivals = new Float64Array(slots)
    for (let slot = 0; slot < slots; slot++) {
      const { value, seed } = nextRandom(random.seed)
      random.seed = seed
      arrivals[slot] = taskTimeMs * (durations === 'constant' ? value : -Math.log(1 - value))
    }
    arrivals.sort()
    const last = arrivals.at(-1) ?? 0
    const workMs = work * taskTimeMs
    const completion = kind === 'rigid' ? last + workMs : elasticCompletion(arrivals, workMs)
    sums.rampUpMs += last
    sums.completionMs += completion
    // A rigid framework holds each slot from when it comes; an elastic one uses it from then on.
    const wait = kind === 'rigid' ? arrivals.reduce((sum, at) => sum + last - at, 0) / slots : 0
    sums.held += wait + workMs
  }
  return {
    rampUpMs: sums.rampUpMs / runs,
    completionMs: sums.completionMs / runs,
    utilisation: (work * taskTimeMs * runs) / sums.held,
  }
}

/** When the slots have done the work together, each from its arrival on. */
function elasticCompletion(arrivals: Float64Array, workPerSlotMs: number): number {
  let left = workPerSlotMs * arrivals.length
  for (const [index, at] of arrivals.entries()) {
    const next = arrivals[index + 1] ?? Number.POSITIVE_INFINITY
    if ((next - at) * (index + 1) >= left) return at + left / (index + 1)
    left -= (next - at) * (index + 1)
  }
  return Number.POSITIVE_INFINITY
}

/** Whether two numbers are closer than a part of the second. */
function expectNear(actual: number, expected: number, part: number): void {
  expect(Math.abs(actual / expected - 1), `${actual} for ${expected}`).toBeLessThan(part)
}

describe('A framework that waits for its share of a busy cluster', () => {
  test.each([
    ['elastic', 'constant', 0.99, 1.5, 1],
    ['elastic', 'exponential', 5.17, 1.844, 1],
    ['rigid', 'constant', 0.99, 1.99, 0.671],
    ['rigid', 'exponential', 5.17, 6.17, 0.194],
  ] as const)('100 slots, %s, %s: the figures measured before', (...row) => {
    const [kind, durations, rampUp, completion, utilisation] = row
    const forecast = forecastWaitingJob({ ...hundred, kind, durations })
    expectNear(forecast.rampUpMs, rampUp * 1_000, 0.01)
    expectNear(forecast.completionMs, completion * 1_000, 0.01)
    expectNear(forecast.utilisation, utilisation, 0.01)
  })

  test('1000 slots, rigid, exponential: the figures measured before', () => {
    const job = { ...hundred, slots: 1_000, kind: 'rigid', durations: 'exponential' } as const
    const forecast = forecastWaitingJob(job)
    expectNear(forecast.rampUpMs, 7_570, 0.02)
    expectNear(forecast.completionMs, 8_570, 0.02)
    expectNear(forecast.utilisation, 0.132, 0.02)
  })

  const kinds = ['elastic', 'rigid'] as const
  const cases = kinds.flatMap((kind) => [
    { kind, durations: 'constant', slots: 100, work: 1 } as const,
    { kind, durations: 'constant', slots: 100, work: 0.2 } as const,
    { kind, durations: 'exponential', slots: 100, work: 1 } as const,
    { kind, durations: 'exponential', slots: 100, work: 0.3 } as const,
    { kind, durations: 'exponential', slots: 1_000, work: 3 } as const,
  ])
  test.each(cases)('$slots slots, $kind, $durations, work $work: simulated', (job) => {
    const own = { ...job, taskTimeMs: 250 }
    const forecast = forecastWaitingJob(own)
    const runs = simulated(own, job.slots === 100 ? 2_000 : 200)
    expectNear(runs.rampUpMs, forecast.rampUpMs, 0.02)
    expectNear(runs.completionMs, forecast.completionMs, 0.02)
    expectNear(runs.utilisation, forecast.utilisation, 0.02)
  })

  test('ln k instead of the harmonic number would be a tenth off at 100 slots', () => {
    const job = { ...hundred, kind: 'rigid', durations: 'exponential' } as const
    const { utilisation } = forecastWaitingJob(job)
    expect(utilisation).toBeCloseTo(0.193, 3)
    const withLogarithm = 1 / (Math.log(100) - 1 + 1)
    expect(withLogarithm / utilisation).toBeGreaterThan(1.1)
    expect(harmonicNumber(100)).toBeCloseTo(5.187377517639621, 14)
    expect(harmonicNumber(1)).toBe(1)
  })

  test('elastic, exponential: the completion solves C = βT + T (1 − e^(−C/T)), below (1 + β) T', () => {
    for (const work of [1e-3, 0.1, 0.5, 1, 2, 10, 50]) {
      const job = { ...hundred, work, kind: 'elastic', durations: 'exponential' } as const
      const completion = forecastWaitingJob(job).completionMs / 1_000
      expect(completion).toBeCloseTo(work + 1 - Math.exp(-completion), 9)
      expect(completion).toBeLessThanOrEqual(1 + work)
      expect(completion).toBeGreaterThan(work)
    }
  })

  test.each([{ slots: 0 }, { slots: 1.5 }, { work: 0 }, { taskTimeMs: -1 }, { work: Number.NaN }])(
    '%o is refused',
    (wrong) => {
      const job = { ...hundred, kind: 'elastic', durations: 'constant', ...wrong } as const
      expect(() => forecastWaitingJob(job)).toThrow('a job has 1 or more slots')
    },
  )
})
