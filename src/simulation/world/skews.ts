import type { RandomStream } from '../random-stream.ts'
import { type Skew, trueTime } from './process.ts'

/** Clocks are fast or slow by up to this part. */
const driftMax = 0.01

/** How the clocks of machines go wrong, each in its own way for as long as the world lasts. */
export class Skews {
  readonly #stream: RandomStream
  readonly #aheadMaxMs: number
  readonly #known = new Map<string, Skew>()

  constructor(stream: RandomStream, aheadMaxMs: number) {
    this.#stream = stream
    this.#aheadMaxMs = aheadMaxMs
  }

  of(hostname: string): Skew {
    const known = this.#known.get(hostname) ?? this.#draw()
    this.#known.set(hostname, known)
    return known
  }

  #draw(): Skew {
    if (this.#aheadMaxMs === 0) return trueTime
    const rate = 1 + driftMax * (2 * this.#stream.next() - 1)
    return { aheadMs: this.#stream.integer(0, this.#aheadMaxMs), rate }
  }
}
