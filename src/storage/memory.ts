import type {
  Clock,
  OpenedStorage,
  Storage,
  StoredChanges,
  StoredRecords,
} from '../actors/ports.ts'

/**
 * Keeps records as long as this object lives: for actors that are restarted inside one process.
 * Values are encoded and decoded, as a disk would do.
 */
export class MemoryStore {
  readonly #clock: Pick<Clock, 'soon'>
  readonly #values = new Map<string, string>()

  constructor(clock: Pick<Clock, 'soon'>) {
    this.#clock = clock
  }

  /** What is kept now, and the way to keep more. */
  open(): OpenedStorage {
    return { storage: this.#storage(), records: this.#read(), damages: [] }
  }

  #storage(): Storage {
    return {
      write: (changes, done) => {
        this.#apply(changes)
        this.#clock.soon(done)
      },
      close: async () => {},
    }
  }

  #apply(changes: StoredChanges): void {
    for (const [key, value] of changes) {
      if (value === undefined) this.#values.delete(key)
      else this.#values.set(key, JSON.stringify(value))
    }
  }

  #read(): StoredRecords {
    return new Map([...this.#values].map(([key, value]) => [key, JSON.parse(value)]))
  }
}
