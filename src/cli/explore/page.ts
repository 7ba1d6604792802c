import type {
  ExplorationReport,
  ExploredViolation,
} from '../../simulation/explore/explore-cluster.ts'
import {
  type CompleteSmallWorldOptions,
  defaultSmallWorld,
} from '../../simulation/explore/options.ts'
import type { Style } from '../view/style.ts'
import { stepLine } from './sequence.ts'

/** What the exploration took: milliseconds of real time, megabytes of memory. */
export interface Effort {
  readonly wallMs: number
  readonly memoryMb: number
}

/** An exploration in words. */
export function explorationPage(
  report: ExplorationReport,
  { wallMs, memoryMb }: Effort,
  style: Style,
): string[] {
  const { options, states, steps, depth, isComplete, local, quiet, drains, walked } = report
  const all = isComplete ? ', which is all there are' : ''
  const rows: [string, string][] = [
    ['world', worldText(options)],
    ['faults', faultsText(options)],
    ['search', `${count(states)} worlds${all}; ${count(steps)} steps, ${depth} deep`],
    ['parts', `${count(local.states)} states of single processes, ${count(local.steps)} steps`],
    ['ends', `${count(drains)} of ${count(quiet)} quiet worlds were played to their end`],
    [
      'walks',
      `${options.walks} of up to ${options.walkLength} steps, ${count(walked)} in all, each then played to its end`,
    ],
    ['time', `${seconds(wallMs)}, ${speed(states, wallMs)} worlds a second, ${memoryMb} MB`],
  ]
  const never = neverIn(report)
  if (never.length > 0) rows.push(['never', never.join(', ')])
  const lines = rows.map(([title, text]) => `${style.dim(title.padEnd(8))}${text}`)
  return [...lines, '', ...verdictLines(report, style)]
}

/** That all is well, or the shortest way to what is wrong, and how to see it again. */
function verdictLines({ violation, options }: ExplorationReport, style: Style): string[] {
  if (violation === undefined) return [style.good('no violation')]
  const { property, sentence } = violation
  return [
    `${style.bad(property)}: ${sentence}`,
    '',
    `again:   ${exploreCommandFor(options)}`,
    '',
    ...wayLines(violation),
  ]
}

function wayLines({ way }: ExploredViolation): string[] {
  const digits = String(way.length).length
  return way.map((step, index) => `${String(index + 1).padStart(digits)}  ${stepLine(step)}`)
}

/** The command that explores the same again. */
export function exploreCommandFor(options: CompleteSmallWorldOptions): string {
  const flags = Object.entries(options).flatMap(([name, value]) => {
    if (Object.entries(defaultSmallWorld).some(([key, usual]) => key === name && usual === value)) {
      return []
    }
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    return [value === true ? flag : `${flag} ${value}`]
  })
  return ['mesostate explore', ...flags].join(' ')
}

/** Which rare things nobody has seen. */
export function neverIn({ sometimes }: ExplorationReport): string[] {
  return Object.keys(sometimes).filter((name) => sometimes[name] === 0)
}

function worldText({ agents, frameworks, tasks, fresh }: CompleteSmallWorldOptions): string {
  const from = fresh ? 'from the first message on' : 'all registered'
  return `${agents} agents, ${frameworks} frameworks, ${tasks} tasks, ${from}`
}

function faultsText(options: CompleteSmallWorldOptions): string {
  const { faults, losses, crashes, masterCrashes, timeouts, duplicates, kills } = options
  const kinds = [
    `messages lost ${losses}`,
    `crashes of each role ${crashes}`,
    `of the master ${masterCrashes}`,
    `late or early timers ${timeouts}`,
    ...(duplicates > 0 ? [`messages twice ${duplicates}`] : []),
  ]
  return `at most ${faults} in one history of: ${kinds.join(', ')}; tasks killed ${kills}`
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}

function seconds(ms: number): string {
  return `${Math.round(ms / 10) / 100} s`
}

function speed(states: number, wallMs: number): string {
  return count(Math.round((states * 1_000) / Math.max(1, wallMs)))
}
