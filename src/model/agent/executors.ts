import { type Address, MASTER } from '../../messages/index.ts'
import type {
  ExecutorExited,
  Exited,
  RegisterExecutor,
  ShutdownExecutorOnAgent,
} from '../../messages/lifecycle.ts'
import { existing } from '../assert.ts'
import { toResources } from '../resources/quantities.ts'
import { move, type OwnDelays } from '../tables.ts'
import { stateFor } from '../task-states.ts'
import type { AgentBook, AgentTask, ExecutorRecord, FrameworkOnAgent } from './book.ts'
import { collect } from './collect.ts'
import { handOver } from './hand-over.ts'
import { takeUpdates } from './intake.ts'
import { keepExecutor } from './keep.ts'
import { type AgentStep, agentId } from './step.ts'
import { report } from './streams.ts'

/**
 * What an executor gets beyond its tasks' grace before it is destroyed, as in Mesos. A program is
 * told how long it has in all.
 */
const shutdownMarginMs = 2_000

type Happening = Parameters<AgentStep['charts']['executor']['next']>[1]

/**
 * An executor says that it is ready, or is back: what nobody acknowledged is taken, and it gets the
 * tasks that wait for it.
 */
export function admitExecutor(
  step: AgentStep,
  message: RegisterExecutor & { readonly from: Address },
): void {
  const executor = step.book.executorAt.get(message.from)
  const framework = step.book.frameworks.get(message.frameworkId)
  takeUpdates(step, { ...message, updates: message.unacknowledgedUpdates })
  if (executor === undefined || framework === undefined) {
    return step.turn.send(message.from, { type: 'lifecycle.shutdownExecutor', gracePeriodMs: 0 })
  }
  moveExecutor(step, executor, 'executor.registered')
  if (executor.state !== 'running') {
    return step.turn.send(message.from, { type: 'lifecycle.shutdownExecutor', gracePeriodMs: 0 })
  }
  dropUnheard(step, framework, executor, message.unacknowledgedTasks)
  if (isForNothing(executor)) return shutDownExecutor(step, executor)
  welcome(step, framework, executor)
  if (executor.queued.length === 0) return
  handOver(step, framework, executor, executor.queued)
  executor.queued = []
}

/** A program hears as what, and where, it was launched; an executor of ours knows. */
function welcome({ book, turn }: AgentStep, framework: FrameworkOnAgent, executor: ExecutorRecord) {
  const { info, containerId, kind } = executor
  turn.send(executor.address, {
    type: 'lifecycle.executorRegistered',
    agentId: agentId(book),
    frameworkId: framework.id,
    executorId: executor.id,
    framework: framework.info,
    ...(kind === 'CUSTOM' && {
      ...(info !== undefined && { executor: info }),
      ...(containerId !== undefined && { containerId }),
      agent: { ...book.info, resources: toResources(book.resources) },
    }),
  })
}

/** Tasks that were handed over, and that it never got: nobody works on them. */
function dropUnheard(
  step: AgentStep,
  framework: FrameworkOnAgent,
  executor: ExecutorRecord,
  heard: readonly string[] | undefined,
): void {
  if (heard === undefined) return
  const queued = new Set(executor.queued.map(({ taskId }) => taskId))
  for (const task of liveTasks(framework, executor)) {
    const { taskId } = task.info
    if (task.state !== 'TASK_STAGING' || queued.has(taskId) || heard.includes(taskId)) continue
    const state = stateFor(framework.info, 'TASK_DROPPED')
    report(step, framework, task, state, 'AGENT_RESTARTED', 'it never got to its executor')
  }
}

/** All that it was launched for was killed before it registered; calls keep theirs for later. */
export function isForNothing({ kind, isUsed, queued }: ExecutorRecord): boolean {
  return (kind === 'CUSTOM' || kind === 'DEFAULT') && !isUsed && queued.length === 0
}

/** Its scheduler wants it ended. */
export function endExecutor(step: AgentStep, message: ShutdownExecutorOnAgent): void {
  const framework = step.book.frameworks.get(message.frameworkId)
  const executor = framework?.executors.get(message.executorId)
  if (executor !== undefined && executor.state !== 'terminated') shutDownExecutor(step, executor)
}

/**
 * Asks an executor to end its tasks and itself, and again when it is to take less time than it was
 * told; destroyed when it does not in time.
 */
export function shutDownExecutor(
  step: AgentStep,
  executor: ExecutorRecord,
  graceMs = executor.graceMs,
): void {
  const { state } = executor
  if (state === 'terminating' && graceMs >= executor.graceMs) return
  executor.graceMs = Math.min(executor.graceMs, graceMs)
  moveExecutor(step, executor, 'executor.shutdownRequested')
  if (state !== 'running' && state !== 'terminating') return
  step.turn.send(executor.address, {
    type: 'lifecycle.shutdownExecutor',
    gracePeriodMs: executor.graceMs,
  })
}

