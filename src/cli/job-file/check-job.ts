import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { problemWithFit } from '../../frameworks/jobs/fit.ts'
import type { CommandJob, ModuleOptions } from '../../frameworks/jobs/requests.ts'
import { type Command, commandTask } from '../../frameworks/task-request.ts'
import { problemWithId, type Resources } from '../../messages/index.ts'
import { InvalidInputError } from '../../model/errors.ts'
import { problemWithNeeds } from '../../model/resources/amounts.ts'
import { standardResources } from '../../model/resources/problems.ts'
import { isEmpty, toQuantities } from '../../model/resources/quantities.ts'
import { suggestion } from '../../model/suggestion.ts'
import { needsOf } from './amounts.ts'
import { durationMs } from './duration.ts'
import { healthCheckOf } from './health-check.ts'
import type { PlannedJob } from './plan.ts'
import { prefersOf } from './prefers.ts'
import type { Path, Report } from './problems.ts'
import { problemWithLimits, type QuotaLimits } from './quota-limits.ts'
import type { Job } from './schema.ts'

export interface JobContext {
  /** The folder of the file: paths in it are relative to this. */
  readonly folder: string
  /** What the agents have; absent when that is not known, because the agents are wrong. */
  readonly agents: readonly Resources[] | undefined
  /** How they are called; likewise. */
  readonly names: readonly string[] | undefined
  /** The role whose reservations the job may use. */
  readonly role: string
  /** What that role may have at most. */
  readonly limits: QuotaLimits | undefined
  readonly report: Report
}

/** The longest ending that the number of a task adds to the name of its job. */
const endingMax = '-1000000'

const onlyForCommands = ['env', 'cwd', 'healthCheck'] as const

/** What a job of the right shape stands for; everything that is wrong with it is reported. */
export function planJob(job: Job, path: Path, context: JobContext): PlannedJob | undefined {
  let sound = true
  const report: Report = (where, message, at) => {
    sound = false
    context.report(where, message, at)
  }
  const { name = 'job', count = 1, command, module } = job
  const illegal = problemWithId('the name of a job', name + endingMax)
  if (illegal !== undefined) report(nameOf(path), illegal.replaceAll(endingMax, ''), 'key')
  reportDemand(job, path, { ...context, report })
  reportPreference(job, path, { ...context, report })
  if (command !== undefined && module !== undefined) {
    report([...path, 'module'], `${name} has a command and a module; expected one of them`, 'key')
  } else if (command !== undefined) {
    const request = planCommand(job, command, path, { ...context, report })
    return sound ? { count, command: request } : undefined
  } else if (module !== undefined) {
    const planned = planModule(job, module, path, { ...context, report })
    return sound ? { count, module: planned } : undefined
  } else {
    report(path, `${name} has nothing to run; expected a command or a module`, 'key')
  }
  return undefined
}

function planCommand(job: Job, command: Command | string[], path: Path, context: JobContext) {
  const { report, folder } = context
  const { name = 'job', env, cwd, healthCheck } = job
  if (job.input !== undefined) {
    report([...path, 'input'], 'input is for modules; give a command its arguments or env', 'key')
  }
  for (const variable of Object.keys(env ?? {})) {
    if (/^[^=\0]+$/.test(variable)) continue
    report(
      [...path, 'env', variable],
      `"${variable}" is no name of a variable; expected no "="`,
      'key',
    )
  }
  if (cwd !== undefined && !isKind(resolve(folder, cwd), 'directory')) {
    report([...path, 'cwd'], `there is no folder ${resolve(folder, cwd)}; expected one to run in`)
  }
  const check =
    healthCheck &&
    healthCheckOf(healthCheck, (where, message, at) =>
      report([...path, 'healthCheck', ...where], message, at),
    )
  const [program = '', ...rest] = typeof command === 'string' ? [] : command
  const request: CommandJob = {
    name,
    ...needsOf(job),
    ...limitsOf(job),
    command: typeof command === 'string' ? command : [program, ...rest],
    ...(env !== undefined && { env: textsOf(env) }),
    ...(cwd !== undefined && { cwd: resolve(folder, cwd) }),
    ...(check !== undefined && { healthCheck: check }),
  }
  try {
    commandTask(`job ${name}`, name, { ...request, cpus: 1, mem: 1, ports: [] })
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    report([...path, 'command'], error.message)
  }
  return request
}

