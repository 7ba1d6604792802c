import { type Address, type Envelope, joinBatch, type Message } from '../messages/index.ts'

/** What only a role can do: for its host to do. */
export interface Effect {
  readonly type: string
  readonly params: unknown
}

/** What an actor does and says in one turn. */
export interface Output {
  readonly effects: readonly Effect[]
  readonly envelopes: readonly Envelope[]
  /** Nothing follows: with it the actor has left. */
  readonly isLast: boolean
}

/** Gathers what an actor says in one turn, like kinds to one receiver as one batch. */
export class Outbox {
  readonly #from: Address
  readonly #last = new Map<Address, Message>()
  #envelopes: Envelope[] = []

  constructor(from: Address) {
    this.#from = from
  }

  queue(to: Address, message: Message): void {
    const last = this.#last.get(to)
    if (last !== undefined && joinBatch(last, message)) return
    this.#last.set(to, message)
    this.#envelopes.push({ from: this.#from, to, message })
  }

  /** All that was said since the last time. */
  take(): readonly Envelope[] {
    const envelopes = this.#envelopes
    this.#envelopes = []
    // Even clearing an empty map costs a new one.
    if (this.#last.size > 0) this.#last.clear()
    return envelopes
  }
}
