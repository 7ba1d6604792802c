import type { CommandInfo, ExecutorInfo, HealthCheck, TaskInfo } from '../messages/index.ts'
import { problemWithId, type Resources } from '../messages/index.ts'
import { InvalidInputError } from '../model/errors.ts'
import {
  type Amounts,
  amountKeys,
  checkKeys,
  type Needs,
  needsOf,
  resourcesOf,
} from '../model/resources/amounts.ts'
import { problemWithHealthCheck } from '../model/validation/tasks.ts'

/** A command as people write it: a shell line, or a program with its arguments. */
export type Command = string | readonly [program: string, ...args: string[]]

/** What to run, and with which resources: common to jobs and to tasks of own frameworks. */
export interface CommandRequest extends Needs {
  readonly command: Command
  readonly env?: Readonly<Record<string, string>>
  /** Absolute folder to run in; by default a fresh sandbox of the task's own. */
  readonly cwd?: string
  /** How long it may take to end when it is killed, before it is forced. Default 3,000. */
  readonly killGraceMs?: number
  /** It is killed, and has failed, when it runs for longer. */
  readonly maxTimeMs?: number
  readonly healthCheck?: HealthCheck
  readonly labels?: Readonly<Record<string, string>>
}

export const commandRequestKeys: readonly string[] = [
  ...amountKeys,
  'command',
  'env',
  'cwd',
  'killGraceMs',
  'maxTimeMs',
  'healthCheck',
  'labels',
]

/**
 * A program that runs tasks of its framework on an agent and talks with it (`connectExecutor`). It
 * is started for the first task that names it; `cpus` and the like are its own, for as long as it
 * lives.
 */
export interface ExecutorRequest extends Amounts {
  /** Unique among the framework's executors on one agent. */
  readonly id: string
  readonly command: Command
  readonly env?: Readonly<Record<string, string>>
  /** How long it may take to end when it is asked to, before it is forced. */
  readonly shutdownGraceMs?: number
}

/** A task of an own framework: it runs a command, or goes to an executor. */
export interface TaskRequest extends Omit<CommandRequest, 'command'> {
  /** Unique among the framework's tasks. */
  readonly id: string
  readonly name?: string
  readonly command?: Command
  readonly executor?: ExecutorRequest
  /** What only the executor understands. */
  readonly data?: Uint8Array | string
}

/** The part of a task that does not depend on the agent it runs on. */
export type UnplacedTask = Omit<TaskInfo, 'agentId' | 'taskId'>

/** Throws InvalidInputError when the request is impossible. */
export function taskOf(request: TaskRequest): UnplacedTask & { readonly taskId: string } {
  const what = `task ${request.id}`
  checkKeys(what, request, [...commandRequestKeys, 'id', 'name', 'executor', 'data'])
  const problem = problemWithId('the task id', request.id)
  if (problem !== undefined) throw new InvalidInputError(problem)
  const { id, name = id, command, executor } = request
  if (executor !== undefined) return { taskId: id, ...executorTask(what, name, executor, request) }
  if (command === undefined) throw new InvalidInputError(`${what}: give a command or an executor`)
  if (request.data !== undefined) {
    throw new InvalidInputError(`${what}: data is for executors; give a command env`)
  }
  return { taskId: id, ...commandTask(what, name, { ...request, command }) }
}

/** A task for a program of the framework. */
function executorTask(
  what: string,
  name: string,
  executor: ExecutorRequest,
  request: TaskRequest,
): UnplacedTask {
  const { command, env, cwd, data, labels, healthCheck } = request
  if (command !== undefined || env !== undefined || cwd !== undefined || healthCheck) {
    throw new InvalidInputError(
      `${what}: command, env, cwd and healthCheck are not for a task that goes to an executor`,
    )
  }
  return {
    name,
    resources: demandOf(what, request),
    executor: executorOf(what, executor),
    ...limitsOf(what, request),
    ...(data !== undefined && { data: Buffer.from(data).toString('base64') }),
    ...(labels !== undefined && { labels }),
  }
}

