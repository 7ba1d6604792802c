import {
  type ExecutorInfo,
  type HealthCheck,
  problemWithId,
  type Resources,
  type TaskInfo,
} from '../../messages/index.ts'
import type { AgentRecord, FrameworkRecord } from '../ledger/records.ts'
import { describeResources } from '../resources/describe.ts'
import { problemWithForm, problemWithResources } from '../resources/problems.ts'
import {
  addTo,
  clashOf,
  isEmpty,
  type Quantities,
  shortOf,
  toQuantities,
  toResources,
} from '../resources/quantities.ts'
import { problemWithCommand, problemWithDuration } from './commands.ts'
import { isBooked, liveExecutor, problemWithTaskExecutor } from './executors.ts'
import { problemWithVolumes } from './volumes.ts'

/** What a task is checked against: who launches it where, and what is left of the offers. */
export interface LaunchContext {
  readonly framework: FrameworkRecord
  readonly agent: AgentRecord
  readonly remaining: Readonly<Quantities>
}

/**
 * Says in a sentence why a task cannot be launched, or nothing. The order is that of Mesos
 * (src/master/validation.cpp, task::validate), so that the first failure is the same.
 */
export function problemWithTask(task: TaskInfo, context: LaunchContext): string | undefined {
  return (
    problemWithMember(task, context) ??
    problemWithWork(task, context) ??
    problemWithVolumes(task, context.remaining) ??
    problemWithFit(task, context)
  )
}

/** Says why nothing of a launch can be because of what one of its tasks asks for, or nothing. */
export function problemWithForms(tasks: readonly TaskInfo[]): string | undefined {
  for (const { taskId, resources, executor } of tasks) {
    const problem = problemWithForm(resources) ?? problemWithForm(executor?.resources ?? {})
    if (problem !== undefined) return `task ${taskId}: ${problem}`
  }
  return undefined
}

/** The same without its executor, and whether there is room for it: what a group asks of each. */
export function problemWithMember(task: TaskInfo, context: LaunchContext): string | undefined {
  return (
    task.problem ??
    problemWithId('the task id', task.taskId) ??
    problemWithIdentity(task, context) ??
    problemWithTimes(task) ??
    problemWithHealthCheck(task.healthCheck) ??
    problemWithDemand(task.resources) ??
    (task.command && problemWithCommand(task.command))
  )
}

function problemWithIdentity(task: TaskInfo, context: LaunchContext): string | undefined {
  const { framework, agent } = context
  if (framework.tasks.has(task.taskId)) {
    return `task id ${task.taskId} is in use: its last update is not acknowledged yet`
  }
  if (framework.unreachableTasks.has(task.taskId)) {
    return `task id ${task.taskId} belongs to a task on an unreachable agent`
  }
  const abandoned = agent.abandoned.get(`${framework.id}/${task.taskId}`)
  if (abandoned !== undefined && !abandoned.isOver) {
    return `task id ${task.taskId} belongs to a lost task that is still being ended there`
  }
  if (task.agentId !== agent.id) {
    return `the task names agent ${task.agentId}, but the offer is of agent ${agent.id}`
  }
  return undefined
}

function problemWithTimes(task: TaskInfo): string | undefined {
  return (
    problemWithDuration('killPolicy.gracePeriodMs', task.killPolicy?.gracePeriodMs) ??
    problemWithDuration('maxCompletionTimeMs', task.maxCompletionTimeMs) ??
    problemWithDuration('shutdownGracePeriodMs', task.executor?.shutdownGracePeriodMs)
  )
}

/** Says what is wrong with a health check, or nothing. */
export function problemWithHealthCheck(check: HealthCheck | undefined): string | undefined {
  if (check === undefined) return undefined
  const { type, command, http, tcp, consecutiveFailures = 1 } = check
  if (type === 'COMMAND' && !command?.value) return 'the health check has no command'
  if (type === 'HTTP' && http === undefined) return 'the health check has no http part'
  if (type === 'TCP' && tcp === undefined) return 'the health check has no tcp part'
  if (http?.path !== undefined && !http.path.startsWith('/')) {
    return `the health check's path ${http.path} must begin with a slash`
  }
  if (http?.scheme !== undefined && !['http', 'https'].includes(http.scheme)) {
    return `the health check's scheme is ${http.scheme}; it can be http or https`
  }
  if (!Number.isInteger(consecutiveFailures) || consecutiveFailures < 0) {
    return `the health check's consecutiveFailures is ${consecutiveFailures}; give a whole number`
  }
  return (
    problemWithDuration('the health check’s delayMs', check.delayMs) ??
    problemWithDuration('the health check’s intervalMs', check.intervalMs) ??
    problemWithDuration('the health check’s timeoutMs', check.timeoutMs) ??
    problemWithDuration('the health check’s gracePeriodMs', check.gracePeriodMs)
  )
}

function problemWithDemand(resources: Resources): string | undefined {
  const problem = problemWithResources(resources)
  if (problem !== undefined) return problem
  if (isEmpty(toQuantities(resources))) return 'the task asks for no resources at all'
  return undefined
}

function problemWithWork(task: TaskInfo, context: LaunchContext): string | undefined {
  const { command, executor } = task
  if ((command === undefined) === (executor === undefined)) {
    return 'a task has either a command or an executor, and exactly one of them'
  }
  return executor && problemWithTaskExecutor(executor, context)
}

function problemWithFit(task: TaskInfo, context: LaunchContext): string | undefined {
  const executor = newExecutorOf(context, task.executor)
  const needs = [task, ...(executor === undefined ? [] : [executor])]
  const who = executor === undefined ? 'the task needs' : 'the task and its executor need'
  return problemWithRoom(who, needs, context.remaining)
}

/** Says what all of them share or is short of what is left, or nothing. */
export function problemWithRoom(
  who: string,
  needs: readonly { readonly resources?: Resources }[],
  remaining: Readonly<Quantities>,
): string | undefined {
  const needed: Quantities = {}
  for (const { resources = {} } of needs) {
    const amounts = toQuantities(resources)
    const clash = clashOf(needed, amounts)
    if (clash !== undefined) return `${who} some of the same ${clash}`
    addTo(needed, amounts)
  }
  const short = shortOf(remaining, needed)
  if (short === undefined) return undefined
  const [wanted, left] = [needed, remaining].map((amounts) =>
    describeResources(toResources(amounts)),
  )
  return `${who} ${wanted}, but only ${left} is left of the offer: ${short} is short`
}

/** The executor, if it is to be booked and does not live there yet. */
export function newExecutorOf(
  context: LaunchContext,
  executor: ExecutorInfo | undefined,
): ExecutorInfo | undefined {
  if (executor === undefined || !isBooked(executor)) return undefined
  return liveExecutor(context, executor.executorId) === undefined ? executor : undefined
}