/** It was launched, but was not heard of in time. */
export function expireRegistration(step: AgentStep, { address }: { address: Address }): void {
  const executor = step.book.executorAt.get(address)
  if (executor === undefined) return
  const { executorRegistrationTimeoutMs, executorReregistrationTimeoutMs } = step.book.timeouts
  executor.ending = executor.isRecovered
    ? {
        reason: 'EXECUTOR_REREGISTRATION_TIMEOUT',
        message: `the executor was not back within ${executorReregistrationTimeoutMs} ms`,
        state: 'TASK_GONE',
      }
    : {
        reason: 'EXECUTOR_REGISTRATION_TIMEOUT',
        message: `the executor did not register within ${executorRegistrationTimeoutMs} ms`,
      }
  moveExecutor(step, executor, 'executor.registrationExpired')
  step.turn.perform({ type: 'destroyExecutor', address })
}

/** It did not end in time. */
export function expireGrace(step: AgentStep, { address }: { address: Address }): void {
  const executor = step.book.executorAt.get(address)
  if (executor === undefined) return
  moveExecutor(step, executor, 'executor.graceExpired')
  step.turn.perform({ type: 'destroyExecutor', address })
}

/** An executor is gone; tasks of it that had not ended have failed. */
export function noticeExit(step: AgentStep, exit: Exited): void {
  const { book } = step
  const { address, reason, status } = exit
  const executor = book.executorAt.get(address)
  if (executor === undefined) return
  book.executorAt.delete(address)
  const neverBegan = hasNeverBegun(executor, status)
  const ending = executor.ending ?? endingOf(exit, neverBegan)
  moveExecutor(step, executor, 'executor.exited')
  const framework = existing(book.frameworks, executor.frameworkId, 'framework')
  if (!framework.terminating) {
    const state = ending.state ? stateFor(framework.info, ending.state) : 'TASK_FAILED'
    for (const task of liveTasks(framework, executor)) {
      report(step, framework, task, state, ending.reason, ending.message)
    }
    if (executor.kind !== 'COMMAND') {
      const { frameworkId, id: executorId } = executor
      const told = status ?? statusOf(executor, neverBegan)
      tellMasterOfExit(step, {
        frameworkId,
        executorId,
        message: reason,
        ...(told !== undefined && { status: told }),
      })
    }
  }
  collect(step, framework, executor)
  keepExecutor(step, framework, executor.id)
}

/** What its tasks end with, when the agent has not decided that (Mesos: addExecutor in __run). */
function endingOf({ reason: message, refused }: Exited, neverBegan: boolean) {
  if (refused === true) {
    return { reason: 'EXECUTOR_TERMINATED', message, state: 'TASK_DROPPED' } as const
  }
  return {
    reason: neverBegan ? 'CONTAINER_LAUNCH_FAILED' : 'EXECUTOR_TERMINATED',
    message,
  } as const
}

/** Moves an executor, with the timers of its chart. */
export function executorTimers({ timeouts }: AgentBook, executor: ExecutorRecord) {
  const marginMs = executor.kind === 'CUSTOM' ? 0 : shutdownMarginMs
  const patience: OwnDelays =
    executor.isRecovered && executor.kind === 'CUSTOM'
      ? { executorRegistrationTimeoutMs: timeouts.executorReregistrationTimeoutMs }
      : {}
  return {
    id: executor.address,
    event: (type: 'executor.registrationExpired' | 'executor.graceExpired') => ({
      type,
      address: executor.address,
    }),
    delays: { executorShutdownGraceMs: executor.graceMs + marginMs, ...patience },
  }
}

function moveExecutor(step: AgentStep, executor: ExecutorRecord, happening: Happening): void {
  move(step.charts.executor, executor, happening, step.turn, executorTimers(step.book, executor))
}

function liveTasks(framework: FrameworkOnAgent, executor: ExecutorRecord): AgentTask[] {
  return [...executor.tasks].map((id) => existing(framework.tasks, id, 'task'))
}

/** A program that was started has a status when it ends. */
export function hasNeverBegun(
  { kind, state, isRecovered }: ExecutorRecord,
  status: number | undefined,
): boolean {
  return kind === 'CUSTOM' && state === 'registering' && !isRecovered && status === undefined
}

/** What Mesos calls the status of one that has none, because it was no process of its own. */
function statusOf({ kind }: ExecutorRecord, neverBegan: boolean): number | undefined {
  if (neverBegan) return -1
  return kind === 'DEFAULT' ? 0 : undefined
}

/** The resources of that executor are free, also when it never came to be. */
export function tellMasterOfExit(
  { book, turn }: AgentStep,
  exit: Omit<ExecutorExited, 'type' | 'agentId'>,
): void {
  turn.send(MASTER, { type: 'lifecycle.executorExited', agentId: agentId(book), ...exit })
}
