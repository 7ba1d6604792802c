import type { Lanes, Messages } from './lanes.ts'
import type { Glance, Seat } from './seat.ts'

export interface LayoutParts {
  /** The master first, then the agents, then the schedulers. */
  readonly seats: readonly Seat[]
  readonly agents: number
  readonly messages: Messages
  readonly lanes: Lanes
}

/**
 * How a world is a row of numbers: what each seat knows; what is on each lane, to the master and
 * back, for each other seat; and the faults that are left.
 */
export class Layout {
  readonly parts: LayoutParts
  readonly lane0: number
  readonly budgetAt: number
  readonly width: number

  constructor(parts: LayoutParts) {
    this.parts = parts
    const { length } = parts.seats
    this.lane0 = length
    this.budgetAt = length + 2 * (length - 1)
    this.width = this.budgetAt + 1
  }

  get seats(): readonly Seat[] {
    return this.parts.seats
  }

  get laneCount(): number {
    return this.budgetAt - this.lane0
  }

  /** What is to be known of what a seat knows. */
  glance(row: Int32Array, seat: number): Glance {
    const actor = this.parts.seats[seat]
    if (actor === undefined) throw new Error(`there is no seat ${seat}`)
    return actor.glance(row[seat] ?? 0)
  }

  /** The messages on a lane, by number. */
  laneOf(row: Int32Array, lane: number): readonly number[] {
    return this.parts.lanes.itemsOf(row[this.lane0 + lane] ?? 0)
  }

  /** Where the lane from the master to the seat is kept; the one before it leads back. */
  laneTo(seat: number): number {
    return this.lane0 + 2 * (seat - 1) + 1
  }

  budgetOf(row: Int32Array): number {
    return row[this.budgetAt] ?? 0
  }

  withBudget(row: Int32Array, budget: number): Int32Array {
    const copy = row.slice()
    copy[this.budgetAt] = budget
    return copy
  }

  /** Nothing is on its way and nobody has anything urgent to do: time may pass. */
  isQuiet(row: Int32Array): boolean {
    for (let at = this.lane0; at < this.budgetAt; at++) if (row[at] !== 0) return false
    for (let seat = 0; seat < this.lane0; seat++) if (this.glance(row, seat).isBusy) return false
    return true
  }

  /** Whether the master would give this process signs of life. */
  isKnown(row: Int32Array, seat: number): boolean {
    const address = this.seats[seat]?.address ?? ''
    return this.glance(row, 0).connected.includes(address)
  }

  /** Whether pings would find out anything. */
  isMissed(row: Int32Array): boolean {
    if (this.glance(row, 0).isMissing) return true
    for (let seat = 1; seat <= this.parts.agents; seat++) {
      if (this.glance(row, seat).isAbsent && this.isKnown(row, seat)) return true
    }
    return false
  }
}
