import { isSameJson } from '../same-json.ts'
import type { ExecutorStep, RunStatusChecked } from './book.ts'
import { moveRun } from './moves.ts'
import { lastCheckOf, report } from './statuses.ts'

/** Time for a check of which only the result is told (Mesos: CheckInfo). */
export function observeRun(step: ExecutorStep, { taskId }: { taskId: string }): void {
  const run = step.book.runs.get(taskId)
  if (run?.state === 'running') step.turn.perform({ type: 'observeRun', task: run.task })
}

/** Results of such checks: each that differs from the last one is told. */
export function noteStatusChecked(
  step: ExecutorStep,
  { runs }: { runs: readonly RunStatusChecked[] },
): void {
  for (const { taskId, checkStatus: found } of runs) {
    const run = step.book.runs.get(taskId)
    if (run === undefined) continue
    const isNews =
      run.state === 'running' && !isSameJson(run.checkStatus ?? { type: found.type }, found)
    moveRun(step, run, 'run.statusChecked')
    if (!isNews) continue
    run.checkStatus = found
    const reason = 'TASK_CHECK_STATUS_UPDATED'
    report(step, taskId, 'TASK_RUNNING', { ...lastCheckOf(run), reason })
  }
}
