import type { Clock, RunnerFactory, Timer } from '../../actors/ports.ts'
import { endedWithItsAgent } from '../../executors/lost-run.ts'
import type { TaskInfo } from '../../messages/index.ts'
import { courseIn } from './workload.ts'

/** The work that really goes on, whatever anybody believes. */
export interface Machine {
  /** True time, whatever the clock of the machine says. */
  now(): number
  /** The agent that lives now will see the end of this work. */
  followed(task: TaskInfo): void
  began(task: TaskInfo): void
  ended(task: TaskInfo): void
  /** When the work of this task began, if it goes on: an agent's end is not its end. */
  beganAtMs(task: TaskInfo): number | undefined
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
    const follow = (task: TaskInfo, agedMs: number): void => {
      const { durationMs, course } = courseIn(task)
      const finish = (): void => end(task.taskId, course === 'finishes')
      const leftMs = Math.max(0, durationMs - agedMs)
      const timer = course === 'hangs' ? undefined : clock.setTimer(finish, leftMs)
      running.set(task.taskId, { task, timer })
      machine.followed(task)
    }
    return {
      start: (task) => {
        if (machine.breaks(task)) throw new Error('the executor broke')
        machine.began(task)
        clock.soon(() => report({ type: 'run.started', taskId: task.taskId }))
        follow(task, 0)
      },
      resume: (task) => {
        const { taskId } = task
        const startedAtMs = machine.beganAtMs(task)
        if (startedAtMs === undefined || task.executor !== undefined) {
          clock.soon(() => report(endedWithItsAgent(taskId)))
          return
        }
        clock.soon(() => report({ type: 'run.started', taskId, startedAtMs }))
        follow(task, machine.now() - startedAtMs)
      },
      stop: (taskId, how) => {
        const run = running.get(taskId)
        const hangs = run !== undefined && courseIn(run.task).course === 'hangs'
        if (how === 'terminate' && hangs) clock.setTimer(() => end(taskId, false), stubbornMs)
        else clock.soon(() => end(taskId, false))
      },
      check: () => {},
      observe: () => {},
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
