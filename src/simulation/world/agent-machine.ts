import type { RunnerFactory } from '../../actors/ports.ts'
import { LocalAgent } from '../../executors/local-agent.ts'
import type { AgentInfo, TaskInfo } from '../../messages/index.ts'
import type { SimulatedProcess } from './process.ts'
import { createSimulatedRunner } from './runner.ts'
import type { Surroundings } from './world.ts'

/** A machine of the cluster: an agent that may crash, and the work that really goes on there. */
export class AgentMachine {
  readonly hostname: string
  readonly info: AgentInfo
  /** The tasks whose work goes on, by id. */
  readonly running = new Map<string, TaskInfo>()
  readonly #beganAtMs = new Map<string, number>()
  readonly #surroundings: Surroundings
  #process: SimulatedProcess

  constructor(surroundings: Surroundings, hostname: string) {
    this.#surroundings = surroundings
    this.hostname = hostname
    const resources = {
      cpus: 4,
      mem: 4_096,
      ports: [[31_000, 31_003]] satisfies [number, number][],
    }
    this.info = { hostname, resources }
    this.#process = this.#start()
  }

  get process(): SimulatedProcess {
    return this.#process
  }

  /** The machine loses power: its agent, executors and work are gone. */
  crash(isNoticed: boolean): void {
    if (!this.#process.isAlive) return
    const { tell, kill } = this.#surroundings
    tell({ type: 'fault', kind: 'agent-crash', detail: this.hostname })
    kill(this.#process, isNoticed)
    for (const task of this.running.values()) this.#ended(task)
  }

  /** A new agent on the same machine. */
  restart(): void {
    if (this.#process.isAlive) return
    const { tell } = this.#surroundings
    tell({ type: 'repair', kind: 'agent-crash', detail: this.hostname })
    this.#process = this.#start()
  }

  #start(): SimulatedProcess {
    const { begin, hosting, roles, ids, timeouts } = this.#surroundings
    const process = begin(`agent/${this.hostname}`)
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

  #runnerOn(process: SimulatedProcess): RunnerFactory {
    const { streams, faults, tell } = this.#surroundings
    return createSimulatedRunner(process, {
      began: (task) => {
        this.running.set(task.taskId, task)
        this.#beganAtMs.set(task.taskId, process.now())
        tell({ type: 'work.began', hostname: this.hostname, task })
      },
      ended: (task) => this.#ended(task),
      beganAtMs: ({ taskId }) => this.#beganAtMs.get(taskId),
      breaks: (task) => {
        const breaks = streams.faults.chance(faults().executorCrash)
        if (breaks) tell({ type: 'fault', kind: 'executor-crash', detail: task.taskId })
        return breaks
      },
    })
  }

  #ended(task: TaskInfo): void {
    if (!this.running.delete(task.taskId)) return
    this.#beganAtMs.delete(task.taskId)
    this.#surroundings.tell({ type: 'work.ended', hostname: this.hostname, task })
  }
}
