import { crc32 } from 'node:zlib'

/** How many values there are, and the sum of their check sums. */
export interface SealValue {
  readonly count: number
  readonly sum: number
}

/** Sums stay whole numbers that JSON keeps: 2^32 is more than enough to tell two states apart. */
const modulus = 2 ** 32

/**
 * Knows whether anything is missing or older than it should be. Written with every batch, so that
 * values which are not those of the last batch do not fit it.
 */
export class Seal {
  readonly #checks = new Map<string, number>()
  #sum = 0

  /** Notes that the key has this value now, or none. */
  note(key: string, value: string | undefined): void {
    const before = this.#checks.get(key)
    if (before !== undefined) this.#add(-before)
    if (value === undefined) {
      this.#checks.delete(key)
      return
    }
    const check = crc32(value, crc32(`${key}\0`))
    this.#checks.set(key, check)
    this.#add(check)
  }

  has(key: string): boolean {
    return this.#checks.has(key)
  }

  get value(): SealValue {
    return { count: this.#checks.size, sum: this.#sum }
  }

  #add(check: number): void {
    this.#sum = (this.#sum + check + modulus) % modulus
  }
}
