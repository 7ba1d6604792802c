import type { FrameworkInfo, Reason, TaskState } from '../../messages/index.ts'
import type { AgentRecord } from '../ledger/records.ts'
import { stateFor } from '../task-states.ts'

/** What a framework hears of a task. */
export interface Fate {
  readonly state: TaskState
  readonly reason: Reason
}

/** … whose agent was lost in this way (Mesos: src/master/master.cpp, removeSlave and markGone). */
export function fateOf(info: FrameworkInfo, lost: AgentRecord['state']): Fate {
  if (lost === 'disconnected') return { state: 'TASK_LOST', reason: 'AGENT_DISCONNECTED' }
  if (lost === 'unreachable') {
    return { state: stateFor(info, 'TASK_UNREACHABLE'), reason: 'AGENT_REMOVED' }
  }
  if (lost !== 'gone') return { state: 'TASK_LOST', reason: 'AGENT_REMOVED' }
  const state = stateFor(info, 'TASK_GONE_BY_OPERATOR')
  const reason = state === 'TASK_LOST' ? 'AGENT_REMOVED' : 'AGENT_REMOVED_BY_OPERATOR'
  return { state, reason }
}
