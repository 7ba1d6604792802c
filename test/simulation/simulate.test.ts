import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { properties } from '../../src/simulation/properties/index.ts'
import type { Property } from '../../src/simulation/properties/property.ts'
import { sometimes } from '../../src/simulation/properties/sometimes.ts'
import { type SimulationReport, simulate } from '../../src/simulation/simulate.ts'
import { faultKinds } from '../../src/simulation/world/faults.ts'

/** Short runs of a small world: many seeds see more than long ones. */
const small = { agents: 2, frameworks: 2, tasks: 12, safetyMs: 60_000 }
const seeds = Array.from({ length: 8 }, (_, index) => index + 1)

const run = promisify(execFile)
const testing = fileURLToPath(new URL('../../dist/testing.js', import.meta.url))

describe('Simulation: a fixed set of seeds', () => {
  const reports: SimulationReport[] = []

  // Where properties and network once were mistaken: worlds that long runs came upon.
  test.each([212, 350, 362, 586])(
    'in the usual world every promise holds, too (seed %i)',
    (seed) => {
      expect(simulate({ seed, faults: 'heavy' }).violations).toEqual([])
    },
  )

  test.each(seeds)('under heavy faults every promise holds (seed %i)', (seed) => {
    const report = simulate({ ...small, seed, faults: 'heavy' })
    reports.push(report)
    expect(report.violations).toEqual([])
    expect(report.counts).toMatchObject({ ended: 12, tasks: 12 })
  })

  test.each(faultKinds)('under %s alone every promise holds', (faults) => {
    const report = simulate({ ...small, seed: 23, faults })
    reports.push(report)
    expect(report.violations).toEqual([])
    expect(report.counts.ended).toBe(12)
  })

  test('each fault and each rare branch happens in some of them', () => {
    const seen = new Set(reports.flatMap((report) => Object.keys(report.sometimes)))
    expect(sometimes.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([])
  })

  test('without faults nothing is lost, and no fault happens', () => {
    const report = simulate({ ...small, seed: 3, faults: 'none' })
    expect(report.violations).toEqual([])
    expect(report.counts).toMatchObject({ lost: 0, faults: 0, ended: 12 })
  })
})

describe('Simulation: the same options', () => {
  const options = { ...small, seed: 5, faults: 'heavy' }

  test('play the same run to the last timer, also in another process', async () => {
    const { traceHash, counts } = simulate(options)
    expect(simulate(options)).toMatchObject({ traceHash, counts })
    const program = `import { simulate } from ${JSON.stringify(testing)}
      console.log(simulate(${JSON.stringify(options)}).traceHash)`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program])
    expect(stdout.trim()).toBe(traceHash)
  })

  test('with another seed, or one task more, play another run', () => {
    const { traceHash } = simulate(options)
    expect(simulate({ ...options, seed: 6 }).traceHash).not.toBe(traceHash)
    expect(simulate({ ...options, tasks: 13 }).traceHash).not.toBe(traceHash)
  })

  test('schedulers that think about offers answer so much later, and all ends as well', () => {
    const delayMs = (schedulerComputeMs: number): number => {
      let offeredAtMs = 0
      const delays: number[] = []
      const watching: Property = {
        name: 'safety-answers-are-timed',
        promise: 'none: it measures how long the first answer takes',
        observe: (view) => ({
          happened: (one) => {
            if (one.type !== 'delivered' && one.type !== 'sent') return
            const { type } = one.envelope.message
            const isOffer = type === 'allocation.offer' && one.type === 'delivered'
            if (isOffer && offeredAtMs === 0) offeredAtMs = view.now
            if (type === 'task.launch' && offeredAtMs > 0) delays.push(view.now - offeredAtMs)
          },
        }),
      }
      const world = { agents: 1, frameworks: 1, tasks: 1, faults: 'none', safetyMs: 1_000 }
      const { violations, counts } = simulate(
        { ...world, schedulerComputeMs },
        { properties: [...properties, watching] },
      )
      expect({ violations, ended: counts.ended }).toEqual({ violations: [], ended: 1 })
      return delays[0] ?? Number.NaN
    }
    expect(delayMs(700) - delayMs(0)).toBe(700)
  })

  test('that cannot be are refused in a sentence', () => {
    expect(() => simulate({ agents: 0 })).toThrow('agents is 0; give a whole number from 1')
    expect(() => simulate({ faults: 'los' })).toThrow('there are no faults los; did you mean loss?')
    expect(() => simulate({ seed: 1.5 })).toThrow('seed is 1.5')
  })
})
