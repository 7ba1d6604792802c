import type { ExecutorInfo, TaskInfo } from '../../messages/index.ts'
import type { LaunchGroupOnAgent, LaunchOnAgent } from '../../messages/task.ts'
import { stateFor } from '../task-states.ts'
import { takeUpdateId } from '../update-id.ts'
import type { AgentBook, ExecutorRecord, FrameworkOnAgent } from './book.ts'
import { noteIdle } from './drain-words.ts'
import { tellMasterOfExit } from './executors.ts'
import { frameworkOf } from './frameworks.ts'
import { handOver } from './hand-over.ts'
import { keepTask } from './keep.ts'
import { launchExecutor } from './launch-executor.ts'
import { unknownResource } from './operations.ts'
import type { AgentStep } from './step.ts'
import { closeStream, newTask, report, takenBefore } from './streams.ts'

/** Why a task cannot run here at all. */
const dropReasons = {
  draining: { reason: 'AGENT_DRAINING', message: 'the agent is being drained' },
  ending: { reason: 'EXECUTOR_TERMINATED', message: 'its executor is being shut down' },
  unknown: {
    reason: 'RESOURCES_UNKNOWN',
    message: 'the agent does not have what is reserved, or the volume, that it asks for',
  },
  taken: { reason: 'TASK_INVALID', message: 'the id of its executor belongs to another one' },
  single: { reason: 'TASK_INVALID', message: 'an executor of this type runs groups of tasks only' },
  grouped: { reason: 'TASK_INVALID', message: 'an executor of this type runs no groups of tasks' },
} as const

type Bar = keyof typeof dropReasons

/**
 * The master wants tasks run: each goes to its executor, which is launched when there is none. A
 * launch that arrives twice counts once.
 */
export function launchTasks(step: AgentStep, message: LaunchOnAgent): void {
  noteIdle(step)
  const framework = frameworkOf(step, message.frameworkId, message.framework)
  const batches = new Map<ExecutorRecord, TaskInfo[]>()
  for (const info of message.tasks) {
    if (!isNew(step, framework, info)) continue
    const bar = barTo(step.book, framework, info)
    const executor = bar ?? executorFor(step, framework, info)
    if (typeof executor === 'string') {
      dropTasks(step, framework, [info], info.executor, executor)
      continue
    }
    addTask(step, framework, info, executor)
    if (executor.state !== 'running') executor.queued.push(info)
    else batches.set(executor, [...(batches.get(executor) ?? []), info])
  }
  for (const [executor, tasks] of batches) handOver(step, framework, executor, tasks)
}

/** The same for tasks that belong together: all of them run, or none. */
export function launchGroup(step: AgentStep, message: LaunchGroupOnAgent): void {
  if (message.tasks.length === 0) return
  noteIdle(step)
  const framework = frameworkOf(step, message.frameworkId, message.framework)
  const tasks = message.tasks.filter((info) => isNew(step, framework, info))
  const [first] = tasks
  if (first === undefined || tasks.length < message.tasks.length) return
  const bars = tasks.map((info) => barTo(step.book, framework, info))
  const bar = bars.find((found) => found !== undefined)
  const executor = bar ?? executorOfGroup(step, framework, message.executor)
  if (typeof executor === 'string') {
    return dropTasks(step, framework, tasks, message.executor, executor)
  }
  for (const info of tasks) addTask(step, framework, info, executor, first.taskId)
  if (executor.state === 'running') handOver(step, framework, executor, tasks)
  else executor.queued.push(...tasks)
}

/** What was told twice is no news; a stray of this id is nobody's task any more. */
function isNew(step: AgentStep, framework: FrameworkOnAgent, { taskId }: TaskInfo): boolean {
  const known = framework.tasks.get(taskId)
  if (known === undefined) return true
  if (!known.isStray) return false
  closeStream(step, framework, known)
  return true
}

function addTask(
  step: AgentStep,
  framework: FrameworkOnAgent,
  info: TaskInfo,
  executor: ExecutorRecord,
  group?: string,
): void {
  const task = newTask(step.book, info, executor.id, executor, group)
  task.updates.taken.push(...takenBefore(framework, info.taskId))
  if (executor.kind === 'DEFAULT' && executor.containerId !== undefined) {
    task.containerId = takeUpdateId(step.book)
  }
  framework.tasks.set(info.taskId, task)
  executor.tasks.add(info.taskId)
  executor.unreported++
  keepTask(step, framework, info.taskId)
}

/** Their scheduler hears why; the master, which counts on a new executor for them, of its end. */
function dropTasks(
  step: AgentStep,
  framework: FrameworkOnAgent,
  tasks: readonly TaskInfo[],
  wanted: ExecutorInfo | undefined,
  bar: Bar,
): void {
  const { reason, message } = dropReasons[bar]
  for (const info of tasks) {
    const task = newTask(step.book, info, wanted?.executorId ?? info.taskId)
    framework.tasks.set(info.taskId, task)
    report(step, framework, task, stateFor(framework.info, 'TASK_DROPPED'), reason, message)
  }
  if (wanted?.type !== 'CUSTOM' && wanted?.type !== 'DEFAULT') return
  const known = framework.executors.get(wanted.executorId)
  if (known !== undefined && known.state !== 'terminated') return
  const { executorId } = wanted
  tellMasterOfExit(step, { frameworkId: framework.id, executorId, message })
}

/** Why no executor here takes such a task, if so. */
function barTo(
  book: AgentBook,
  { terminating }: FrameworkOnAgent,
  { resources }: TaskInfo,
): Bar | undefined {
  if (book.drain !== undefined) return 'draining'
  // What its framework left here is still being ended: that did not want to outlive the agent.
  if (terminating) return 'ending'
  return unknownResource(book.resources, resources) === undefined ? undefined : 'unknown'
}

/**
 * A command has an executor of its own, named like the task; others share one by name. Says why the
 * one of that name cannot be used, if so (Mesos: src/slave/slave.cpp, __run).
 */
function executorFor(
  step: AgentStep,
  framework: FrameworkOnAgent,
  info: TaskInfo,
): ExecutorRecord | Bar {
  const { executor: shared, taskId } = info
  if (shared?.type === 'DEFAULT') return 'single'
  const known = livingExecutor(framework, shared?.executorId ?? taskId)
  if (known === undefined) return launchExecutor(step, framework, info)
  return shared === undefined ? 'taken' : sharedBy(known, shared)
}

function executorOfGroup(
  step: AgentStep,
  framework: FrameworkOnAgent,
  shared: ExecutorInfo,
): ExecutorRecord | Bar {
  if (shared.type !== 'DEFAULT' && shared.type !== 'CUSTOM') return 'grouped'
  const known = livingExecutor(framework, shared.executorId)
  if (known !== undefined) return sharedBy(known, shared)
  return launchExecutor(step, framework, { taskId: shared.executorId, executor: shared })
}

function livingExecutor(framework: FrameworkOnAgent, id: string): ExecutorRecord | undefined {
  const known = framework.executors.get(id)
  return known?.state === 'terminated' ? undefined : known
}

function sharedBy(known: ExecutorRecord, { type }: ExecutorInfo): ExecutorRecord | Bar {
  if (known.kind !== type) return 'taken'
  return known.state === 'terminating' ? 'ending' : known
}
