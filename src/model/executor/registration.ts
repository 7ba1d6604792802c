import type { ExecutorRegistered } from '../../messages/lifecycle.ts'
import type { AcknowledgeToExecutor } from '../../messages/task.ts'
import type { ExecutorStep } from './book.ts'

/**
 * How long an executor waits for an answer before it asks again (Mesos' built-in executors: 1 s).
 */
const registrationRetryMs = 1_000

/**
 * Tells the agent that it is ready, with every update nobody acknowledged; again until answered.
 */
export function register(step: ExecutorStep): void {
  const { book, turn } = step
  turn.send(book.agent, {
    type: 'lifecycle.registerExecutor',
    frameworkId: book.frameworkId,
    executorId: book.executorId,
    unacknowledgedUpdates: [...book.unacknowledged.values()].flat(),
  })
  turn.startTimer('registration', { type: 'registration.due' }, registrationRetryMs)
}

/** The agent knows this executor. */
export function acceptRegistration(step: ExecutorStep, message: ExecutorRegistered): void {
  step.book.framework = message.framework
}

/** The agent has these updates in its book. */
export function forgetUpdates(step: ExecutorStep, message: AcknowledgeToExecutor): void {
  const { unacknowledged } = step.book
  for (const { taskId, uuid } of message.acknowledgements) {
    const left = unacknowledged.get(taskId)?.filter((status) => status.uuid !== uuid) ?? []
    if (left.length > 0) unacknowledged.set(taskId, left)
    else unacknowledged.delete(taskId)
  }
}
