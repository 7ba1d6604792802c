import type { Clock, Receive, Transport } from '../actors/ports.ts'
import type { EnvelopeChecker } from '../messages/checker.ts'
import { type Address, type Envelope, joinBatch, ownBatch } from '../messages/index.ts'

/** Sees envelopes on their way. */
export type Observer = (envelope: Envelope) => void

/** Says what is wrong with an envelope, or nothing. */
export type EnvelopeCheck = Pick<EnvelopeChecker, 'problemWith'>

export interface MemoryTransportOptions {
  readonly clock: Clock
  /**
   * With it every message is encoded, decoded and checked, as a network would do; for tests. It is
   * handed in, because the schemas it needs take longer to load than all the rest.
   */
  readonly check?: EnvelopeCheck
}

interface Mailbox {
  readonly receive: Receive
  queue: Envelope[]
  /** The last of the queue, when it is one that was made here of several. */
  grown: Envelope | undefined
}

/**
 * The road between actors of one process. It queues; nothing is ever delivered on the sender's
 * stack.
 */
export class MemoryTransport implements Transport {
  readonly #clock: Clock
  readonly #check: EnvelopeCheck | undefined
  readonly #mailboxes = new Map<Address, Mailbox>()
  readonly #observers = new Set<Observer>()
  #undeliverable = 0

  constructor(options: MemoryTransportOptions) {
    this.#clock = options.clock
    this.#check = options.check
  }

  /** Messages to addresses where nobody lives (any more). */
  get undeliverable(): number {
    return this.#undeliverable
  }

  send(envelope: Envelope): void {
    const mailbox = this.#mailboxes.get(envelope.to)
    if (mailbox === undefined) {
      this.#undeliverable++
      return
    }
    const kept = this.#check === undefined ? envelope : this.#copy(envelope)
    if (joinsLast(mailbox, kept)) return
    mailbox.queue.push(kept)
    if (mailbox.queue.length === 1) this.#clock.soon(() => this.#deliver(envelope.to, mailbox))
  }

  subscribe(address: Address, receive: Receive): () => void {
    if (this.#mailboxes.has(address)) {
      throw new Error(`the address ${address} is taken; every actor needs its own`)
    }
    const mailbox: Mailbox = { receive, queue: [], grown: undefined }
    this.#mailboxes.set(address, mailbox)
    return () => {
      if (this.#mailboxes.get(address) === mailbox) this.#mailboxes.delete(address)
    }
  }

  /** Whether somebody lives at the address. */
  hosts(address: Address): boolean {
    return this.#mailboxes.has(address)
  }

  /** Shows each envelope as it is delivered, until the returned function is called. */
  observe(observer: Observer): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  /** Shows an envelope that goes elsewhere, as if it were delivered here. */
  show(envelope: Envelope): void {
    for (const observer of this.#observers) show(observer, envelope)
  }

  close(): void {
    this.#mailboxes.clear()
    this.#observers.clear()
  }

  #deliver(address: Address, mailbox: Mailbox): void {
    const envelopes = mailbox.queue
    mailbox.queue = []
    mailbox.grown = undefined
    if (this.#mailboxes.get(address) !== mailbox) {
      this.#undeliverable += envelopes.length
      return
    }
    for (const observer of this.#observers)
      for (const envelope of envelopes) show(observer, envelope)
    mailbox.receive(envelopes)
  }

  #copy(envelope: Envelope): Envelope {
    const copy: Envelope = JSON.parse(JSON.stringify(envelope))
    const problem = this.#check?.problemWith(copy)
    if (problem !== undefined) throw new Error(`a message does not fit its schema: ${problem}`)
    return copy
  }
}

/**
 * Like kinds of one sender that wait together are delivered as one, because the cost of the actors
 * is per message. Says whether the envelope was joined to the one before it.
 */
function joinsLast(mailbox: Mailbox, { from, to, message }: Envelope): boolean {
  const last = mailbox.queue.at(-1)
  if (last === undefined || last.from !== from || last.message.type !== message.type) return false
  if (mailbox.grown === last) return joinBatch(last.message, message)
  // What was sent may still be its sender's: only a copy may grow.
  const own = ownBatch(last.message)
  if (own === undefined || !joinBatch(own, message)) return false
  mailbox.grown = { from, to, message: own }
  mailbox.queue[mailbox.queue.length - 1] = mailbox.grown
  return true
}

/** What an observer throws is its own business: it surfaces, but no message is lost over it. */
function show(observer: Observer, envelope: Envelope): void {
  try {
    observer(envelope)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
