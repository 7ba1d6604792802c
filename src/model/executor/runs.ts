import type { TaskInfo } from '../../messages/index.ts'
import type {
  KillOnExecutor,
  LaunchGroupOnExecutor,
  LaunchOnExecutor,
} from '../../messages/task.ts'
import type {
  ExecutorStep,
  RunChecked,
  RunEnding,
  RunExited,
  RunRecord,
  RunStarted,
} from './book.ts'
import { checkDefaults, moveRun } from './moves.ts'
import { lastCheckOf, report, terminalStatus } from './statuses.ts'

/** New tasks: their work begins. A function needs no time to start, so it skips that state. */
export function startRuns(step: ExecutorStep, message: LaunchOnExecutor): void {
  for (const task of message.tasks) startRun(step, task)
}

/** The same for tasks that belong together: when one goes wrong, the others are ended. */
export function startGroup(step: ExecutorStep, { tasks }: LaunchGroupOnExecutor): void {
  for (const task of tasks) startRun(step, task, tasks[0]?.taskId)
}

function startRun(step: ExecutorStep, task: TaskInfo, group?: string): void {
  if (step.book.runs.has(task.taskId)) return
  const graceMs = task.killPolicy?.gracePeriodMs ?? step.book.timeouts.killGraceMs
  const run: RunRecord = { task, state: step.runs.initial, graceMs, failedChecks: 0 }
  step.book.runs.set(task.taskId, group === undefined ? run : { ...run, group })
  if (task.executor?.type !== 'FUNCTION' && !wantsFiles(task)) {
    report(step, task.taskId, 'TASK_STARTING')
  }
  step.turn.perform({ type: 'startRun', task })
}

/** Mesos' agents fetch files before there is an executor that could say anything. */
function wantsFiles({ command }: TaskInfo): boolean {
  const uris = command?.carried?.uris
  return Array.isArray(uris) && uris.length > 0
}

/** Tasks that ran under an earlier process of the agent: whoever did their work looks for it. */
export function resumeRuns(step: ExecutorStep): void {
  for (const run of step.book.runs.values()) {
    step.turn.perform({ type: 'resumeRun', task: run.task })
    if (run.told === 'TASK_KILLING') stopAgain(step, run, 'killed')
  }
}

/** It was being ended already: the grace period begins anew, the reason stays. */
function stopAgain(step: ExecutorStep, run: RunRecord, why: RunEnding): void {
  run.ending = why
  moveRun(step, run, 'run.killRequested')
  stop(step, run, 'terminate')
}

function stop(step: ExecutorStep, run: RunRecord, how: 'terminate' | 'kill'): void {
  const { task, ending: why = 'killed' } = run
  step.turn.perform({ type: 'stopRun', taskId: task.taskId, how, why })
}

/** Work has begun, or goes on. */
export function noteStarted(step: ExecutorStep, { runs }: { runs: readonly RunStarted[] }): void {
  for (const { taskId, sandbox, startedAtMs, stopped } of runs) {
    const run = step.book.runs.get(taskId)
    if (run === undefined) continue
    const before = run.state
    if (sandbox !== undefined) run.sandbox = sandbox
    if (before === 'starting') run.startedAt = startedAtMs ?? step.turn.at
    moveRun(step, run, 'run.started')
    if (before !== 'starting') continue
    if (run.told === undefined && wantsFiles(run.task)) report(step, taskId, 'TASK_STARTING')
    if (run.told !== 'TASK_RUNNING') {
      report(step, taskId, 'TASK_RUNNING', sandbox === undefined ? {} : { sandbox })
    }
    if (stopped !== undefined) stopAgain(step, run, stopped)
  }
}

/** Work has ended. */
export function noteExited(step: ExecutorStep, { runs }: { runs: readonly RunExited[] }): void {
  for (const exit of runs) {
    const run = step.book.runs.get(exit.taskId)
    if (run === undefined) continue
    if (exit.stopped !== undefined) run.ending ??= exit.stopped
    moveRun(step, run, 'run.exited')
    const { state, details } = terminalStatus(run, exit)
    report(step, exit.taskId, state, details)
    step.book.runs.delete(exit.taskId)
    if (run.group !== undefined && state !== 'TASK_FINISHED') endGroup(step, run.group, run)
  }
}

/**
 * One of a group failed or was killed: the others end with the grace that is usual, not their own
 * (Mesos: src/launcher/default_executor.cpp, waited).
 */
function endGroup(step: ExecutorStep, group: string, first: RunRecord): void {
  const isUnhealthy = first.ending === 'unhealthy' || first.isUnhealthyGroup === true
  for (const run of step.book.runs.values()) {
    if (run.group !== group) continue
    if (isUnhealthy) run.isUnhealthyGroup = true
    endRun(step, run, 'killed', step.book.timeouts.killGraceMs)
  }
}