const executorKeys = [...amountKeys, 'id', 'command', 'env', 'shutdownGraceMs']

function executorOf(task: string, request: ExecutorRequest): ExecutorInfo {
  const { id, shutdownGraceMs } = request
  const problem = problemWithId('the executor id', id)
  if (problem !== undefined) throw new InvalidInputError(`${task}: ${problem}`)
  const what = `executor ${id}`
  checkKeys(what, request, executorKeys)
  checkDuration(what, 'shutdownGraceMs', shutdownGraceMs)
  return {
    executorId: id,
    type: 'CUSTOM',
    command: commandOf(what, request),
    resources: resourcesOf(what, request),
    ...(shutdownGraceMs !== undefined && { shutdownGracePeriodMs: shutdownGraceMs }),
  }
}

/** A task that runs a command. Throws InvalidInputError when the request is impossible. */
export function commandTask(what: string, name: string, request: CommandRequest): UnplacedTask {
  const { healthCheck, labels } = request
  const problem = problemWithHealthCheck(healthCheck)
  if (problem !== undefined) throw new InvalidInputError(`${what}: ${problem}`)
  return {
    name,
    resources: demandOf(what, request),
    command: commandOf(what, request),
    ...limitsOf(what, request),
    ...(healthCheck !== undefined && { healthCheck }),
    ...(labels !== undefined && { labels }),
  }
}

/** A task that runs in this process: a function, or a module in a thread of its own. */
export function callTask(
  what: string,
  name: string,
  type: ExecutorInfo['type'],
  request: Omit<CommandRequest, 'command'>,
): UnplacedTask {
  return {
    name,
    resources: demandOf(what, request),
    executor: { executorId: type === 'FUNCTION' ? 'functions' : 'threads', type },
    ...limitsOf(what, request),
  }
}

/** One cpu, when nothing is said. */
function demandOf(what: string, needs: Needs): Resources {
  const resources = needsOf(what, needs)
  return Object.keys(resources).length === 0 ? { cpus: 1 } : resources
}

function limitsOf(
  what: string,
  { killGraceMs, maxTimeMs }: Pick<CommandRequest, 'killGraceMs' | 'maxTimeMs'>,
): Pick<TaskInfo, 'killPolicy' | 'maxCompletionTimeMs'> {
  checkDuration(what, 'killGraceMs', killGraceMs)
  checkDuration(what, 'maxTimeMs', maxTimeMs)
  return {
    ...(killGraceMs !== undefined && { killPolicy: { gracePeriodMs: killGraceMs } }),
    ...(maxTimeMs !== undefined && { maxCompletionTimeMs: maxTimeMs }),
  }
}

/** Throws InvalidInputError when it is no length of time, in milliseconds. */
export function checkDuration(what: string, name: string, value: number | undefined): void {
  if (value === undefined || (Number.isFinite(value) && value >= 0)) return
  throw new InvalidInputError(`${what}: ${name} is ${value}; give zero or more milliseconds`)
}

function commandOf(
  what: string,
  { command, env, cwd }: Pick<CommandRequest, 'command' | 'env' | 'cwd'>,
): CommandInfo {
  const environment = env && { environment: { ...env } }
  const place = cwd === undefined ? {} : { workingDirectory: cwd }
  if (typeof command === 'string') {
    if (command.trim() === '') throw new InvalidInputError(`${what}: the command is empty`)
    return { value: command, ...environment, ...place }
  }
  if (!Array.isArray(command)) {
    throw new InvalidInputError(
      `${what}: the command is a shell line, or a list of program and words`,
    )
  }
  const [program, ...rest]: readonly string[] = command
  if (typeof program !== 'string' || program === '') {
    throw new InvalidInputError(`${what}: the command names no program`)
  }
  return { value: program, shell: false, arguments: rest, ...environment, ...place }
}
