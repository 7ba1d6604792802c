import type { Receive, Transport } from '../../actors/ports.ts'
import type { VirtualClock } from '../../actors/virtual-clock.ts'
import type { Address, Envelope, Message } from '../../messages/index.ts'
import type { Happening, Loss } from '../happenings.ts'
import { type Flight, type Lane, Lanes } from './lanes.ts'
import type { SimulatedProcess } from './process.ts'

/** What becomes of one message between two processes. */
export interface Fate {
  readonly delayMs: number
  readonly lost?: Exclude<Loss, 'absence' | 'break'>
  /** It arrives twice, if it is one that may. */
  readonly isTwice?: boolean
}

export interface NetworkOptions {
  readonly clock: VirtualClock
  /** The fate of a message from one process to another, by their names. */
  readonly fateOf: (from: string, to: string) => Fate
  readonly tell: (happening: Happening) => void
  /**
   * Whether receivers get a decoded copy, as in other processes. Otherwise they get what was sent,
   * as within a process, which is quicker.
   */
  readonly isDecoding: boolean
  /** Called when the receiver has taken its step. */
  readonly settled: (to: Address) => void
  /** For tests of properties: what arrives in place of a message that is about to be delivered. */
  readonly tamper?: (envelope: Envelope) => readonly Envelope[]
}

interface Mailbox {
  readonly process: SimulatedProcess
  readonly receive: Receive
}

/** Messages that are repeated by who sends them until they are answered. */
const atLeastOnce: ReadonlySet<string> = new Set(['task.update'])

/**
 * The network of the simulated world. Per ordered pair of addresses first in, first out, at most
 * once; nothing is promised between pairs. Inside one process nothing is delayed or lost. What a
 * process had still to say arrives after its death, but never beside the words of its successor.
 * Every message is encoded.
 */
export class SimulatedNetwork {
  readonly #options: NetworkOptions
  readonly #mailboxes = new Map<Address, Mailbox>()
  readonly #lanes = new Lanes()

  constructor(options: NetworkOptions) {
    this.#options = options
  }

  /** The road as one process sees it. */
  portOf(process: SimulatedProcess): Transport {
    return {
      send: (envelope) => this.#send(process, envelope),
      subscribe: (address, receive) => this.#subscribe(address, { process, receive }),
      close: () => this.detach(process),
    }
  }

  /** Takes every mailbox of the process away, and returns their addresses. */
  detach(process: SimulatedProcess): Address[] {
    const addresses: Address[] = []
    for (const [address, mailbox] of this.#mailboxes) {
      if (mailbox.process !== process) continue
      this.#mailboxes.delete(address)
      addresses.push(address)
    }
    return addresses
  }

  /** What the receiver's own side of a link notices: in order with what came before, never lost. */
  inject(envelope: Envelope): void {
    this.#launch(envelope, 0, undefined)
  }

  /** A connection breaks: whatever is on it, in both directions, never arrives. */
  cutFlights(one: string, other: string): void {
    for (const lane of this.#lanes.busy()) {
      const [first] = lane.flights
      if (first?.by === undefined) continue
      const ends = [first.by.name, first.goal?.name]
      if (!ends.includes(one) || !ends.includes(other)) continue
      this.#lose(lane.flights, 'break')
      lane.flights = []
    }
  }

  #subscribe(address: Address, mailbox: Mailbox): () => void {
    if (this.#mailboxes.has(address)) {
      throw new Error(`the address ${address} is taken; every actor needs its own`)
    }
    this.#mailboxes.set(address, mailbox)
    return () => {
      if (this.#mailboxes.get(address) === mailbox) this.#mailboxes.delete(address)
    }
  }

