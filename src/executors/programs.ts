import { constants } from 'node:os'
import type { Door, Volumes } from '../actors/ports.ts'
import type { Address, CommandInfo } from '../messages/index.ts'
import type { Program } from '../model/agent/step.ts'
import { InheritedEnvironment } from './environment.ts'
import type { ProcessExit, Processes, ProcessListener, TaskProcess } from './processes.ts'
import { programVariables } from './program-variables.ts'
import { makeSandbox } from './sandbox.ts'
import { messageOf, sentenceOfExit } from './sentences.ts'
import { whyNotLaunched } from './spawn-command.ts'
import { linkVolumes } from './volumes.ts'

export interface ProgramsOptions {
  /** Folder under which each run gets a folder of its own. */
  readonly sandboxRoot: string
  /** How programs become processes that end with this one. */
  readonly processes: Processes
  /** The same of those that are to outlive it; by default they do not. */
  readonly survivors?: Processes
  /** Where they are let in. */
  readonly door: Door
  /** How long one that waits for its agent waits between two tries at most. */
  readonly subscriptionBackoffMaxMs: number
}

/** An executor that is to be launched as a program. */
export interface ProgramOrder {
  readonly address: Address
  readonly frameworkId: string
  readonly executorId: string
  readonly program: Program
  readonly volumes: Volumes
  /** It was launched by an earlier process of the agent. */
  readonly isRecovered: boolean
}

/** How a program ended: a sentence, and its status as wait(2) says it, if it was ever started. */
export interface ProgramExit {
  readonly reason: string
  readonly status?: number
}

/** No task has this id: a program is known by its executor alone. */
const noTask = ''

/** The executors of one agent that are programs of their frameworks, as processes here. */
export class Programs {
  readonly #options: ProgramsOptions
  readonly #inherited = new InheritedEnvironment()
  readonly #running = new Map<Address, TaskProcess>()
  readonly #closing = new Set<Promise<void>>()

  constructor(options: ProgramsOptions) {
    this.#options = options
  }

  /** Starts one, or takes it up again; throws when it cannot. `exited` hears of its end, once. */
  launch(order: ProgramOrder, exited: (exit: ProgramExit) => void): void {
    const { address, frameworkId, executorId, program, isRecovered } = order
    const { info, containerId } = program
    const { command } = info
    if (command === undefined) throw new Error('it has no command')
    const { door } = this.#options
    const processes = (program.checkpoint && this.#options.survivors) || this.#options.processes
    const seat = { address, frameworkId, executorId, ...(containerId && { containerId }) }
    const endpoint = door.open(seat)
    const listener = this.#listen(order, command, exited)
    try {
      const name = { frameworkId, executorId, taskId: noTask }
      const process = isRecovered
        ? processes.resume(name, listener)
        : processes.start({ name, command, ...this.#placeOf(order, command, endpoint) }, listener)
      if (process === undefined) throw new Error('there is no trace of it')
      this.#running.set(address, process)
    } catch (error) {
      door.close(address)
      throw error
    }
  }

  /** Ends one for certain; its exit is told like any other. */
  destroy(address: Address): void {
    this.#running.get(address)?.stop('kill')
  }

  /** Ends all without a word; resolves when nothing of them is left. */
  async close(): Promise<void> {
    for (const address of [...this.#running.keys()]) this.#forget(address)
    await Promise.all(this.#closing)
  }

  #placeOf(order: ProgramOrder, command: CommandInfo, endpoint: Readonly<Record<string, string>>) {
    const { program, executorId, volumes } = order
    const { sandboxRoot, subscriptionBackoffMaxMs } = this.#options
    const sandbox = makeSandbox(sandboxRoot, executorId)
    linkVolumes(sandbox, program.info.resources ?? {}, volumes)
    const environment = {
      ...this.#inherited.now(),
      ...command.environment,
      ...programVariables(order, sandbox, subscriptionBackoffMaxMs),
      ...endpoint,
    }
    return { directory: command.workingDirectory ?? sandbox, sandbox, environment }
  }

  #listen(
    { address }: ProgramOrder,
    command: CommandInfo,
    exited: (exit: ProgramExit) => void,
  ): ProcessListener {
    const end = (exit: ProgramExit): void => {
      this.#forget(address)
      exited(exit)
    }
    return {
      started: () => {},
      refused: (error) => {
        const { sandbox = '' } = this.#running.get(address) ?? {}
        end({ reason: whyNotLaunched(command, command.workingDirectory ?? sandbox, error) })
      },
      exited: (exit) => end(exitOf(command, exit)),
    }
  }

  #forget(address: Address): void {
    this.#options.door.close(address)
    const process = this.#running.get(address)
    if (process === undefined) return
    this.#running.delete(address)
    const closing = process.close().finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }
}

function exitOf(command: CommandInfo, { exitCode, signal, problem }: ProcessExit): ProgramExit {
  const reason = `the executor ${problem ?? sentenceOfExit(command, exitCode, signal)}`
  if (exitCode !== undefined) return { reason, status: exitCode << 8 }
  const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1]
  return number === undefined ? { reason } : { reason, status: number }
}

/** What prevented a launch, as the exit of what never was. */
export function exitOfNothing(error: unknown): ProgramExit {
  return { reason: `the executor could not be launched: ${messageOf(error)}` }
}
