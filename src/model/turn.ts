import type { Address, Message } from '../messages/index.ts'
import type { DelayName } from './timeouts.ts'

/**
 * Something noteworthy that happened: counted by the host, and a failure in tests if unexpected.
 */
export interface Mark {
  /** Which rare branch was taken, e.g. `call.unregistered`. */
  readonly name: string
  /** A sentence with the values concerned. */
  readonly detail: string
}

/** How long until a timer fires: one of the named timeouts, or milliseconds that a person chose. */
export type Delay = DelayName | number

/**
 * What a decision may do besides changing its book. A turn collects; the host performs after the
 * step. `Event` are the timer events of the role, `Effect` what only this role can do.
 */
export interface Turn<Event extends { type: string }, Effect = never> {
  /** Time of this step in milliseconds: an input like any other. */
  readonly at: number
  send(to: Address, message: Message): void
  /** Raises `event` after `delay`, unless the timer of this id is cancelled or started anew. */
  startTimer(id: string, event: Event, delay: Delay): void
  cancelTimer(id: string): void
  /** Raises an event of the machine at once, as the next thing it handles. */
  raise(event: Event): void
  /** What is kept under this key has changed: the next life is to know it as it is now. */
  persist(key: string): void
  perform(effect: Effect): void
  mark(name: string, detail: string): void
}

/** A step in progress: the book that may be changed, and the turn that collects effects. */
export interface Step<Book, Event extends { type: string }, Effect = never> {
  readonly book: Book
  readonly turn: Turn<Event, Effect>
}
