import type { TaskStatus } from '../../messages/index.ts'
import { isTerminal, stateFor } from '../task-states.ts'
import type { AgentBook, AgentTask, FrameworkOnAgent } from './book.ts'
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
export function noteEmpty(step: Pick<AgentStep, 'book' | 'turn'>): void {
  if (step.book.drain !== undefined && !anyTask(step.book, () => true)) endDrain(step)
}

/**
 * Tasks come although the agent is drained. When nothing runs here any more, and only the word is
 * missing that somebody has heard of an end, the master knows better: the drain is over.
 */
export function noteIdle(step: Pick<AgentStep, 'book' | 'turn'>): void {
  if (step.book.drain === undefined) return
  if (!anyTask(step.book, ({ state }) => !isTerminal(state))) endDrain(step)
}

function anyTask({ frameworks }: AgentBook, isMeant: (task: AgentTask) => boolean): boolean {
  for (const { tasks } of frameworks.values()) {
    for (const task of tasks.values()) if (isMeant(task)) return true
  }
  return false
}

function endDrain({ book, turn }: Pick<AgentStep, 'book' | 'turn'>): void {
  delete book.drain
  keepAgent({ book, turn })
}
