import type { Receive, Transport } from '../../actors/ports.ts'
import type { VirtualClock } from '../../actors/virtual-clock.ts'
import type { Address, Envelope, Message } from '../../messages/index.ts'
import type { Happening, Loss, Passage } from '../happenings.ts'
import type { SimulatedProcess } from './process.ts'

/** What becomes of one message between two processes. */
export interface Fate {
  readonly delayMs: number
  readonly lost?: Exclude<Loss, 'absence' | 'break'>
}

export interface NetworkOptions {
  readonly clock: VirtualClock
  /** The fate of a message from one process to another, by their names. */
  readonly fateOf: (from: string, to: string) => Fate
  readonly tell: (happening: Happening) => void
  /** Called when the receiver has taken its step. */
  readonly settled: (to: Address) => void
  /** For tests of properties: what arrives in place of a message that is about to be delivered. */
  readonly tamper?: (envelope: Envelope) => readonly Envelope[]
}

interface Mailbox {
  readonly process: SimulatedProcess
  readonly receive: Receive
}

interface Flight extends Passage {
  readonly dueAtMs: number
  /** Whom it connects: it dies with the connection when another process takes either place. */
  readonly by: SimulatedProcess | undefined
  readonly goal: SimulatedProcess | undefined
}

/** The road from one address to another: what is on it arrives in order. */
interface Lane {
  sent: number
  lastDueAtMs: number
  flights: Flight[]
}

/**
 * The network of the simulated world. Per ordered pair of addresses first in, first out, at most
 * once; nothing is promised between pairs. Inside one process nothing is delayed or lost. What a
 * process had still to say arrives after its death, but never beside the words of its successor.
 * Every message is encoded and decoded.
 */
export class SimulatedNetwork {
  readonly #options: NetworkOptions
  readonly #mailboxes = new Map<Address, Mailbox>()
  readonly #lanes = new Map<string, Lane>()

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
    for (const lane of this.#lanes.values()) {
      const [first] = lane.flights
      if (first === undefined || first.by === undefined) continue
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
    const { delayMs, lost } = this.#options.fateOf(process.name, to)
    if (lost === undefined) return this.#launch(envelope, delayMs, process)
    const lane = this.#laneOf(envelope)
    const passage = { envelope, number: lane.sent++ }
    this.#options.tell({ type: 'sent', ...passage })
    this.#options.tell({ type: 'lost', why: lost, ...passage })
  }

  #launch({ from, to, message }: Envelope, delayMs: number, by?: SimulatedProcess): void {
    const { clock, tell } = this.#options
    const copy: Message = JSON.parse(JSON.stringify(message))
    const envelope = { from, to, message: copy }
    const lane = this.#laneOf(envelope)
    const dueAtMs = Math.max(lane.lastDueAtMs, clock.now() + Math.round(delayMs))
    const goal = this.#mailboxes.get(to)?.process
    const flight = { envelope, number: lane.sent++, dueAtMs, by, goal }
    lane.flights.push(flight)
    tell({ type: 'sent', envelope, number: flight.number })
    const isCoalesced = lane.flights.length > 1 && lane.lastDueAtMs === dueAtMs
    lane.lastDueAtMs = dueAtMs
    if (isCoalesced) return
    if (dueAtMs === clock.now()) clock.soon(() => this.#arrive(to, lane))
    else clock.setTimer(() => this.#arrive(to, lane), dueAtMs - clock.now())
  }

  #laneOf({ from, to }: Envelope): Lane {
    const key = `${from} ${to}`
    const known = this.#lanes.get(key)
    if (known !== undefined) return known
    const lane: Lane = { sent: 0, lastDueAtMs: 0, flights: [] }
    this.#lanes.set(key, lane)
    return lane
  }

  #arrive(to: Address, lane: Lane): void {
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
      const { envelope, number } = flight
      for (const arriving of tamper?.(envelope) ?? [envelope]) {
        tell({ type: 'delivered', envelope: arriving, number })
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
    for (const { envelope, number } of flights) {
      this.#options.tell({ type: 'lost', why, envelope, number })
    }
  }
}
