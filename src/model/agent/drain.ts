import type { DrainOnAgent } from '../../messages/maintenance.ts'
import type { AgentTask } from './book.ts'
import { keepAgent } from './keep.ts'
import type { AgentStep } from './step.ts'
import { killTasks } from './tasks.ts'

/**
 * The agent is to be empty: every task is killed, and none is begun until all are over and
 * acknowledged. Told again it kills again, because the first kill may have got lost. An agent
 * without tasks has nothing to do (Mesos: src/slave/slave.cpp, drain).
 */
export function drain(step: AgentStep, { maxGracePeriodMs, markGone }: DrainOnAgent): void {
  const frameworks = [...step.book.frameworks.values()]
  if (frameworks.every(({ tasks }) => tasks.size === 0)) return
  step.book.drain = {
    ...(maxGracePeriodMs !== undefined && { maxGracePeriodMs }),
    ...(markGone !== undefined && { markGone }),
    startedAtMs: step.book.drain?.startedAtMs ?? step.turn.at,
  }
  keepAgent(step)
  for (const { id: frameworkId, tasks } of frameworks) {
    const kills = [...tasks.values()].map((task) => ({
      taskId: task.info.taskId,
      ...killPolicyOf(step, task, maxGracePeriodMs),
    }))
    killTasks(step, { type: 'task.kill', frameworkId, kills })
  }
}

/** No task gets longer than it would have by itself. */
function killPolicyOf({ book }: AgentStep, { info }: AgentTask, maxMs: number | undefined) {
  if (maxMs === undefined) return undefined
  const own = info.killPolicy?.gracePeriodMs ?? book.timeouts.killGraceMs
  return { killPolicy: { gracePeriodMs: Math.min(own, maxMs) } }
}
