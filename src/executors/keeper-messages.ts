import type { RunEnding } from '../model/executor/book.ts'
import type { ProcessIdentity } from './process-identity.ts'
import type { ProcessExit } from './processes.ts'
import type { ProcessUser } from './users.ts'

/** What an agent and its keeper say to each other; `keeper-entry.js` speaks the same. */

/** Starts a command whose record is there, unless that was withdrawn. */
export interface KeeperOrder {
  /** Path of the record without its ending. */
  readonly path: string
  readonly file: string
  readonly arguments: readonly string[]
  readonly directory: string
  readonly environment: NodeJS.ProcessEnv
  /** Where the files `stdout` and `stderr` are made. */
  readonly sandbox: string
  /** As whom it begins, if not as the user of the keeper. */
  readonly user?: ProcessUser | undefined
}

/**
 * What is added to the record of a run, one line each: by its agent why it is to end, all else by
 * its keeper, which tells the agent as well.
 */
export interface KeptFacts {
  /** The command has begun. */
  readonly process?: ProcessIdentity & { readonly startedAtMs: number }
  /** Its agent asked it to end, and why. */
  readonly stopped?: RunEnding
  /** It could not begin, and why. */
  readonly refused?: { readonly code?: string; readonly message: string }
  /** It has ended. */
  readonly exit?: ProcessExit
}

/** A line of the record at this path. */
export interface KeeperNews {
  readonly path: string
  readonly facts: KeptFacts
}
