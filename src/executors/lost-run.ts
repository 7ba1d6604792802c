import type { RunReport } from '../actors/ports.ts'

/** What becomes of work that has no process of its own when its agent's process is killed. */
export function endedWithItsAgent(taskId: string): RunReport {
  return {
    type: 'run.exited',
    taskId,
    succeeded: false,
    launched: true,
    message: "the work was inside the agent's process, which ended",
  }
}
