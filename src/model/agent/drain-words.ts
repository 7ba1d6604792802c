import type { TaskStatus } from '../../messages/index.ts'
import { stateFor } from '../task-states.ts'
import type { AgentBook, FrameworkOnAgent } from './book.ts'
import { keepAgent } from './keep.ts'
import type { AgentStep } from './step.ts'

/**
 * What is killed while the agent is drained is killed because of that, whoever wanted it; when the
 * agent is not to come back, it is gone with it (Mesos: src/slave/slave.cpp, _statusUpdate). Mesos
 * calls a task gone as soon as it is being killed; here it still runs then.
 */
export function duringDrain(
  { drain }: AgentBook,
  { info }: FrameworkOnAgent,
  status: TaskStatus,
): TaskStatus {
  if (drain === undefined) return status
  if (status.state === 'TASK_KILLING') return { ...status, reason: 'AGENT_DRAINING' }
  if (status.state !== 'TASK_KILLED') return status
  const gone = stateFor(info, 'TASK_GONE_BY_OPERATOR')
  const state = drain.markGone === true && gone !== 'TASK_LOST' ? gone : 'TASK_KILLED'
  return { ...status, state, reason: 'AGENT_DRAINING' }
}

/** The drain ends with the last task; from then on the master decides whether others come. */
export function noteEmpty({ book, turn }: Pick<AgentStep, 'book' | 'turn'>): void {
  if (book.drain === undefined) return
  for (const { tasks } of book.frameworks.values()) if (tasks.size > 0) return
  delete book.drain
  keepAgent({ book, turn })
}
