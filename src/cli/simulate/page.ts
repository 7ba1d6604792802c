import type { CompleteOptions } from '../../simulation/options.ts'
import { defaultOptions } from '../../simulation/options.ts'
import type { SimulationReport } from '../../simulation/simulate.ts'
import type { Style } from '../view/style.ts'
import { spanText } from '../view/times.ts'
import { sequenceLine, worthShowing } from './sequence.ts'

/** So many happenings before the violation are shown. */
const shownMax = 30

/** One run in words. `wallMs` is what it took in real time. */
export function runPage(report: SimulationReport, wallMs: number, style: Style): string[] {
  const { counts, safetyMs, livenessMs, traceHash } = report
  const virtualMs = safetyMs + livenessMs
  const rows: [string, string][] = [
    ['world', optionsText(report.options)],
    ['faults', `${counts.faults} in ${seconds(safetyMs)}, and ${counts.lost} messages lost`],
    ['then', `${seconds(livenessMs)} without faults`],
    ['jobs', `${counts.ended} of ${counts.tasks} ended`],
    ['steps', `${counts.delivered} messages, ${counts.timers} timers`],
    ['time', `${seconds(virtualMs)} virtual in ${seconds(wallMs)}, ${speed(virtualMs, wallMs)}`],
    ['trace', traceHash],
  ]
  const lines = rows.map(([title, text]) => `${style.dim(title.padEnd(8))}${text}`)
  return [...lines, '', ...violationLines(report, style)]
}

/** What was wrong, sentence by sentence; or that nothing was. */
export function violationLines({ violations }: SimulationReport, style: Style): string[] {
  if (violations.length === 0) return [style.good('no violation')]
  return violations.map(({ property, atMs, sentence }) => {
    return `${style.bad(property)} at ${spanText(atMs).trim()}: ${sentence}`
  })
}

/** How to see a failure again, in full and as small as it was found; and what led to it. */
export function failureLines(failed: SimulationReport, shrunk: SimulationReport): string[] {
  return [
    `again:   ${commandFor(failed.options)}`,
    `smaller: ${commandFor(shrunk.options)}`,
    '',
    ...worthShowing(shrunk.last, shownMax).map(sequenceLine),
  ]
}

/** The one command that repeats a run. */
export function commandFor(options: CompleteOptions): string {
  const { seed, agents, frameworks, tasks, faults, safetyMs, schedulerComputeMs } = options
  const time = safetyMs === defaultOptions.safetyMs ? '' : ` --safety ${safetyMs}ms`
  const compute = schedulerComputeMs === 0 ? '' : ` --scheduler-compute-ms ${schedulerComputeMs}`
  return (
    `mesostate simulate --seed ${seed} --agents ${agents} --frameworks ${frameworks}` +
    ` --tasks ${tasks} --faults ${faults}${time}${compute}`
  )
}

function optionsText({ seed, agents, frameworks, tasks, faults }: CompleteOptions): string {
  return `seed ${seed}, ${agents} agents, ${frameworks} frameworks, ${tasks} tasks, faults ${faults}`
}

function seconds(ms: number): string {
  return `${Math.round(ms / 10) / 100} s`
}

function speed(virtualMs: number, wallMs: number): string {
  return `${Math.round(virtualMs / Math.max(1, wallMs))} times as fast as real time`
}
