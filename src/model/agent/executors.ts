import { type Address, MASTER } from '../../messages/index.ts'
import type { Exited, RegisterExecutor } from '../../messages/lifecycle.ts'
import { existing } from '../assert.ts'
import { move } from '../tables.ts'
import type { AgentTask, ExecutorRecord, FrameworkOnAgent } from './book.ts'
import { collect } from './collect.ts'
import { takeUpdates } from './intake.ts'
import { keepExecutor } from './keep.ts'
import { type AgentStep, agentId } from './step.ts'
import { report } from './streams.ts'

/** What an executor gets beyond its tasks' grace before it is destroyed, as in Mesos. */
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
  step.turn.send(executor.address, {
    type: 'lifecycle.executorRegistered',
    agentId: agentId(step.book),
    frameworkId: framework.id,
    executorId: executor.id,
    framework: framework.info,
  })
  if (executor.queued.length === 0) return
  step.turn.send(executor.address, { type: 'task.launch', tasks: executor.queued })
  executor.queued = []
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
  const sooner = graceMs < executor.graceMs
  const asks = executor.state === 'running' || (executor.state === 'terminating' && sooner)
  executor.graceMs = Math.min(executor.graceMs, graceMs)
  moveExecutor(step, executor, 'executor.shutdownRequested')
  if (!asks) return
  step.turn.send(executor.address, {
    type: 'lifecycle.shutdownExecutor',
    gracePeriodMs: executor.graceMs,
  })
}

/** It was launched, but was not heard of in time. */
export function expireRegistration(step: AgentStep, { address }: { address: Address }): void {
  const executor = step.book.executorAt.get(address)
  if (executor === undefined) return
  executor.ending = {
    reason: 'EXECUTOR_REGISTRATION_TIMEOUT',
    message: `the executor did not register within ${step.book.timeouts.executorRegistrationTimeoutMs} ms`,
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
export function noticeExit(step: AgentStep, { address, reason }: Exited): void {
  const { book } = step
  const executor = book.executorAt.get(address)
  if (executor === undefined) return
  book.executorAt.delete(address)
  moveExecutor(step, executor, 'executor.exited')
  const framework = existing(book.frameworks, executor.frameworkId, 'framework')
  if (!framework.terminating) {
    const ending = executor.ending ?? { reason: 'EXECUTOR_TERMINATED', message: reason }
    for (const task of liveTasks(framework, executor)) {
      report(step, framework, task, 'TASK_FAILED', ending.reason, ending.message)
    }
    if (executor.kind !== 'COMMAND') tellMaster(step, executor, reason)
  }
  collect(step, framework, executor)
  keepExecutor(step, framework, executor.id)
}

/** Moves an executor, with the timers of its chart. */
export function executorTimers(executor: ExecutorRecord) {
  return {
    id: executor.address,
    event: (type: 'executor.registrationExpired' | 'executor.graceExpired') => ({
      type,
      address: executor.address,
    }),
    delays: { executorShutdownGraceMs: executor.graceMs + shutdownMarginMs },
  }
}

function moveExecutor(step: AgentStep, executor: ExecutorRecord, happening: Happening): void {
  move(step.charts.executor, executor, happening, step.turn, executorTimers(executor))
}

function liveTasks(framework: FrameworkOnAgent, executor: ExecutorRecord): AgentTask[] {
  return [...executor.tasks].map((id) => existing(framework.tasks, id, 'task'))
}

function tellMaster(step: AgentStep, executor: ExecutorRecord, message: string): void {
  step.turn.send(MASTER, {
    type: 'lifecycle.executorExited',
    agentId: agentId(step.book),
    frameworkId: executor.frameworkId,
    executorId: executor.id,
    message,
  })
}
