import type { RunnerFactory, RunReport, Timer } from '../../actors/ports.ts'
import { type AgentPast, LocalAgent } from '../../executors/local-agent.ts'
import { endedWithItsAgent } from '../../executors/lost-run.ts'
import type { AgentInfo, TaskInfo } from '../../messages/index.ts'
import { InvalidInputError } from '../../model/errors.ts'
import { agentMemoryOf } from '../../storage/memories.ts'
import type { SimulatedProcess } from '../world/process.ts'
import { imaginaryVolumes } from '../world/volumes.ts'
import type { ScenarioDisk } from './disk.ts'
import type { ScenarioParts } from './stage.ts'

interface Work {
  readonly task: TaskInfo
  readonly beganAtMs: number
  readonly timer: Timer | undefined
  report: (report: RunReport) => void
}

/** A machine of a scenario: its agent, and work that goes on for as long as the script says. */
export class ScenarioMachine {
  readonly info: AgentInfo
  readonly #parts: ScenarioParts
  readonly #disk: ScenarioDisk | undefined
  readonly #work = new Map<string, Work>()
  /** How work ended, for an agent that was not there. */
  readonly #ended = new Map<string, boolean>()
  #process: SimulatedProcess

  constructor(parts: ScenarioParts, info: AgentInfo, disk?: ScenarioDisk) {
    this.#parts = parts
    this.#disk = disk
    this.info = info
    this.#process = this.#start()
  }

  get process(): SimulatedProcess {
    return this.#process
  }

  get hasDisk(): boolean {
    return this.#disk !== undefined
  }

  get running(): TaskInfo[] {
    return [...this.#work.values()].map(({ task }) => task)
  }

  /** The machine loses power, with all that runs there; or its agent dies alone. */
  crash({ isNoticed, isAlone }: { isNoticed: boolean; isAlone: boolean }): void {
    this.#parts.kill(this.#process, isNoticed)
    if (isAlone) return
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
    if (work === undefined) return false
    this.#ended.set(taskId, succeeded)
    work.report({ type: 'run.exited', taskId, succeeded, launched: true })
    return true
  }

  #start(): SimulatedProcess {
    const { begin, hosting, roles, ids, timeouts } = this.#parts
    const process = begin(`agent/${this.info.hostname}`)
    const runner = this.#runnerOn(process)
    const past = this.#past(process)
    new LocalAgent({
      roles,
      host: hosting(process),
      info: this.info,
      ids,
      timeouts,
      runners: { COMMAND: runner, FUNCTION: runner, THREAD: runner },
      volumes: imaginaryVolumes,
      ...(past && { past }),
    })
    return process
  }

  #past(process: SimulatedProcess): AgentPast | undefined {
    if (this.#disk === undefined) return undefined
    const { storage, records } = this.#disk.open(process)
    return { storage, memory: agentMemoryOf(records, []) }
  }

  #runnerOn(process: SimulatedProcess): RunnerFactory {
    return (report) => ({
      start: (task) => this.#begin(process, task, report),
      resume: ({ taskId }) => process.soon(() => this.#resume(taskId, report)),
      stop: (taskId) => process.soon(() => void this.end(taskId, false)),
      check: () => {},
      observe: () => {},
      close: async () => {
        for (const [taskId, work] of [...this.#work]) if (work.report === report) this.#take(taskId)
      },
    })
  }

  #begin(process: SimulatedProcess, task: TaskInfo, report: Work['report']): void {
    const { clock, tell } = this.#parts
    const { taskId } = task
    const { durationMs } = task.labels ?? {}
    const finish = (): void => void this.end(taskId, true)
    const timer = durationMs === undefined ? undefined : clock.setTimer(finish, Number(durationMs))
    this.#work.set(taskId, { task, beganAtMs: clock.now(), timer, report })
    tell({ type: 'work.began', hostname: this.info.hostname, task })
    process.soon(() => report({ type: 'run.started', taskId }))
  }

  /** The agent is back, and asks for work that it began in an earlier life. */
  #resume(taskId: string, report: Work['report']): void {
    const work = this.#work.get(taskId)
    const succeeded = this.#ended.get(taskId)
    if (work !== undefined) {
      work.report = report
      report({ type: 'run.started', taskId, startedAtMs: work.beganAtMs })
    } else if (succeeded !== undefined) {
      report({ type: 'run.exited', taskId, succeeded, launched: true })
    } else report(endedWithItsAgent(taskId))
  }

  #take(taskId: string): Work | undefined {
    const work = this.#work.get(taskId)
    if (work === undefined) return undefined
    this.#work.delete(taskId)
    if (work.timer !== undefined) this.#parts.clock.clearTimer(work.timer)
    this.#parts.tell({ type: 'work.ended', hostname: this.info.hostname, task: work.task })
    return work
  }
}
