/** Work that goes on until the test says how it ends; it may be run several times. */
export class Held<Value = string> {
  /** The signals of its runs, in the order in which they began. */
  readonly signals: AbortSignal[] = []
  readonly #isDeaf: boolean
  readonly #runs: { resolve: (value: Value) => void; reject: (error: unknown) => void }[] = []

  /** Deaf work goes on when it is aborted. */
  constructor({ isDeaf = false }: { readonly isDeaf?: boolean } = {}) {
    this.#isDeaf = isDeaf
  }

  /** What to hand over as a job. Ends by itself, with its reason, when it is aborted. */
  readonly work = (signal: AbortSignal): Promise<Value> => {
    this.signals.push(signal)
    return new Promise((resolve, reject) => {
      this.#runs.push({ resolve, reject })
      if (this.#isDeaf) return
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }

  /** How often it was begun. */
  get started(): number {
    return this.#runs.length
  }

  /** Lets the latest run return the value. */
  finish(value: Value): void {
    this.#latest().resolve(value)
  }

  /** Lets the latest run throw the error. */
  fail(error: unknown): void {
    this.#latest().reject(error)
  }

  #latest() {
    const run = this.#runs.at(-1)
    if (run === undefined) throw new Error('the work has not begun')
    return run
  }
}
