import type { Address, TaskInfo } from '../../messages/index.ts'
import type { LaunchOnAgent } from '../../messages/task.ts'
import { begin } from '../tables.ts'
import { stateFor } from '../task-states.ts'
import type { AgentBook, ExecutorRecord, FrameworkOnAgent } from './book.ts'
import { noteIdle } from './drain-words.ts'
import { executorTimers } from './executors.ts'
import { frameworkOf } from './frameworks.ts'
import { keepExecutor, keepTask } from './keep.ts'
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
} as const

/**
 * The master wants tasks run: each goes to its executor, which is launched when there is none. A
 * launch that arrives twice counts once.
 */
export function launchTasks(step: AgentStep, message: LaunchOnAgent): void {
  noteIdle(step)
  const framework = frameworkOf(step, message.frameworkId, message.framework)
  const batches = new Map<ExecutorRecord, TaskInfo[]>()
  for (const info of message.tasks) {
    const known = framework.tasks.get(info.taskId)
    if (known !== undefined && !known.isStray) continue
    if (known !== undefined) closeStream(step, framework, known)
    const executor = barTo(step.book, framework, info) ?? executorFor(step, framework, info)
    if (typeof executor === 'string') {
      dropTask(step, framework, info, executor)
      continue
    }
    addTask(step, framework, info, executor)
    if (executor.state !== 'running') executor.queued.push(info)
    else batches.set(executor, [...(batches.get(executor) ?? []), info])
  }
  for (const [executor, tasks] of batches) {
    step.turn.send(executor.address, { type: 'task.launch', tasks })
  }
}

function addTask(
  step: AgentStep,
  framework: FrameworkOnAgent,
  info: TaskInfo,
  executor: ExecutorRecord,
): void {
  const task = newTask(step.book, info, executor.id, executor)
  task.updates.taken.push(...takenBefore(framework, info.taskId))
  framework.tasks.set(info.taskId, task)
  executor.tasks.add(info.taskId)
  executor.unreported++
  keepTask(step, framework, info.taskId)
}

function dropTask(
  step: AgentStep,
  framework: FrameworkOnAgent,
  info: TaskInfo,
  problem: keyof typeof dropReasons,
): void {
  const task = newTask(step.book, info, executorIdOf(info))
  framework.tasks.set(info.taskId, task)
  const { reason, message } = dropReasons[problem]
  report(step, framework, task, stateFor(framework.info, 'TASK_DROPPED'), reason, message)
}

/** Why no executor here takes such a task, if so. */
function barTo(
  book: AgentBook,
  { terminating }: FrameworkOnAgent,
  { resources }: TaskInfo,
): keyof typeof dropReasons | undefined {
  if (book.drain !== undefined) return 'draining'
  // What its framework left here is still being ended: that did not want to outlive the agent.
  if (terminating) return 'ending'
  return unknownResource(book.resources, resources) === undefined ? undefined : 'unknown'
}

function executorIdOf(info: TaskInfo): string {
  return info.executor?.executorId ?? info.taskId
}

/**
 * A command has an executor of its own, named like the task; calls share one by name. Says why the
 * one of that name cannot be used, if so (Mesos: src/slave/slave.cpp, __run).
 */
function executorFor(
  step: AgentStep,
  framework: FrameworkOnAgent,
  info: TaskInfo,
): ExecutorRecord | keyof typeof dropReasons {
  const known = framework.executors.get(executorIdOf(info))
  if (known === undefined || known.state === 'terminated') return launchFor(step, framework, info)
  if (info.executor === undefined || known.kind !== info.executor.type) return 'taken'
  return known.state === 'terminating' ? 'ending' : known
}

function launchFor(step: AgentStep, framework: FrameworkOnAgent, info: TaskInfo): ExecutorRecord {
  const { executor: shared, killPolicy } = info
  const id = executorIdOf(info)
  const { killGraceMs, executorShutdownGraceMs } = step.book.timeouts
  const executor: ExecutorRecord = {
    id,
    frameworkId: framework.id,
    address: addressOf(step, framework.id, id),
    kind: shared?.type ?? 'COMMAND',
    graceMs: shared
      ? (shared.shutdownGracePeriodMs ?? executorShutdownGraceMs)
      : (killPolicy?.gracePeriodMs ?? killGraceMs),
    state: step.charts.executor.initial,
    queued: [],
    tasks: new Set(),
    unreported: 0,
  }
  framework.executors.set(id, executor)
  keepExecutor(step, framework, id)
  step.book.executorAt.set(executor.address, executor)
  begin(step.charts.executor, step.turn, executorTimers(executor))
  const { address, kind, frameworkId } = executor
  step.turn.perform({ type: 'launchExecutor', address, kind, frameworkId, executorId: id })
  return executor
}

/**
 * Every run of an executor has an address of its own, so that late words of an old one are known.
 */
function addressOf(step: AgentStep, frameworkId: string, executorId: string): Address {
  const agent = step.book.address.slice('agent/'.length)
  const address = `executor/${agent}/${frameworkId}/${executorId}`
  if (!step.book.executorAt.has(address)) return address
  return `${address}/${step.book.sequence++}`
}
