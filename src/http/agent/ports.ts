import type { Clock, ExecutorUsage } from '../../actors/ports.ts'
import type { AgentBook } from '../../model/agent/book.ts'
import type { Authorizer } from '../security/authorizer.ts'
import type { AgentPast } from './past.ts'
import type { Sandboxes } from './sandboxes.ts'

/** Whom callers reach here, and since when. */
export interface AgentFacts {
  /** The version of Mesos' protocol that is spoken. */
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number
  /** With what it was started; nothing secret among it. */
  readonly flags: Readonly<Record<string, string>>
  /** How many records of its earlier life could not be read. */
  readonly damagedRecords?: number | undefined
}

/** What the operators' door of an agent needs of the process it is in. */
export interface AgentPorts {
  readonly facts: AgentFacts
  /** What the agent knows, for reading between its turns. */
  readonly book: () => AgentBook
  /** What its executors use now, of those whose processes are known. */
  readonly usage: () => Promise<readonly ExecutorUsage[]>
  readonly past: AgentPast
  readonly sandboxes: Sandboxes
  readonly clock: Clock
  /** What was counted of the messages that it got, by the names of Mesos' metrics. */
  readonly counted: () => Readonly<Record<string, number>>
  /** Who may see what; without it everybody everything. */
  readonly authorizer?: Authorizer | undefined
}
