import type { Calls } from '../../src/actors/calls.ts'
import type { Clock, RunnerFactory, Timer } from '../../src/actors/ports.ts'
import type { TaskInfo } from '../../src/messages/index.ts'

/**
 * Runners whose work takes time on the clock and nothing else: each task ends well when its time
 * is over. Infinite work goes on until it is killed.
 */
export function createTimedRunner(
  clock: Clock,
  calls: Calls,
  durationMsOf: (task: TaskInfo) => number,
): RunnerFactory {
  return (report) => {
    const timers = new Map<string, Timer | undefined>()
    const end = (taskId: string, data: string | undefined, succeeded: boolean): void => {
      if (!timers.delete(taskId)) return
      if (data !== undefined) calls.settle(data, { ok: true, value: undefined })
      report({ type: 'run.exited', taskId, succeeded, launched: true })
    }
    return {
      start: (task) => {
        const { taskId, data } = task
        const durationMs = durationMsOf(task)
        clock.soon(() => report({ type: 'run.started', taskId }))
        const ends = Number.isFinite(durationMs)
        const finish = (): void => end(taskId, data, true)
        timers.set(taskId, ends ? clock.setTimer(finish, durationMs) : undefined)
      },
      resume: ({ taskId }) => {
        clock.soon(() => report({ type: 'run.exited', taskId, succeeded: false, launched: true }))
      },
      stop: (taskId) => {
        const timer = timers.get(taskId)
        if (timer !== undefined) clock.clearTimer(timer)
        clock.soon(() => end(taskId, undefined, false))
      },
      check: () => {},
      observe: () => {},
      close: async () => {
        for (const timer of timers.values()) if (timer !== undefined) clock.clearTimer(timer)
        timers.clear()
      },
    }
  }
}

/** As long as the label `ms` of a task says; without it, until it is killed. */
export function labelledMs({ labels }: TaskInfo): number {
  return Number(labels?.ms ?? Number.POSITIVE_INFINITY)
}
