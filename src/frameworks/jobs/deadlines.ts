import type { Clock, Timer } from '../../actors/ports.ts'

interface Batch<Item> {
  readonly items: Set<Item>
  readonly timer: Timer
}

/** Tells when moments come, with one timer for everything that waits for the same one. */
export class Deadlines<Item> {
  readonly #clock: Clock
  readonly #due: (atMs: number, items: ReadonlySet<Item>) => void
  readonly #batches = new Map<number, Batch<Item>>()

  constructor(clock: Clock, due: (atMs: number, items: ReadonlySet<Item>) => void) {
    this.#clock = clock
    this.#due = due
  }

  /** The item is due at this time, in milliseconds of the clock. */
  add(atMs: number, item: Item): void {
    const batch = this.#batches.get(atMs) ?? this.#begin(atMs)
    batch.items.add(item)
  }

  /** Nobody waits any more. */
  clear(): void {
    for (const { timer } of this.#batches.values()) this.#clock.clearTimer(timer)
    this.#batches.clear()
  }

  #begin(atMs: number): Batch<Item> {
    const end = (): void => {
      this.#batches.delete(atMs)
      this.#due(atMs, batch.items)
    }
    const timer = this.#clock.setTimer(end, atMs - this.#clock.now())
    const batch = { items: new Set<Item>(), timer }
    this.#batches.set(atMs, batch)
    return batch
  }
}
