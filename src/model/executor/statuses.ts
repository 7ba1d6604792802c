import type { TaskState, TaskStatus } from '../../messages/index.ts'
import { takeUpdateId } from '../update-id.ts'
import type { ExecutorStep, RunExited, RunRecord } from './book.ts'

/** Reports a state to the agent and keeps it until the agent has it. */
export function report(
  step: ExecutorStep,
  taskId: string,
  state: TaskState,
  details: Partial<TaskStatus> = {},
): void {
  const { book, turn } = step
  const uuid = takeUpdateId(book)
  const status: TaskStatus = {
    taskId,
    state,
    source: 'EXECUTOR',
    timestampMs: turn.at,
    uuid,
    ...details,
  }
  book.unacknowledged.set(uuid, status)
  turn.send(book.agent, {
    type: 'task.update',
    frameworkId: book.frameworkId,
    executorId: book.executorId,
    updates: [status],
  })
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
  }
  if (run.ending === 'killed') return { state: 'TASK_KILLED', details: withText(facts, exit) }
  if (run.ending === 'tooLong') {
    const message = `it did not end within ${run.task.maxCompletionTimeMs} ms`
    const reason = 'MAX_COMPLETION_TIME_REACHED'
    return { state: 'TASK_FAILED', details: { ...facts, reason, message } }
  }
  if (run.ending === 'unhealthy') {
    const message = `killed: ${run.failedChecks} health checks in a row failed: ${run.lastCheck ?? 'no answer'}`
    return { state: 'TASK_FAILED', details: { ...facts, healthy: false, message } }
  }
  if (exit.succeeded) return { state: 'TASK_FINISHED', details: facts }
  const details = withText(facts, exit)
  if (!exit.launched) details.reason = 'CONTAINER_LAUNCH_FAILED'
  return { state: 'TASK_FAILED', details }
}

function withText(facts: Partial<TaskStatus>, { message }: RunExited): Partial<TaskStatus> {
  return { ...facts, ...(message !== undefined && { message }) }
}