function planModule(job: Job, module: string, path: Path, { folder, report }: JobContext) {
  const { name = 'job' } = job
  for (const key of onlyForCommands) {
    if (job[key] === undefined) continue
    report([...path, key], `${key} is for commands; ${name} runs a module`, 'key')
  }
  const file = resolve(folder, module)
  if (!isKind(file, 'file')) {
    report([...path, 'module'], `there is no file ${file}; expected a JavaScript module`)
  }
  const options: ModuleOptions = { name, ...needsOf(job), ...limitsOf(job) }
  return { module: pathToFileURL(file), input: job.input, options }
}

/** Each amount where it is written; then all of them together. */
function reportDemand(job: Job, path: Path, context: JobContext): void {
  const { agents, role, limits, report } = context
  const { name = 'job' } = job
  const { resources: others = {}, ...standard } = needsOf(job)
  const demand: Resources = { ...others }
  for (const key of standardResources) {
    const amount = standard[key]
    if (amount === undefined) continue
    demand[key] =
      typeof amount === 'number' ? amount : amount.map(([from, to]): [number, number] => [from, to])
  }
  const isOwn = (key: string) => Object.hasOwn(others, key)
  let fitsInParts = true
  for (const [key, amount] of Object.entries(demand)) {
    const problem = problemOf({ [key]: amount })
    if (problem === undefined) continue
    fitsInParts = false
    report([...path, ...(isOwn(key) ? ['resources', key] : [key])], problem)
  }
  if (!fitsInParts) return
  if (Object.keys(demand).length > 0 && isEmpty(toQuantities(demand))) {
    report(path, `${name} asks for no resources at all; expected more than 0 of one`, 'key')
    return
  }
  const problem = problemOf(Object.keys(demand).length === 0 ? { cpus: 1 } : demand)
  if (problem !== undefined) report(path, problem, 'key')

  function problemOf(resources: Resources): string | undefined {
    const wrong = problemWithNeeds(resources)
    if (wrong !== undefined) return wrong
    const unfit =
      (agents && problemWithFit(resources, agents, [role])) ??
      (limits && problemWithLimits(resources, limits))
    return unfit === undefined ? undefined : `${name} can never run: ${unfit}`
  }
}

/** The cluster of a file has no other agents than these: an unknown name is a slip. */
function reportPreference(job: Job, path: Path, { names, report }: JobContext): void {
  const { prefers, preferWait } = job
  if (preferWait !== undefined && prefers === undefined) {
    report([...path, 'preferWait'], 'preferWait says how long; expected prefers beside it', 'key')
  }
  if (prefers !== undefined && Object.keys(prefers).length === 0) {
    report([...path, 'prefers'], 'prefers is empty; expected agents or attributes', 'value')
  }
  for (const name of [prefers?.agents ?? []].flat()) {
    if (names === undefined || names.includes(name)) continue
    const hint = suggestion(name, names)
    report([...path, 'prefers', 'agents'], `there is no agent ${name}${hint}`)
  }
}

/** What commands and modules have in common besides their needs. */
function limitsOf({ killGrace, timeout, retries, prefers, preferWait }: Job) {
  const preferWaitMs = preferWait === undefined ? undefined : durationMs(preferWait)
  const killGraceMs = killGrace === undefined ? undefined : durationMs(killGrace)
  const maxTimeMs = timeout === undefined ? undefined : durationMs(timeout)
  return {
    ...(killGraceMs !== undefined && { killGraceMs }),
    ...(maxTimeMs !== undefined && { maxTimeMs }),
    ...(retries !== undefined && { retries }),
    ...(prefers !== undefined && { prefers: prefersOf(prefers) }),
    ...(preferWaitMs !== undefined && { preferWaitMs }),
  }
}

function textsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]))
}

/** The place of a job's name: the key of a map, or the field of an item. */
function nameOf(path: Path): Path {
  return typeof path.at(-1) === 'number' ? [...path, 'name'] : path
}

function isKind(path: string, kind: 'file' | 'directory'): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return kind === 'file' ? found?.isFile() === true : found?.isDirectory() === true
}
