import type { RandomStream } from '../random-stream.ts'
import { type Faults, usualDelayMs } from './faults.ts'
import type { Fate } from './network.ts'

/** What the network is like at present. Names are those of processes. */
export class Conditions {
  readonly #stream: RandomStream
  #faults: Pick<Faults, 'delayMaxMs' | 'loss' | 'twice'>
  readonly #cuts = new Set<string>()

  constructor(stream: RandomStream, faults: Faults) {
    this.#stream = stream
    this.#faults = faults
  }

  /**
   * A lost message leaves no trace: nobody is told. That is one notch weaker than connections,
   * which lose messages only when they break.
   */
  fateOf(from: string, to: string): Fate {
    const { delayMaxMs, loss, twice } = this.#faults
    const delayMs = this.#stream.integer(0, delayMaxMs)
    if (this.#cuts.size > 0 && this.#cuts.has(`${from} ${to}`)) {
      return { delayMs, lost: 'partition' }
    }
    if (this.#stream.chance(loss)) return { delayMs, lost: 'chance' }
    return this.#stream.chance(twice) ? { delayMs, isTwice: true } : { delayMs }
  }

  /** Nothing goes this way until it is mended. */
  cut(from: string, to: string): void {
    this.#cuts.add(`${from} ${to}`)
  }

  mend(from: string, to: string): void {
    this.#cuts.delete(`${from} ${to}`)
  }

  /** From now on it is a good network. */
  heal(): void {
    this.#cuts.clear()
    this.#faults = { delayMaxMs: usualDelayMs, loss: 0, twice: 0 }
  }
}
