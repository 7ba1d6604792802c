import type { Clock, OpenedStorage } from '../actors/ports.ts'
import { encoded, Texts } from './texts.ts'

/**
 * Keeps records as long as this object lives: for actors that are restarted inside one process.
 * Values are encoded and decoded, as a disk would do.
 */
export class MemoryStore {
  readonly #clock: Pick<Clock, 'soon'>
  readonly #texts = new Texts()

  constructor(clock: Pick<Clock, 'soon'>) {
    this.#clock = clock
  }

  /** What is kept now, and the way to keep more. */
  open(): OpenedStorage {
    return {
      storage: {
        write: (changes, done) => {
          this.#texts.apply(encoded(changes))
          this.#clock.soon(done)
        },
        close: async () => {},
      },
      records: this.#texts.records(),
      damages: [],
    }
  }
}
