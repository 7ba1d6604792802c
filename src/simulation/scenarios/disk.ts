import type { Clock, OpenedStorage } from '../../actors/ports.ts'
import { encoded, Texts } from '../../storage/texts.ts'

/**
 * The disk of a machine: what is written is there after a while, and only if whoever writes it
 * lives until then. Values are encoded and decoded.
 */
export class ScenarioDisk {
  readonly #delayMs: number
  readonly #texts = new Texts()

  constructor(delayMs: number) {
    this.#delayMs = delayMs
  }

  /** For a process; its clock stops when it dies. */
  open(clock: Clock): OpenedStorage {
    return {
      storage: {
        write: (changes, done) => {
          const write = encoded(changes)
          clock.setTimer(() => {
            this.#texts.apply(write)
            done()
          }, this.#delayMs)
        },
        close: async () => {},
      },
      records: this.#texts.records(),
      damages: [],
    }
  }
}
