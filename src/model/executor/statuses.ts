import type { TaskState, TaskStatus } from '../../messages/index.ts'
import { takeUpdateId } from '../update-id.ts'
import type { ExecutorStep, RunExited, RunRecord } from './book.ts'

/**
 * Reports a state to the agent and keeps it until the agent has it. Whatever is not acknowledged
 * of the task goes along, so that its states arrive in order even if one of them got lost.
 */
export function report(
  step: ExecutorStep,
  taskId: string,
  state: TaskState,
  details: Partial<TaskStatus> = {},
): void {
  const { book, turn } = step
  const uuid = takeUpdateId(book)
  const check = book.runs.get(taskId)?.task.check
  const status: TaskStatus = {
    taskId,
    state,
    source: 'EXECUTOR',
    timestampMs: turn.at,
    uuid,
    ...(check !== undefined && { checkStatus: { type: check.type } }),
    ...details,
  }
  const all = [...(book.unacknowledged.get(taskId) ?? []), status]
  book.unacknowledged.set(taskId, all)
  send(step, all)
  retryLater(step)
}

/** What a status tells of checks that have been made; others do not look back, as in Mesos. */
export function lastCheckOf({ checkStatus, healthy }: RunRecord): Partial<TaskStatus> {
  return {
    ...(checkStatus !== undefined && { checkStatus }),
    ...(healthy !== undefined && { healthy }),
  }
}

/** Whatever the agent did not acknowledge in a while is said again, oldest first. */
export function repeatUpdates(step: ExecutorStep): void {
  const { book, turn } = step
  book.retrying = false
  if (book.unacknowledged.size === 0) return
  const patienceMs = book.timeouts.updateRetryMinMs
  const late = [...book.unacknowledged.values()].filter(
    ([oldest]) => oldest !== undefined && turn.at - oldest.timestampMs >= patienceMs / 2,
  )
  if (late.length > 0) send(step, late.flat())
  retryLater(step)
}

function send({ book, turn }: ExecutorStep, updates: readonly TaskStatus[]): void {
  const { frameworkId, executorId } = book
  turn.send(book.agent, { type: 'task.update', frameworkId, executorId, updates: [...updates] })
}

/** One look for all: acknowledgements come so soon that a timer for each would be for nothing. */
function retryLater({ book, turn }: ExecutorStep): void {
  if (book.retrying) return
  book.retrying = true
  turn.startTimer('updates', { type: 'updates.retryDue' }, 'updateRetryMinMs')
}

/** The state a task ends in, and why: its own end, unless it was ended. */
export function terminalStatus(
  run: RunRecord,
  exit: RunExited,
): { readonly state: TaskState; readonly details: Partial<TaskStatus> } {
  const { exitCode, signal, sandbox } = exit
  const facts = {
    ...(exitCode !== undefined && { exitCode }),
    ...(signal !== undefined && { signal }),
    ...(sandbox !== undefined && { sandbox }),
    ...(run.isUnhealthyGroup && { healthy: false }),
  }
  if (run.ending === 'killed') return { state: 'TASK_KILLED', details: withText(facts, exit) }
  if (run.ending === 'tooLong') {
    const message = `it did not end within ${run.task.maxCompletionTimeMs} ms`
    const reason = 'MAX_COMPLETION_TIME_REACHED'
    return { state: 'TASK_FAILED', details: { ...facts, reason, message } }
  }
  if (run.ending === 'unhealthy') {
    const message = `killed: ${failedChecksOf(run)}`
    return { state: 'TASK_KILLED', details: { ...facts, healthy: false, message } }
  }
  if (exit.succeeded) return { state: 'TASK_FINISHED', details: facts }
  const details = withText(facts, exit)
  if (!exit.launched) details.reason = 'CONTAINER_LAUNCH_FAILED'
  if (exit.prepared === false) details.source = 'AGENT'
  return { state: 'TASK_FAILED', details }
}

function withText(facts: Partial<TaskStatus>, { message }: RunExited): Partial<TaskStatus> {
  return { ...facts, ...(message !== undefined && { message }) }
}

function failedChecksOf({ failedChecks, lastCheck = 'no answer' }: RunRecord): string {
  // They were made before it was taken up again, and are forgotten.
  if (failedChecks === 0) return 'too many health checks in a row failed'
  return `${failedChecks} health checks in a row failed: ${lastCheck}`
}
