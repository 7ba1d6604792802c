import { MASTER, type TaskInfo, type TaskStatus } from '../../messages/index.ts'
import { isTerminal } from '../task-states.ts'
import type { CallOf, SchedulerBook, SchedulerStep } from './book.ts'
import { forget } from './recent.ts'

/**
 * A scheduler and its master may disagree about tasks after either was away, because not every
 * message is repeated. So it asks about all it believes to be alive until each had an answer, then
 * once what else there is, and all of it again from time to time (Mesos: docs/reconciliation.md).
 */

/** From now on every task that has not ended is in question. */
export function questionTasks({ book }: SchedulerStep): void {
  book.asked.clear()
  for (const [taskId, agentId] of book.tasks) book.asked.set(taskId, agentId)
  book.reconciliationAttempts = 0
}

/** The owner asks about tasks: they are in question, with those that are already. */
export function questionMore({ book }: SchedulerStep, call: CallOf<'call.reconcile'>): void {
  for (const { taskId, agentId = agentOf(book, taskId) } of call.tasks) {
    book.asked.set(taskId, agentId)
  }
  book.reconciliationAttempts = 0
}

/** Asks about the tasks in question, and again after a longer and longer while. */
export function askAgain({ book, turn }: SchedulerStep): void {
  if (book.asked.size === 0) return
  const tasks = [...book.asked].map(([taskId, agentId]) => ({
    taskId,
    ...(agentId !== undefined && { agentId }),
  }))
  turn.send(MASTER, { type: 'task.reconcile', tasks })
  const { reconciliationRetryMinMs, reconciliationRetryMaxMs } = book.timeouts
  const delayMs = reconciliationRetryMinMs * 2 ** book.reconciliationAttempts++
  const event = { type: 'reconciliation.due' } as const
  turn.startTimer('reconciliation', event, Math.min(reconciliationRetryMaxMs, delayMs))
}

/** Asks which tasks there are; what it never heard of, its owner sees. */
export function askForAll({ turn }: SchedulerStep): void {
  turn.send(MASTER, { type: 'task.reconcile', tasks: [] })
}

/** Any word about a task answers the question, a repeated one too. */
export function answerQuestions({ book }: SchedulerStep, updates: readonly TaskStatus[]): void {
  for (const { taskId } of updates) book.asked.delete(taskId)
}

/** Tasks live until they are said to have ended. A late word on one that has brings none back. */
export function noteStates({ book }: SchedulerStep, updates: readonly TaskStatus[]): void {
  for (const { taskId, agentId, state } of updates) {
    if (isTerminal(state)) book.tasks.delete(taskId)
    else book.tasks.set(taskId, agentId ?? agentOf(book, taskId))
  }
}

/** What is launched lives, until it is said to have ended. */
export function noteLaunched(book: SchedulerBook, tasks: readonly TaskInfo[]): void {
  for (const { taskId, agentId } of tasks) {
    book.tasks.set(taskId, agentId)
    forget(book.ended, taskId)
  }
}

/** The agent it is on, as far as this scheduler was told or its owner said. */
export function agentOf({ tasks, asked }: SchedulerBook, taskId: string): string | undefined {
  return tasks.get(taskId) ?? asked.get(taskId)
}
