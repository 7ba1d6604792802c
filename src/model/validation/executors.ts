import { type ExecutorInfo, problemWithId, type TaskInfo } from '../../messages/index.ts'
import type { AgentRecord, FrameworkRecord } from '../ledger/records.ts'
import { scalarOf } from '../resources/kinds.ts'
import { problemWithResources } from '../resources/problems.ts'
import { isSameJson } from '../same-json.ts'
import { problemWithCommand, problemWithDuration } from './commands.ts'

/** Where an executor is to live, and for whom. */
export interface ExecutorContext {
  readonly framework: FrameworkRecord
  readonly agent: AgentRecord
}

/** What a group's executor needs at least (Mesos: src/master/validation.cpp). */
const groupMinimum = { cpus: 0.01, mem: 32 } as const

/** Whether an executor is a program or runs groups: it holds resources, and the master books it. */
export function isBooked({ type }: ExecutorInfo): boolean {
  return type === 'CUSTOM' || type === 'DEFAULT'
}

/** The executor of this id that the framework has on the agent, if it has one. */
export function liveExecutor({ framework, agent }: ExecutorContext, executorId: string) {
  return agent.executors.get(`${framework.id}/${executorId}`)
}

/** Says why a task cannot be launched on this executor, or nothing. */
export function problemWithTaskExecutor(
  executor: ExecutorInfo,
  context: ExecutorContext,
): string | undefined {
  if (executor.type === 'DEFAULT') {
    return 'a default executor runs groups: use LAUNCH_GROUP, or a command'
  }
  return problemWithExecutor(executor, context)
}

/** Says why a group cannot be launched on this executor, or nothing. */
export function problemWithGroupExecutor(
  executor: ExecutorInfo,
  context: ExecutorContext,
): string | undefined {
  if (!isBooked(executor)) return 'the executor of a group is of type DEFAULT or CUSTOM'
  if (executor.frameworkId === undefined) return 'the executor of a group names its framework'
  const { resources = {} } = executor
  for (const name of ['cpus', 'mem'] as const) {
    if (scalarOf(resources, name) < groupMinimum[name]) {
      return `the executor of a group needs at least ${groupMinimum[name]} ${name}`
    }
  }
  if (scalarOf(resources, 'disk') <= 0) return 'the executor of a group needs some disk'
  return problemWithExecutor(executor, context)
}

function problemWithExecutor(executor: ExecutorInfo, context: ExecutorContext): string | undefined {
  const { type, command, executorId, frameworkId, problem } = executor
  const { framework } = context
  const id = problemWithId('the executor id', executorId)
  if (id !== undefined || problem !== undefined) return id ?? problem
  if (frameworkId !== undefined && frameworkId !== framework.id) {
    return `the executor names framework ${frameworkId}, but it is launched by ${framework.id}`
  }
  if (type === 'CUSTOM' && command === undefined) return 'a custom executor needs a command'
  if (type === 'DEFAULT' && command !== undefined) return 'a default executor has no command'
  return (
    problemWithDuration('shutdownGracePeriodMs', executor.shutdownGracePeriodMs) ??
    (command && problemWithCommand(command)) ??
    problemWithResources(executor.resources ?? {}) ??
    problemWithTwin(executor, context)
  )
}

/** Executors of one id on one agent must be described alike, or nobody knew which one runs. */
function problemWithTwin(executor: ExecutorInfo, context: ExecutorContext): string | undefined {
  const twin = liveExecutor(context, executor.executorId)
  if (twin === undefined || isSame(twin.info, executor)) return undefined
  return `executor ${executor.executorId} lives on the agent already, and is described differently`
}

/** Naming the framework says nothing that was not known. */
function isSame(left: ExecutorInfo, right: ExecutorInfo): boolean {
  if (left === right) return true
  const { frameworkId: _left, ...one } = left
  const { frameworkId: _right, ...other } = right
  return isSameJson(one, other)
}

/** Says why the tasks cannot be a group, apart from what is wrong with each of them, or nothing. */
export function problemWithGroup(
  executor: ExecutorInfo,
  tasks: readonly TaskInfo[],
): string | undefined {
  if (tasks.length === 0) return 'a group has at least one task'
  for (const { taskId, executor: own, command } of tasks) {
    if (own !== undefined && !isSame(own, executor)) {
      return `task ${taskId} names another executor than its group`
    }
    if (executor.type === 'DEFAULT' && command === undefined) return `task ${taskId} has no command`
  }
  const ids = new Set(tasks.map(({ taskId }) => taskId))
  return ids.size < tasks.length ? 'two tasks of the group have one id' : undefined
}
