import type { CommandInfo } from '../messages/index.ts'
import type { RunEnding } from '../model/executor/book.ts'
import type { RunName } from './run-records.ts'
import type { TreeReaper } from './tree-reaper.ts'
import type { ProcessUser } from './users.ts'

/** What a process is started with. */
export interface ProcessOrder {
  readonly name: RunName
  readonly command: CommandInfo
  readonly directory: string
  readonly sandbox: string
  /** Without the mark of its tree. */
  readonly environment: NodeJS.ProcessEnv
  /** As whom it begins, if not as the user of this process. */
  readonly user?: ProcessUser | undefined
}

/** How a main process ended; with neither code nor signal, why nobody knows. */
export interface ProcessExit {
  readonly exitCode?: number
  readonly signal?: string
  readonly problem?: string
  /** Why an earlier process of the agent asked it to end, if it did. */
  readonly stopped?: RunEnding
}

/** What is known of a process that began under an earlier process of the agent. */
export interface ProcessPast {
  readonly startedAtMs: number
  /** Why it was asked to end, if it was. */
  readonly stopped?: RunEnding
}

/** Hears what becomes of a process: at most one start, exactly one refusal or exit, never early. */
export interface ProcessListener {
  /** It runs; with a past if it began under an earlier process of the agent. */
  started(past?: ProcessPast): void
  refused(error: unknown): void
  exited(exit: ProcessExit): void
}

/** A process of a task, as its runner holds it. */
export interface TaskProcess {
  readonly sandbox: string
  /** In the environment of all that belongs to it. */
  readonly mark: string
  /** Resolves when nothing of it is left and nobody has to remember it. */
  readonly gone: Promise<void>
  /** All that belongs to it is asked to end, or ended for certain. */
  stop(how: 'terminate' | 'kill', why?: RunEnding): void
  /** Ends and forgets it without a word to its listener; resolves when it is gone. */
  close(): Promise<void>
}

/** How commands become processes of this machine. */
export interface Processes {
  readonly reaper: TreeReaper
  start(order: ProcessOrder, listener: ProcessListener): TaskProcess
  /** A process that was started under an earlier process of the agent; nothing if none was. */
  resume(name: RunName, listener: ProcessListener): TaskProcess | undefined
}
