import { Command, InvalidArgumentError } from 'commander'
import { completeOptions, defaultOptions, type SimulationOptions } from '../simulation/options.ts'
import { sometimes } from '../simulation/properties/sometimes.ts'
import { shrink } from '../simulation/shrink.ts'
import type { SimulationReport } from '../simulation/simulate.ts'
import { parseCount, parseDuration } from './options.ts'
import { printDocument } from './plan-options.ts'
import { commandFor, failureLines, runPage, violationLines } from './simulate/page.ts'
import { playFile } from './simulate/scenario.ts'
import { defaultWorkers, playAll } from './simulate/seeds.ts'
import { mermaidSequence, worthShowing } from './simulate/sequence.ts'
import { exitCodes, UsageError } from './usage.ts'
import { styleFor } from './view/style.ts'

interface Given extends Omit<SimulationOptions, 'safetyMs'> {
  readonly seeds?: readonly [number, number]
  readonly safety?: number
  readonly workers?: number
  readonly json?: boolean
  readonly diagram?: boolean
  readonly update?: boolean
}

/** So many messages are a diagram that one can read. */
const diagramMax = 40

/** `mesostate simulate`: a whole cluster on virtual time, with faults, held to its promises. */
export function simulateCommand(): Command {
  const { seed, agents, frameworks, tasks, faults, safetyMs } = defaultOptions
  return new Command('simulate')
    .description('play a cluster on virtual time with faults, and check every promise')
    .argument('[scenario]', 'a file of commands to play instead, as it was recorded')
    .option('--update', 'record the scenario anew, as it is now')
    .option('--seed <n>', `the run to play (default: ${seed})`, parseCount)
    .option('--seeds <a..b>', 'play all these, one after the other', parseRange)
    .option('--agents <n>', `how many machines (default: ${agents})`, parseCount)
    .option('--frameworks <n>', `how many tenants (default: ${frameworks})`, parseCount)
    .option('--tasks <n>', `how many jobs in all (default: ${tasks})`, parseCount)
    .option('--faults <name>', `none, light, heavy, or kinds of faults (default: ${faults})`)
    .option(
      '--safety <time>',
      `how long faults happen (default: ${safetyMs / 1_000}s)`,
      parseDuration,
    )
    .option(
      '--scheduler-compute-ms <ms>',
      'how long schedulers think about offers, in virtual time (default: 0)',
      parseCount,
    )
    .option('--workers <n>', 'how many seeds at a time (default: as many as cores)', parseCount)
    .option('--json', 'print one JSON document')
    .option('--diagram', 'print the last messages as a Mermaid sequence diagram')
    .addHelpText(
      'after',
      '\nThe same options always play the same run: its trace hash tells.' +
        '\nExit codes: 0 every promise held, or all is as recorded; 1 not so; 2 the options are wrong.',
    )
    .action(async (scenario: string | undefined, given: Given) => {
      if (scenario === undefined && given.update) {
        throw new UsageError('--update records a scenario; give its file')
      }
      process.exitCode = scenario === undefined ? await play(given) : playFile(scenario, given)
    })
}

async function play(given: Given): Promise<number> {
  const { seeds, seed = defaultOptions.seed, safety, json = false, diagram = false } = given
  if (seeds !== undefined && given.seed !== undefined) {
    throw new UsageError('give --seed or --seeds, not both')
  }
  const { agents, frameworks, tasks, faults, schedulerComputeMs } = { ...defaultOptions, ...given }
  const safetyMs = safety ?? defaultOptions.safetyMs
  const [first, last] = seeds ?? [seed, seed]
  const began = performance.now()
  const worlds = Array.from({ length: last - first + 1 }, (_, index) => {
    const size = { agents, frameworks, tasks, faults, safetyMs, schedulerComputeMs }
    return completeOptions({ seed: first + index, ...size })
  })
  const reports = await playAll(worlds, given.workers ?? defaultWorkers(worlds.length))
  const wallMs = performance.now() - began
  const failed = reports.filter(({ violations }) => violations.length > 0)
  if (json) printDocument(documentOf(reports, wallMs))
  else print(pageOf(reports, failed, wallMs))
  const [shown = reports[0]] = failed
  if (diagram && shown !== undefined) print([mermaidSequence(worthShowing(shown.last, diagramMax))])
  return failed.length > 0 ? exitCodes.failed : exitCodes.ok
}

function pageOf(
  reports: readonly SimulationReport[],
  failed: readonly SimulationReport[],
  wallMs: number,
): string[] {
  const style = styleFor(process.stdout)
  const [only] = reports
  const [first] = failed
  const isOne = reports.length === 1 && only !== undefined
  const lines = isOne ? runPage(only, wallMs, style) : seedLines(reports, wallMs)
  if (!isOne) {
    for (const report of failed.slice(0, 10)) {
      lines.push('', `seed ${report.options.seed}`, ...violationLines(report, style))
    }
  }
  return first === undefined ? lines : [...lines, '', ...failureLines(first, shrink(first).report)]
}

function seedLines(reports: readonly SimulationReport[], wallMs: number): string[] {
  const failed = reports.filter(({ violations }) => violations.length > 0)
  const virtualMs = virtualMsOf(reports)
  const perMinute = Math.round((reports.length * 60_000) / Math.max(1, wallMs))
  const never = neverIn(reports)
  return [
    `${reports.length} seeds, ${failed.length} with violations`,
    `${Math.round(virtualMs / 1_000)} s virtual in ${Math.round(wallMs / 10) / 100} s, ${perMinute} seeds per minute`,
    ...(never.length > 0 ? [`never happened: ${never.join(', ')}`] : []),
  ]
}

function documentOf(reports: readonly SimulationReport[], wallMs: number): object {
  const runs = reports.map(({ last: _, ...report }) => ({
    ...report,
    command: commandFor(report.options),
  }))
  return {
    wallMs: Math.round(wallMs),
    virtualMs: virtualMsOf(reports),
    never: neverIn(reports),
    runs,
  }
}

function virtualMsOf(reports: readonly SimulationReport[]): number {
  return reports.reduce((sum, { safetyMs, livenessMs }) => sum + safetyMs + livenessMs, 0)
}

/** Which rare things no run has seen. */
function neverIn(reports: readonly SimulationReport[]): string[] {
  return sometimes
    .map(({ name }) => name)
    .filter((name) => reports.every((report) => report.sometimes[name] === undefined))
}

/** `3..20`. Throws what commander shows as usage error. */
function parseRange(text: string): readonly [number, number] {
  const [first, last, ...others] = text.split('..').map(parseCount)
  if (first === undefined || last === undefined || others.length > 0 || last < first) {
    throw new InvalidArgumentError('expected a range such as 1..100')
  }
  return [first, last]
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
