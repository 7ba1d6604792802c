import type { SimulationOptions } from './options.ts'
import { type SimulationReport, type SimulationTools, simulate } from './simulate.ts'
import { kindsIn } from './world/faults.ts'

/** So many smaller worlds are tried. */
const runsMax = 60

export interface Shrunk {
  /** Of the smallest world found that breaks the same property with the same seed. */
  readonly report: SimulationReport
  /** How many worlds were tried. */
  readonly runs: number
}

/**
 * Looks for a smaller world in which the first violated property is violated as well: fewer tasks,
 * agents, frameworks, kinds of faults, less time. Every try is a run of its own.
 */
export function shrink(failed: SimulationReport, tools: SimulationTools = {}): Shrunk {
  const property = failed.violations[0]?.property
  let best = failed
  let runs = 0
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false
    for (const options of smallerThan(best.options)) {
      if (runs++ >= runsMax) return { report: best, runs: runsMax }
      const report = simulate(options, tools)
      if (!report.violations.some((violation) => violation.property === property)) continue
      best = report
      isSmaller = true
      break
    }
  }
  return { report: best, runs }
}

/** Worlds that are smaller in one thing, the greatest steps first. */
function* smallerThan(
  options: SimulationReport['options'],
): Generator<SimulationOptions, void, undefined> {
  for (const name of ['tasks', 'agents', 'frameworks'] as const) {
    const value = options[name]
    for (const less of new Set([1, Math.floor(value / 2), value - 1])) {
      if (less >= 1 && less < value) yield { ...options, [name]: less }
    }
  }
  const kinds = kindsIn(options.faults)
  for (const kind of kinds) {
    const others = kinds.filter((other) => other !== kind)
    yield { ...options, faults: others.length === 0 ? 'none' : others.join(',') }
  }
  if (options.safetyMs >= 20_000) {
    yield { ...options, safetyMs: Math.round(options.safetyMs / 2) }
  }
}
