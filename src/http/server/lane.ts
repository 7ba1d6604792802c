import type { HttpLimits } from './limits.ts'

/** A request that waits for its turn. */
export interface Waiting {
  /** How much it holds in memory, in bytes. */
  readonly bytes: number
  readonly isReady: boolean
  /** Answers it; returns a promise when what follows on the connection has to wait. */
  run(): Promise<void> | undefined
}

/**
 * The requests of one connection: they are carried out one after the other in the order in which
 * they were sent, however long the inflating of a body or an answer takes.
 */
export class Lane {
  readonly #waiting: Waiting[] = []
  #isBusy = false

  /** Whether an answer is under way that others have to wait for. */
  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Whether more waits than one caller may let wait. */
  isFull({ requestsWaitingMax, bodyBytesMax }: HttpLimits): boolean {
    if (this.#waiting.length > requestsWaitingMax) return true
    let bytes = 0
    for (const waiting of this.#waiting) bytes += waiting.bytes
    return bytes > bodyBytesMax * 2
  }

  enter(request: Waiting): void {
    this.#waiting.push(request)
  }

  /** Carries out what is ready and first in the line. */
  advance(): void {
    while (!this.#isBusy && this.#waiting[0]?.isReady === true) {
      const over = this.#waiting.shift()?.run()
      if (over === undefined) continue
      this.#isBusy = true
      void over.then(() => {
        this.#isBusy = false
        this.advance()
      })
    }
  }
}
