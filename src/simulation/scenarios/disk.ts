import type { Clock, OpenedStorage, StoredChanges } from '../../actors/ports.ts'

/**
 * The disk of a machine: what is written is there after a while, and only if whoever writes it
 * lives until then. Values are encoded and decoded.
 */
export class ScenarioDisk {
  readonly #delayMs: number
  readonly #values = new Map<string, string>()

  constructor(delayMs: number) {
    this.#delayMs = delayMs
  }

  /** For a process; its clock stops when it dies. */
  open(clock: Clock): OpenedStorage {
    return {
      storage: {
        write: (changes, done) => {
          const texts = encoded(changes)
          clock.setTimer(() => {
            this.#apply(texts)
            done()
          }, this.#delayMs)
        },
        close: async () => {},
      },
      records: new Map([...this.#values].map(([key, text]) => [key, JSON.parse(text)])),
      damages: [],
    }
  }

  #apply(texts: ReadonlyMap<string, string | undefined>): void {
    for (const [key, text] of texts) {
      if (text === undefined) this.#values.delete(key)
      else this.#values.set(key, text)
    }
  }
}

/** What is given may change afterwards. */
function encoded(changes: StoredChanges): Map<string, string | undefined> {
  return new Map(
    [...changes].map(([key, value]) => [
      key,
      value === undefined ? undefined : JSON.stringify(value),
    ]),
  )
}
