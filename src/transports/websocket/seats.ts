import type { Clock, Timer } from '../../actors/ports.ts'
import type { Address } from '../../messages/index.ts'
import type { FromSpoke } from './frames.ts'

export interface SeatsParts {
  readonly clock: Clock
  readonly isPrivate: (address: Address) => boolean
  /** A refused address is asked for again after this time, then after twice as long, … */
  readonly retryMs: number
  /** Says it to the hub, if there is a link. */
  readonly tell: (frame: FromSpoke) => void
  /** The hub knows who lives there: messages go both ways. */
  readonly opened: (address: Address) => void
  readonly refused: (address: Address, reason: string, times: number) => void
}

interface Seat {
  /** How often it was refused in a row. */
  refusals: number
  retry: Timer | undefined
  /** Its actor has gone, and the hub is still to hear of it. */
  isLeaving: boolean
}

/** Longest time between two tries to get an address, as a multiple of the first. */
const retryGrowthMax = 16

/** The addresses of one process that the hub should know, and what it says about them. */
export class Seats {
  readonly #parts: SeatsParts
  readonly #seats = new Map<Address, Seat>()
  #isOpen = false

  constructor(parts: SeatsParts) {
    this.#parts = parts
  }

  all(): Address[] {
    return [...this.#seats.keys()]
  }

  /** Whether messages in its name may go over the link. */
  speaksFor(address: Address): boolean {
    return this.#seats.get(address)?.refusals === 0
  }

  take(address: Address): void {
    if (this.#parts.isPrivate(address)) return
    const known = this.#seats.get(address)
    if (known !== undefined) {
      known.isLeaving = false
      return
    }
    this.#seats.set(address, { refusals: 0, retry: undefined, isLeaving: false })
    if (this.#isOpen) this.#parts.tell({ type: 'join', address })
  }

  leave(address: Address): void {
    const seat = this.#seats.get(address)
    if (seat !== undefined) seat.isLeaving = true
  }

  /** Tells the hub who has left. */
  flush(): void {
    for (const [address, seat] of this.#seats) {
      if (!seat.isLeaving) continue
      this.#drop(address, seat)
      if (this.#isOpen) this.#parts.tell({ type: 'leave', address })
    }
  }

  /** The link is open; all addresses were part of the greeting. */
  welcome(refused: readonly { readonly address: Address; readonly reason: string }[]): void {
    this.#isOpen = true
    const reasons = new Map(refused.map(({ address, reason }) => [address, reason]))
    for (const address of this.all()) {
      const reason = reasons.get(address)
      if (reason === undefined) this.#open(address)
      else this.refused(address, reason)
    }
  }

  /** One that joined an open link had its way from the first; one that was refused had none. */
  joined(address: Address): void {
    if (this.#seats.get(address)?.refusals !== 0) this.#open(address)
  }

  refused(address: Address, reason: string): void {
    const seat = this.#seats.get(address)
    if (seat === undefined) return
    const { clock, retryMs, tell } = this.#parts
    const times = ++seat.refusals
    const delayMs = retryMs * Math.min(retryGrowthMax, 2 ** (times - 1))
    seat.retry = clock.setTimer(() => tell({ type: 'join', address }), delayMs)
    this.#parts.refused(address, reason, times)
  }

  /** The link broke: all addresses will be part of the next greeting. */
  lost(): void {
    this.#isOpen = false
    for (const [address, seat] of this.#seats) {
      if (seat.isLeaving) this.#drop(address, seat)
      else if (seat.retry !== undefined) this.#parts.clock.clearTimer(seat.retry)
    }
  }

  close(): void {
    for (const [address, seat] of this.#seats) this.#drop(address, seat)
  }

  #open(address: Address): void {
    const seat = this.#seats.get(address)
    if (seat === undefined) return
    seat.refusals = 0
    this.#parts.opened(address)
  }

  #drop(address: Address, seat: Seat): void {
    this.#seats.delete(address)
    if (seat.retry !== undefined) this.#parts.clock.clearTimer(seat.retry)
  }
}
