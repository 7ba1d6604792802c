import type { Outcome } from '../../actors/calls.ts'
import type { TaskStatus } from '../../messages/index.ts'
import { ClosedError, TaskEndedError } from '../../model/errors.ts'
import type { Deferred } from '../deferred.ts'

/** Resolves with what the work returned; rejects with what it threw, or with how the task ended. */
export function settle<Result>(
  result: Deferred<Result>,
  outcome: Outcome | undefined,
  status: TaskStatus,
  signal: AbortSignal | undefined,
): void {
  if (status.state === 'TASK_FINISHED' && outcome?.ok === true) {
    // The type is what the caller says that its own code returns.
    return result.resolve(outcome.value as Result)
  }
  if (signal?.aborted) return result.reject(reasonOf(signal))
  // What the work threw because it was ended says less than why it was ended.
  const ended = status.reason === 'MAX_COMPLETION_TIME_REACHED'
  const failed = status.state === 'TASK_FAILED' && !ended
  const thrown = failed && outcome?.ok === false ? outcome.error : undefined
  result.reject(thrown instanceof Error ? thrown : new TaskEndedError(status))
}

/** Why a signal was aborted, as an error. */
export function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new ClosedError(`aborted: ${String(reason)}`)
}
