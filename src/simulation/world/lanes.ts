import type { Address } from '../../messages/index.ts'
import type { Passage } from '../happenings.ts'
import type { SimulatedProcess } from './process.ts'

/** One message on its way. */
export interface Flight extends Passage {
  readonly dueAtMs: number
  /** Whom it connects: it dies with the connection when another process takes either place. */
  readonly by: SimulatedProcess | undefined
  readonly goal: SimulatedProcess | undefined
}

/** The road from one address to another: what is on it arrives in order. */
export interface Lane {
  readonly from: Address
  readonly to: Address
  sent: number
  lastDueAtMs: number
  flights: Flight[]
}

/** All roads that anything ever went along. */
export class Lanes {
  readonly #from = new Map<Address, Map<Address, Lane>>()

  lane(from: Address, to: Address): Lane {
    const known = this.#from.get(from)
    if (known === undefined) this.#from.set(from, new Map())
    const lane = known?.get(to)
    return lane ?? this.#open(from, to)
  }

  /** Those with something on them. */
  busy(): Lane[] {
    return [...this.#from.values()]
      .flatMap((lanes) => [...lanes.values()])
      .filter(({ flights }) => flights.length > 0)
  }

  #open(from: Address, to: Address): Lane {
    const lane: Lane = { from, to, sent: 0, lastDueAtMs: 0, flights: [] }
    this.#from.get(from)?.set(to, lane)
    return lane
  }
}
