import type { Clock, RunnerFactory, RunReport, Timer } from '../../actors/ports.ts'
import { LocalAgent } from '../../executors/local-agent.ts'
import type { AgentInfo, TaskInfo } from '../../messages/index.ts'
import { InvalidInputError } from '../../model/errors.ts'
import type { SimulatedProcess } from '../world/process.ts'
import type { ScenarioParts } from './stage.ts'

interface Work {
  readonly task: TaskInfo
  readonly timer: Timer | undefined
  readonly report: (report: RunReport) => void
}

/** A machine of a scenario: its agent, and work that goes on for as long as the script says. */
export class ScenarioMachine {
  readonly info: AgentInfo
  readonly #parts: ScenarioParts
  readonly #work = new Map<string, Work>()
  #process: SimulatedProcess

  constructor(parts: ScenarioParts, info: AgentInfo) {
    this.#parts = parts
    this.info = info
    this.#process = this.#start()
  }

  get process(): SimulatedProcess {
    return this.#process
  }

  get running(): TaskInfo[] {
    return [...this.#work.values()].map(({ task }) => task)
  }

  /** The machine loses power, with all that runs there. */
  crash(isNoticed: boolean): void {
    this.#parts.kill(this.#process, isNoticed)
    for (const taskId of [...this.#work.keys()]) this.#take(taskId)
  }

  /** A new agent on the same machine. */
  restart(): void {
    if (this.#process.isAlive) throw new InvalidInputError(`${this.info.hostname} lives already`)
    this.#process = this.#start()
  }

  /** The work of a task comes to its end. Says whether it was here. */
  end(taskId: string, succeeded: boolean): boolean {
    const work = this.#take(taskId)
    work?.report({ type: 'run.exited', taskId, succeeded, launched: true })
    return work !== undefined
  }

  #start(): SimulatedProcess {
    const { begin, hosting, roles, ids, timeouts } = this.#parts
    const process = begin(`agent/${this.info.hostname}`)
    const runner = this.#runnerOn(process)
    new LocalAgent({
      roles,
      host: hosting(process),
      info: this.info,
      ids,
      timeouts,
      runners: { COMMAND: runner, FUNCTION: runner, THREAD: runner },
      volumes: {
        create: () => {},
        destroy: async () => {},
        pathOf: ({ role, id }) => `${role}/${id}`,
      },
    })
    return process
  }

  #runnerOn(clock: Clock): RunnerFactory {
    return (report) => ({
      start: (task) => {
        const { taskId } = task
        const { durationMs } = task.labels ?? {}
        const finish = (): void => void this.end(taskId, true)
        const timer =
          durationMs === undefined ? undefined : clock.setTimer(finish, Number(durationMs))
        this.#work.set(taskId, { task, timer, report })
        this.#parts.tell({ type: 'work.began', hostname: this.info.hostname, task })
        clock.soon(() => report({ type: 'run.started', taskId }))
      },
      stop: (taskId) => clock.soon(() => void this.end(taskId, false)),
      check: () => {},
      close: async () => {
        for (const [taskId, work] of [...this.#work]) if (work.report === report) this.#take(taskId)
      },
    })
  }

  #take(taskId: string): Work | undefined {
    const work = this.#work.get(taskId)
    if (work === undefined) return undefined
    this.#work.delete(taskId)
    if (work.timer !== undefined) this.#process.clearTimer(work.timer)
    this.#parts.tell({ type: 'work.ended', hostname: this.info.hostname, task: work.task })
    return work
  }
}
