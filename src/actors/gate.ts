import type { Storage } from './ports.ts'

export interface GateOptions<Output> {
  readonly storage: Storage
  /** What is to be kept under a key now; nothing when the key is to be taken away. */
  readonly recordOf: (key: string) => unknown
  /** Lets out what an actor wants to do and say. */
  readonly release: (output: Output) => void
  /** Nothing can be promised any more: what is held back is never let out. */
  readonly fail: (error: Error) => void
}

/**
 * Holds back what an actor does and says until everything it knew at that time is safe, so that
 * nobody ever acts on what its next life would not remember. While one write is on its way, all
 * that happens is gathered for the next: the order stays, and a crowd costs one write.
 */
export class Gate<Output> {
  readonly #options: GateOptions<Output>
  readonly #changed = new Set<string>()
  #held: Output[] = []
  #state: 'idle' | 'writing' | 'closed' = 'idle'

  constructor(options: GateOptions<Output>) {
    this.#options = options
  }

  /** What lies under these keys has changed. */
  note(keys: readonly string[]): void {
    for (const key of keys) this.#changed.add(key)
  }

  /** Lets an output out as soon as all that was noted before is safe: at once, when it is. */
  pass(output: Output): void {
    if (this.#state === 'closed') return
    if (this.#state === 'idle' && this.#changed.size === 0) {
      return this.#options.release(output)
    }
    this.#held.push(output)
    if (this.#state === 'idle') this.#write()
  }

  /** What is held back is never let out. */
  close(): void {
    this.#state = 'closed'
    this.#held = []
  }

  #write(): void {
    const { storage, recordOf, fail } = this.#options
    const held = this.#held
    const changes = new Map<string, unknown>()
    for (const key of this.#changed) changes.set(key, recordOf(key))
    this.#held = []
    this.#changed.clear()
    this.#state = 'writing'
    storage.write(changes, (error) => {
      if (this.#state === 'closed') return
      if (error === undefined) return this.#written(held)
      this.close()
      fail(error)
    })
  }

  #written(held: readonly Output[]): void {
    for (const output of held) if (this.#state !== 'closed') this.#options.release(output)
    if (this.#state === 'closed') return
    if (this.#changed.size > 0 || this.#held.length > 0) this.#write()
    else this.#state = 'idle'
  }
}