/** Somebody wants tasks ended. */
export function killRuns(step: ExecutorStep, message: KillOnExecutor): void {
  for (const { taskId, killPolicy } of message.kills) {
    const run = step.book.runs.get(taskId)
    if (run !== undefined) endRun(step, run, 'killed', killPolicy?.gracePeriodMs)
  }
}

/** All work is to end: the executor itself is asked to. */
export function endAllRuns(step: ExecutorStep, { gracePeriodMs }: { gracePeriodMs: number }): void {
  for (const run of step.book.runs.values()) {
    endRun(step, run, 'killed', Math.min(run.graceMs, gracePeriodMs))
  }
}

/** Asking did not help. */
export function forceRun(step: ExecutorStep, { taskId }: { taskId: string }): void {
  const run = step.book.runs.get(taskId)
  if (run === undefined) return
  moveRun(step, run, 'run.graceExpired')
  stop(step, run, 'kill')
}

/** It took longer than its framework allows: ended without grace, as in Mesos. */
export function endTooLong(step: ExecutorStep, { taskId }: { taskId: string }): void {
  const run = step.book.runs.get(taskId)
  if (run === undefined) return
  run.ending = 'tooLong'
  moveRun(step, run, 'run.completionTimeReached')
  stop(step, run, 'kill')
}

/** Time for a health check. */
export function checkRun(step: ExecutorStep, { taskId }: { taskId: string }): void {
  const run = step.book.runs.get(taskId)
  if (run?.state === 'running') step.turn.perform({ type: 'checkRun', task: run.task })
}

/** Results of health checks: a task that fails too many in a row is ended. */
export function noteChecked(step: ExecutorStep, { runs }: { runs: readonly RunChecked[] }): void {
  for (const { taskId, healthy, message } of runs) {
    const run = step.book.runs.get(taskId)
    if (run === undefined) continue
    const running = run.state === 'running'
    moveRun(step, run, 'run.checked')
    if (running) judge(step, run, healthy, message)
  }
}

function judge(
  step: ExecutorStep,
  run: RunRecord,
  healthy: boolean,
  message: string | undefined,
): void {
  const { taskId, healthCheck } = run.task
  const { gracePeriodMs, consecutiveFailures } = { ...checkDefaults, ...healthCheck }
  if (message === undefined) delete run.lastCheck
  else run.lastCheck = message
  const graceOver = step.turn.at - (run.startedAt ?? step.turn.at) >= gracePeriodMs
  const forgiven = !healthy && run.healthy === undefined && !graceOver
  if (forgiven) return
  run.failedChecks = healthy ? 0 : run.failedChecks + 1
  // Each failure is told: a few of them in a row are its end, as in Mesos.
  if (!healthy || run.healthy !== healthy) {
    run.healthy = healthy
    const reason = 'TASK_HEALTH_CHECK_STATUS_UPDATED'
    report(step, taskId, 'TASK_RUNNING', {
      ...lastCheckOf(run),
      reason,
      ...(message !== undefined && { message }),
    })
  }
  if (run.failedChecks >= Math.max(1, consecutiveFailures)) endRun(step, run, 'unhealthy')
}

function endRun(step: ExecutorStep, run: RunRecord, why: RunEnding, graceMs?: number): void {
  const { taskId } = run.task
  const before = run.state
  if (before === 'stopping') return shortenGrace(step, run, graceMs)
  run.ending ??= why
  if (graceMs !== undefined) run.graceMs = graceMs
  moveRun(step, run, 'run.killRequested')
  if (before !== 'starting' && before !== 'running') return
  run.stoppedAt = step.turn.at
  const { capabilities } = step.book.framework ?? {}
  if (before === 'running' && capabilities?.includes('TASK_KILLING_STATE')) {
    report(step, taskId, 'TASK_KILLING')
  }
  stop(step, run, 'terminate')
}

/** A later kill may end a task sooner, never later: its grace counts from the first one, too. */
function shortenGrace(step: ExecutorStep, run: RunRecord, graceMs = run.graceMs): void {
  const { stoppedAt } = run
  if (stoppedAt === undefined || graceMs >= run.graceMs) return
  const { taskId } = run.task
  run.graceMs = graceMs
  const leftMs = Math.max(0, stoppedAt + graceMs - step.turn.at)
  step.turn.cancelTimer(`${taskId}/grace`)
  step.turn.startTimer(`${taskId}/grace`, { type: 'run.graceExpired', taskId }, leftMs)
}