  #send(process: SimulatedProcess, envelope: Envelope): void {
    if (!process.isAlive) return
    const to = this.#mailboxes.get(envelope.to)?.process.name ?? envelope.to
    if (to === process.name) return this.#launch(envelope, 0, process)
    const { delayMs, lost: fate, isTwice } = this.#options.fateOf(process.name, to)
    const lost = fate ?? (this.#isBroken(envelope) ? 'break' : undefined)
    if (lost === undefined) {
      this.#launch(envelope, delayMs, process)
      if (isTwice && atLeastOnce.has(envelope.message.type)) {
        this.#launch(envelope, delayMs, process)
      }
      return
    }
    const lane = this.#lanes.lane(envelope.from, envelope.to)
    const text = JSON.stringify(envelope.message)
    const passage = { envelope, number: lane.sent++, text }
    this.#options.tell({ type: 'sent', ...passage })
    this.#options.tell({ type: 'lost', why: lost, ...passage })
  }

  /** What is said before the end of a connection is noticed goes into that connection. */
  #isBroken({ from, to }: Envelope): boolean {
    return this.#lanes.lane(to, from).flights.some(({ by }) => by === undefined)
  }

  #launch({ from, to, message }: Envelope, delayMs: number, by?: SimulatedProcess): void {
    const { clock, tell, isDecoding } = this.#options
    const text = JSON.stringify(message)
    const copy: Message = isDecoding ? JSON.parse(text) : message
    const envelope = { from, to, message: copy }
    const lane = this.#lanes.lane(from, to)
    const now = clock.now()
    const dueAtMs = Math.max(lane.lastDueAtMs, now + Math.round(delayMs))
    const goal = this.#mailboxes.get(to)?.process
    const number = lane.sent++
    lane.flights.push({ envelope, number, text, dueAtMs, by, goal })
    tell({ type: 'sent', envelope, number, text })
    const isCoalesced = lane.flights.length > 1 && lane.lastDueAtMs === dueAtMs
    lane.lastDueAtMs = dueAtMs
    if (isCoalesced) return
    if (dueAtMs === now) clock.soon(() => this.#arrive(lane))
    else clock.setTimer(() => this.#arrive(lane), dueAtMs - now)
  }

  #arrive(lane: Lane): void {
    const { to } = lane
    const now = this.#options.clock.now()
    const due = lane.flights.findIndex(({ dueAtMs }) => dueAtMs > now)
    const arrived = due < 0 ? lane.flights : lane.flights.slice(0, due)
    lane.flights = due < 0 ? [] : lane.flights.slice(due)
    if (arrived.length === 0) return
    const process = this.#mailboxes.get(to)?.process
    if (process === undefined) this.#lose(arrived)
    else process.run(() => this.#deliver(to, arrived))
  }

  #deliver(to: Address, flights: readonly Flight[]): void {
    const { tell, settled, tamper } = this.#options
    const mailbox = this.#mailboxes.get(to)
    if (mailbox === undefined) return this.#lose(flights)
    const envelopes: Envelope[] = []
    for (const flight of flights) {
      if (!this.#isConnected(flight, mailbox)) {
        this.#lose([flight])
        continue
      }
      const { envelope, number, text } = flight
      if (tamper === undefined) {
        tell({ type: 'delivered', envelope, number, text })
        envelopes.push(envelope)
        continue
      }
      for (const arriving of tamper(envelope)) {
        const other = JSON.stringify(arriving.message)
        tell({ type: 'delivered', envelope: arriving, number, text: other })
        envelopes.push(arriving)
      }
    }
    if (envelopes.length > 0) mailbox.receive(envelopes)
    settled(to)
  }

  #isConnected({ envelope, by, goal }: Flight, mailbox: Mailbox): boolean {
    const successor = this.#mailboxes.get(envelope.from)?.process
    const isReplaced = by?.isAlive === false && successor !== undefined
    return !isReplaced && goal === mailbox.process
  }

  #lose(flights: readonly Flight[], why: Loss = 'absence'): void {
    for (const { envelope, number, text } of flights) {
      this.#options.tell({ type: 'lost', why, envelope, number, text })
    }
  }
}
