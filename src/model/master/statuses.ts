import type { Reason, TaskState, TaskStatus } from '../../messages/index.ts'
import type { TaskRecord } from '../ledger/records.ts'

/** A status the master makes itself. It has no uuid: it is told once and never acknowledged. */
export function masterStatus(
  at: number,
  task: Pick<TaskRecord, 'id'> & { readonly agentId?: string | undefined },
  state: TaskState,
  reason: Reason,
  message: string,
): TaskStatus {
  return {
    taskId: task.id,
    state,
    source: 'MASTER',
    reason,
    message,
    timestampMs: at,
    ...(task.agentId !== undefined && { agentId: task.agentId }),
  }
}
