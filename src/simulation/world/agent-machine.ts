import type { RunnerFactory } from '../../actors/ports.ts'
import { type AgentPast, LocalAgent } from '../../executors/local-agent.ts'
import type { AgentInfo, TaskInfo } from '../../messages/index.ts'
import type { SimulatedDisk } from './disk.ts'
import type { SimulatedProcess } from './process.ts'
import { createSimulatedRunner } from './runner.ts'
import type { Surroundings } from './surroundings.ts'
import { imaginaryVolumes } from './volumes.ts'

/** How an agent dies: with its machine, with that machine's disk, or only its process. */
export type AgentDeath = 'agent-crash' | 'agent-loss' | 'agent-restart'

/** A machine of the cluster: an agent that may crash, and the work that really goes on there. */
export class AgentMachine {
  readonly hostname: string
  readonly info: AgentInfo
  /** The tasks whose work goes on, by id. */
  readonly running = new Map<string, TaskInfo>()
  readonly #beganAtMs = new Map<string, number>()
  /** Work whose end the agent would see. */
  readonly #followed = new Set<string>()
  readonly #surroundings: Surroundings
  /** Where its agent keeps what its next life is to know, if it does. */
  readonly #disk: SimulatedDisk | undefined
  #boots = 1
  #process: SimulatedProcess

  constructor(surroundings: Surroundings, hostname: string, hasDisk: boolean) {
    this.#surroundings = surroundings
    this.hostname = hostname
    const resources = {
      cpus: 4,
      mem: 4_096,
      ports: [[31_000, 31_003]] satisfies [number, number][],
    }
    this.info = { hostname, resources }
    this.#disk = hasDisk ? surroundings.disk() : undefined
    this.#process = this.#start()
  }

  get process(): SimulatedProcess {
    return this.#process
  }

  get hasDisk(): boolean {
    return this.#disk !== undefined
  }

  /** The agent dies. Commands outlive its process, if it keeps what they need. */
  crash(how: AgentDeath, isNoticed: boolean): void {
    if (!this.#process.isAlive) return
    const { tell, kill } = this.#surroundings
    tell({ type: 'fault', kind: how, detail: this.hostname })
    kill(this.#process, isNoticed)
    this.#disk?.settle()
    if (how === 'agent-loss') this.#disk?.erase()
    const survives = how === 'agent-restart' && this.#disk !== undefined
    if (how !== 'agent-restart') this.#boots++
    for (const task of [...this.running.values()]) {
      if (!survives || task.executor !== undefined) this.#ended(task)
    }
  }

  /** A new agent on the same machine. */
  restart(): void {
    if (this.#process.isAlive) return
    const { tell } = this.#surroundings
    tell({ type: 'repair', kind: 'agent-crash', detail: this.hostname })
    this.#process = this.#start()
  }

  #start(): SimulatedProcess {
    const { begin, hosting, roles, ids, timeouts, linkOf } = this.#surroundings
    const process = begin(`agent/${this.hostname}`, this.hostname)
    const runner = this.#runnerOn(process)
    const past = this.#past(process)
    this.#followed.clear()
    process.begin(() => {
      new LocalAgent({
        roles,
        host: hosting(process),
        info: this.info,
        ids,
        timeouts,
        runners: { COMMAND: runner, FUNCTION: runner, THREAD: runner, DEFAULT: runner },
        volumes: imaginaryVolumes,
        link: linkOf(process),
        survivors: { endStrays: async () => this.#endStrays(process), leave: () => {} },
        ...(past && { past }),
      })
    })
    return process
  }

  #past(process: SimulatedProcess): AgentPast | undefined {
    if (this.#disk === undefined) return undefined
    return {
      storage: this.#disk.open(process),
      memory: this.#disk.agentMemory(),
      bootId: `${this.hostname}-${this.#boots}`,
    }
  }

  /** What nobody took up again is ended. */
  #endStrays(process: SimulatedProcess): void {
    if (this.#process !== process) return
    for (const task of [...this.running.values()]) {
      if (!this.#followed.has(task.taskId)) this.#ended(task)
    }
  }

  #runnerOn(process: SimulatedProcess): RunnerFactory {
    const { streams, faults, tell, clock } = this.#surroundings
    return createSimulatedRunner(process, {
      now: () => clock.now(),
      began: (task) => {
        this.running.set(task.taskId, task)
        this.#beganAtMs.set(task.taskId, clock.now())
        tell({ type: 'work.began', hostname: this.hostname, task })
      },
      followed: ({ taskId }) => this.#followed.add(taskId),
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
