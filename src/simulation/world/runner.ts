import type { Clock, RunnerFactory, Timer } from '../../actors/ports.ts'
import type { TaskInfo } from '../../messages/index.ts'
import { courseIn } from './workload.ts'

/** The work that really goes on, whatever anybody believes. */
export interface Machine {
  began(task: TaskInfo): void
  ended(task: TaskInfo): void
  /** Whether the executor of this task breaks when the task begins. */
  breaks(task: TaskInfo): boolean
}

/** How long hung work takes to end when it is asked to: longer than the usual grace. */
const stubbornMs = 20_000

/** Runners whose work takes virtual time: it finishes, fails, or hangs until it is killed. */
export function createSimulatedRunner(clock: Clock, machine: Machine): RunnerFactory {
  return (report) => {
    const running = new Map<string, { task: TaskInfo; timer: Timer | undefined }>()
    const end = (taskId: string, succeeded: boolean): void => {
      const run = running.get(taskId)
      if (run === undefined) return
      if (run.timer !== undefined) clock.clearTimer(run.timer)
      running.delete(taskId)
      machine.ended(run.task)
      report({ type: 'run.exited', taskId, succeeded, launched: true })
    }
    return {
      start: (task) => {
        if (machine.breaks(task)) throw new Error('the executor broke')
        const { taskId } = task
        const { durationMs, course } = courseIn(task)
        machine.began(task)
        clock.soon(() => report({ type: 'run.started', taskId }))
        const finish = (): void => end(taskId, course === 'finishes')
        const timer = course === 'hangs' ? undefined : clock.setTimer(finish, durationMs)
        running.set(taskId, { task, timer })
      },
      stop: (taskId, how) => {
        const run = running.get(taskId)
        const hangs = run !== undefined && courseIn(run.task).course === 'hangs'
        if (how === 'terminate' && hangs) clock.setTimer(() => end(taskId, false), stubbornMs)
        else clock.soon(() => end(taskId, false))
      },
      check: () => {},
      close: async () => {
        for (const { task, timer } of running.values()) {
          if (timer !== undefined) clock.clearTimer(timer)
          machine.ended(task)
        }
        running.clear()
      },
    }
  }
}
