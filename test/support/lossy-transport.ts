import type { Receive, Transport } from '../../src/actors/ports.ts'
import type { Address, Envelope } from '../../src/messages/index.ts'
import { MemoryTransport, type MemoryTransportOptions } from '../../src/transports/memory.ts'

type Fault = (envelope: Envelope) => 'lost' | 'doubled' | 'delivered'

/** A road on which chosen messages get lost, or arrive twice. */
export class LossyTransport implements Transport {
  readonly #road: MemoryTransport
  readonly #faults = new Set<Fault>()
  /** What is on its way between two addresses, while that way is slow. */
  readonly #held = new Map<string, Envelope[]>()

  constructor(options: MemoryTransportOptions) {
    this.#road = new MemoryTransport(options)
  }

  send(envelope: Envelope): void {
    const fates = [...this.#faults].map((fault) => fault(envelope))
    if (fates.includes('lost')) return
    const held = this.#held.get(`${envelope.from} ${envelope.to}`)
    if (held !== undefined) return void held.push(envelope)
    this.#road.send(envelope)
    if (fates.includes('doubled')) this.#road.send(envelope)
  }

  subscribe(address: Address, receive: Receive): () => void {
    return this.#road.subscribe(address, receive)
  }

  observe(observer: (envelope: Envelope) => void): () => void {
    return this.#road.observe(observer)
  }

  close(): void {
    this.#road.close()
  }

  /** Loses every message of the type (to the address) until the returned function is called. */
  drop(type: string, to = ''): () => void {
    return this.#fail(type, to, 'lost')
  }

  /** Delivers every message of the type twice until the returned function is called. */
  double(type: string, to = ''): () => void {
    return this.#fail(type, to, 'doubled')
  }

  /** Loses the messages for which the predicate says so, until the returned function is called. */
  lose(isLost: (envelope: Envelope) => boolean): () => void {
    const fault: Fault = (envelope) => (isLost(envelope) ? 'lost' : 'delivered')
    this.#faults.add(fault)
    return () => this.#faults.delete(fault)
  }

  /** Everything between two addresses waits, in order, until the returned function is called. */
  hold(from: Address, to: Address): () => void {
    const pair = `${from} ${to}`
    const held: Envelope[] = []
    this.#held.set(pair, held)
    return () => {
      this.#held.delete(pair)
      for (const envelope of held) this.#road.send(envelope)
    }
  }

  #fail(type: string, to: string, fate: 'lost' | 'doubled'): () => void {
    const fault: Fault = ({ message, to: address }) =>
      message.type === type && address.startsWith(to) ? fate : 'delivered'
    this.#faults.add(fault)
    return () => this.#faults.delete(fault)
  }
}
