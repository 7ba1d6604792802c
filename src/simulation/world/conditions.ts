import { MASTER } from '../../messages/index.ts'
import type { RandomStream } from '../random-stream.ts'
import { type Faults, usualDelayMs } from './faults.ts'
import type { Fate } from './network.ts'

/** What the network is like at present. Names are those of processes. */
export class Conditions {
  readonly #stream: RandomStream
  readonly #onBreak: (agent: string) => void
  #faults: Pick<Faults, 'delayMaxMs' | 'loss'>
  readonly #cuts = new Set<string>()

  /** `onBreak` hears when the master could not reach an agent. */
  constructor(stream: RandomStream, faults: Faults, onBreak: (agent: string) => void) {
    this.#stream = stream
    this.#faults = faults
    this.#onBreak = onBreak
  }

  /**
   * A message to an agent is lost only together with its link, which the master notices later, as
   * with any connection; everything else may get lost without a trace.
   */
  fateOf(from: string, to: string): Fate {
    const { delayMaxMs, loss } = this.#faults
    const delayMs = this.#stream.integer(0, delayMaxMs)
    const isCut = this.#cuts.has(`${from} ${to}`)
    if (!isCut && !this.#stream.chance(loss)) return { delayMs }
    if (from === MASTER && to.startsWith('agent/')) this.#onBreak(to)
    return { delayMs, lost: isCut ? 'partition' : 'chance' }
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
    this.#faults = { delayMaxMs: usualDelayMs, loss: 0 }
  }
}
