import { nextRandom } from '../model/random.ts'

/**
 * A named stream of pseudo-random numbers. Streams of one seed are independent of each other, so
 * that a new fault does not reshuffle the workload.
 */
export class RandomStream {
  #seed: number

  constructor(seed: number, name: string) {
    this.#seed = seed | 0
    for (const sign of name) {
      this.#seed = Math.imul(this.#seed ^ (sign.codePointAt(0) ?? 0), 0x01000193)
      this.next()
    }
  }

  /** A number in [0, 1). */
  next(): number {
    const { value, seed } = nextRandom(this.#seed)
    this.#seed = seed
    return value
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability
  }

  /** A whole number from the first to the second, both included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  /** A whole number around the mean, often less and sometimes several times as much. */
  exponential(mean: number): number {
    return Math.max(1, Math.round(-Math.log(1 - this.next()) * mean))
  }

  /** One of the items; nothing when there is none. */
  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.next() * items.length)]
  }
}
