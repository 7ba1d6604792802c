import type { TaskInfo } from '../messages/index.ts'

/** What every task, of whatever kind, is told about itself. */
export function taskVariables(task: TaskInfo): Record<string, string> {
  return { MESOSTATE_TASK_ID: task.taskId, MESOSTATE_AGENT_ID: task.agentId }
}
