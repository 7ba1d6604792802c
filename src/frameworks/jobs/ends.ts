import type { TaskState, TaskStatus } from '../../messages/index.ts'
import { isTerminal } from '../../model/task-states.ts'

/** What the states of its task mean for a job. */

/** States in which a task may hold resources, and nobody has asked it to end. */
const running: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_STAGING',
  'TASK_STARTING',
  'TASK_RUNNING',
])

/** Ends that say the task never ran: it is launched again whatever its retries. */
const neverRan: ReadonlySet<TaskState> = new Set<TaskState>(['TASK_DROPPED'])

/** Ends after which a job with retries left is tried again. */
const worthRetrying: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_FAILED',
  'TASK_LOST',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_UNKNOWN',
])

/** Ends for which the job cannot be blamed: it is launched again whatever its retries. */
const notItsFault: ReadonlySet<TaskStatus['reason']> = new Set<TaskStatus['reason']>([
  'CONTAINER_PREEMPTED',
  'AGENT_DRAINING',
])

/** Whether the task runs, or is about to, and has not been told to end. */
export function runsOn({ state }: TaskStatus): boolean {
  return running.has(state)
}

/**
 * Whether a job need not wait any more. A task that its master does not know, while it knows all
 * agents that may come back, was on an agent that left for good.
 */
export function isOver({ state }: TaskStatus): boolean {
  return isTerminal(state) || state === 'TASK_UNKNOWN'
}

/** Whether this end counts against the retries of the job. */
export function costsRetry({ state, reason, healthy }: TaskStatus): boolean {
  const wasUnhealthy = state === 'TASK_KILLED' && healthy === false
  return (worthRetrying.has(state) || wasUnhealthy) && !notItsFault.has(reason)
}

/** Whether the job is launched again. */
export function mayTryAgain(
  job: { readonly killed: boolean; readonly retriesLeft: number },
  status: TaskStatus,
): boolean {
  if (job.killed) return false
  if (neverRan.has(status.state) || notItsFault.has(status.reason)) return true
  return job.retriesLeft > 0 && costsRetry(status)
}
