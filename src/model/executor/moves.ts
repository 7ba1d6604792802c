import { move } from '../tables.ts'
import type { ExecutorStep, RunRecord } from './book.ts'

type Happening = Parameters<ExecutorStep['runs']['next']>[1]

/** Mesos' defaults of HealthCheck and CheckInfo (mesos.proto). */
export const checkDefaults = {
  delayMs: 15_000,
  intervalMs: 10_000,
  gracePeriodMs: 10_000,
  consecutiveFailures: 3,
}

/** Moves the work of a task on, with the timers that its states have. */
export function moveRun(step: ExecutorStep, run: RunRecord, happening: Happening): void {
  const { task } = run
  const { healthCheck, check, maxCompletionTimeMs } = task
  move(step.runs, run, happening, step.turn, {
    id: task.taskId,
    event: (type) => ({ type, taskId: task.taskId }),
    delays: {
      killGraceMs: run.graceMs,
      maxCompletionTimeMs:
        maxCompletionTimeMs === undefined || maxCompletionTimeMs <= 0
          ? 'never'
          : left(step, run, maxCompletionTimeMs),
      checkDelayMs: firstCheck(step, run, healthCheck),
      checkIntervalMs: healthCheck?.intervalMs ?? checkDefaults.intervalMs,
      statusCheckDelayMs: firstCheck(step, run, check),
      statusCheckIntervalMs: check?.intervalMs ?? checkDefaults.intervalMs,
    },
  })
}

function firstCheck(
  step: ExecutorStep,
  run: RunRecord,
  check: { readonly delayMs?: number | undefined } | undefined,
): number | 'never' {
  return check === undefined ? 'never' : left(step, run, check.delayMs ?? checkDefaults.delayMs)
}

/** What is left of a delay that counts from when the work began. */
function left(step: ExecutorStep, { startedAt }: RunRecord, delayMs: number): number {
  return startedAt === undefined ? delayMs : Math.max(0, delayMs - (step.turn.at - startedAt))
}
