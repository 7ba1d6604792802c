import type { EventObject } from 'xstate'
import { type Address, type Envelope, joinBatch, type Message } from '../../messages/index.ts'
import type { Mark } from '../../model/turn.ts'
import type { PartSink } from './machine-part.ts'

/**
 * When a process may do something by itself:
 * - `urgent`: at once, before any time passes.
 * - `choice`: its owner decides; until it has, no time passes.
 * - `work`: the work of a task ends, whenever it likes.
 * - `quiet`: a timer that fires when nothing is on its way any more.
 * - `ping`: the same, where an agent is out of sight.
 * - `silence`: the same, where the master has forgotten this process.
 * - `timeout`: a timer that says that somebody took too long.
 * - `kill`: its owner wants a task ended.
 * - `restart`: somebody starts it again.
 * - `break`: an executor breaks.
 */
export type MoveKind =
  | 'urgent'
  | 'choice'
  | 'work'
  | 'quiet'
  | 'ping'
  | 'silence'
  | 'timeout'
  | 'kill'
  | 'restart'
  | 'break'

/** Something that a process may do by itself. */
export interface Move {
  readonly kind: MoveKind
  /** For people: `timer offer.expired`. */
  readonly text: string
  /** For the process: which one. */
  readonly what: string
  readonly subject: string
}

/** What is to be known of a process without looking into its books. */
export interface View {
  readonly isAbsent: boolean
  readonly moves: readonly Move[]
  /** What is wrong, as `property: sentence`. */
  readonly problems: readonly string[]
  /** Offers that it knows, by number. */
  readonly offers: readonly number[]
  /** Master: who is connected. */
  readonly connected: readonly Address[]
  /** Master: somebody is out of sight. */
  readonly isMissing: boolean
  /** Nothing is left to be done here. */
  readonly isDone: boolean
  /** Rare things that can be seen here: `sometimes-agent-unreachable`. */
  readonly sights: readonly string[]
}

export const emptyView: View = {
  isAbsent: false,
  moves: [],
  problems: [],
  offers: [],
  connected: [],
  isMissing: false,
  isDone: true,
  sights: [],
}

/** A process of the explored world: how it takes a step on its own copy of what it knows. */
export interface Process<State extends object> {
  readonly address: Address
  /** What it knows when it is started, also after a crash; `before` is what it knew then. */
  begin(outbox: Outbox, before?: State): State
  hear(state: State, envelope: Envelope, outbox: Outbox): void
  act(state: State, move: Pick<Move, 'what' | 'subject'>, outbox: Outbox): void
  /** What is left when it dies. */
  crash(state: State): void
  /** Forgets what no decision reads, so that states that act alike are alike. */
  normalise(state: State): void
  view(state: State): View
}

/** Gathers what one step says; like kinds to one receiver as one batch, as the host does. */
export class Outbox implements PartSink {
  readonly sends: Envelope[] = []
  readonly marks: Mark[] = []
  readonly effects: { readonly type: string; readonly params: unknown }[] = []
  readonly #last = new Map<Address, Message>()
  #from: Address = ''

  /** From now on this actor speaks. */
  speakAs(address: Address): this {
    this.#from = address
    this.#last.clear()
    return this
  }

  send(to: Address, message: Message): void {
    const last = this.#last.get(to)
    if (last !== undefined && joinBatch(last, message)) return
    this.#last.set(to, message)
    this.sends.push({ from: this.#from, to, message })
  }

  mark(name: string, detail: string): void {
    this.marks.push({ name, detail })
  }

  perform(type: string, params: unknown): void {
    this.effects.push({ type, params })
  }
}

/** The message as its receiver's machine sees it. */
export function eventOf({ from, message }: Envelope): EventObject {
  return Object.assign({}, message, { from })
}
