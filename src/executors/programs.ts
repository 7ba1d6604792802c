import { constants } from 'node:os'
import type { Door, SandboxRegistry, Volumes } from '../actors/ports.ts'
import type { Address, CommandInfo } from '../messages/index.ts'
import type { Program, UserWishes } from '../model/agent/step.ts'
import { InheritedEnvironment } from './environment.ts'
import { Fetches, filesFor } from './fetch-files.ts'
import type { ProcessMeter } from './process-meter.ts'
import type {
  ProcessExit,
  Processes,
  ProcessListener,
  ProcessOrder,
  TaskProcess,
} from './processes.ts'
import { programVariables } from './program-variables.ts'
import type { RunName } from './run-records.ts'
import { makeSandbox } from './sandbox.ts'
import { messageOf, sentenceOfExit } from './sentences.ts'
import { whyNotLaunched } from './spawn-command.ts'
import { giveSandbox, type Users } from './users.ts'
import { linkVolumes } from './volumes.ts'

export interface ProgramsOptions {
  /** Folder under which each run gets a folder of its own. */
  readonly sandboxRoot: string
  /** How programs become processes that end with this one. */
  readonly processes: Processes
  /** The same of those that are to outlive it; by default they do not. */
  readonly survivors?: Processes
  /** As whom they run; without it as the user of this process. */
  readonly users?: Users | undefined
  /** Measures what they use. */
  readonly meter?: ProcessMeter | undefined
  /** Where they are let in. */
  readonly door: Door
  readonly sandboxes?: SandboxRegistry
  /** How long one that waits for its agent waits between two tries at most. */
  readonly subscriptionBackoffMaxMs: number
}

/** An executor that is to be launched as a program. */
export interface ProgramOrder {
  readonly address: Address
  readonly frameworkId: string
  readonly executorId: string
  readonly containerId?: string
  readonly program: Program
  readonly user: UserWishes
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
  /** Those that are let in; not all have a process yet. */
  readonly #known = new Set<Address>()
  readonly #running = new Map<Address, TaskProcess>()
  readonly #fetches = new Fetches()
  readonly #closing = new Set<Promise<void>>()
  #isClosed = false

  constructor(options: ProgramsOptions) {
    this.#options = options
  }

  /** Starts one, or takes it up again; throws when it cannot. `exited` hears of its end, once. */
  launch(order: ProgramOrder, exited: (exit: ProgramExit) => void): void {
    const { address, frameworkId, executorId, containerId, program, isRecovered } = order
    const { command } = program.info
    if (command === undefined) throw new Error('it has no command')
    const place = { frameworkId, executorId, ...(containerId && { containerId }) }
    const endpoint = this.#options.door.open({ address, ...place })
    this.#known.add(address)
    const end = (exit: ProgramExit): void => {
      this.#forget(address)
      exited(exit)
    }
    try {
      const name = { frameworkId, executorId, taskId: noTask }
      const sandbox = isRecovered
        ? this.#resume(order, name, command, end)
        : this.#begin(order, { name, command }, endpoint, end)
      this.#options.sandboxes?.add(place, sandbox)
    } catch (error) {
      this.#forget(address)
      throw error
    }
  }

  /** Ends one for certain; its exit is told like any other. */
  destroy(address: Address): void {
    this.#fetches.abort(address)
    this.#running.get(address)?.stop('kill')
  }

  /** Ends all without a word; resolves when nothing of them is left. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#fetches.abortAll()
    for (const address of [...this.#known]) this.#forget(address)
    await Promise.all(this.#closing)
  }

  #resume(order: ProgramOrder, name: RunName, command: CommandInfo, end: End): string {
    const process = this.#kindOf(order).resume(name, listenerFor(command, '', end))
    if (process === undefined) throw new Error('there is no trace of it')
    this.#follow(order, process)
    return process.sandbox
  }

  /** It is started as soon as the files are there that it wants. */
  #begin(
    order: ProgramOrder,
    { name, command }: Pick<ProcessOrder, 'name' | 'command'>,
    endpoint: Readonly<Record<string, string>>,
    end: End,
  ): string {
    const { address } = order
    const wanted = { name, command, ...this.#placeOf(order, command, endpoint) }
    const listener = listenerFor(command, wanted.directory, end)
    const start = (): void => {
      this.#follow(order, this.#kindOf(order).start(wanted, listener))
    }
    const files = filesFor(command)
    if (files.length === 0) start()
    else {
      void this.#fetches.fetch(address, files, wanted, (problem) => {
        if (this.#isClosed) return
        try {
          if (problem !== undefined) throw new Error(problem)
          start()
        } catch (error) {
          end(exitOfNothing(error))
        }
      })
    }
    return wanted.sandbox
  }

  #follow(order: ProgramOrder, process: TaskProcess): void {
    this.#running.set(order.address, process)
    this.#options.meter?.add(order, this.#kindOf(order).reaper, process)
  }

  #kindOf({ program }: ProgramOrder): Processes {
    const { processes, survivors } = this.#options
    return (program.checkpoint ? survivors : undefined) ?? processes
  }

  #placeOf(order: ProgramOrder, command: CommandInfo, endpoint: Readonly<Record<string, string>>) {
    const { program, executorId, volumes } = order
    const { sandboxRoot, subscriptionBackoffMaxMs, users } = this.#options
    const user = users?.find(order.user)
    const sandbox = makeSandbox(sandboxRoot, executorId)
    linkVolumes(sandbox, program.info.resources ?? {}, volumes, user)
    if (user !== undefined) giveSandbox(sandbox, user)
    const environment = {
      ...this.#inherited.now(),
      ...command.environment,
      ...programVariables(order, sandbox, subscriptionBackoffMaxMs),
      ...endpoint,
    }
    return { directory: command.workingDirectory ?? sandbox, sandbox, environment, user }
  }

  #forget(address: Address): void {
    this.#known.delete(address)
    this.#options.door.close(address)
    const process = this.#running.get(address)
    if (process === undefined) return
    this.#running.delete(address)
    const closing = process.close().finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }
}

type End = (exit: ProgramExit) => void

function listenerFor(command: CommandInfo, directory: string, end: End): ProcessListener {
  return {
    started: () => {},
    refused: (error) => end({ reason: whyNotLaunched(command, directory, error) }),
    exited: (exit) => end(exitOf(command, exit)),
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
