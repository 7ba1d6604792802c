import type { Clock, Timer } from './ports.ts'

/** Longest stretch of work between two looks at the event loop, so that sockets and timers live. */
const sliceMs = 8

/** Node fires a timer at once that is to wait for longer than this (25 days). */
const longestWaitMs = 2 ** 31 - 1

/** The wall clock and Node's event loop. */
export class RealClock implements Clock {
  readonly #timers = new Map<number, NodeJS.Timeout>()
  readonly #immediate = new Set<number>()
  #soon: (() => void)[] = []
  #nextTimer = 1
  #scheduled = false

  now(): number {
    return Date.now()
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const id = this.#nextTimer++
    if (delayMs <= 0) return this.#setImmediate(id, callback)
    this.#arm(id, callback, delayMs)
    return { id }
  }

  clearTimer({ id }: Timer): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    this.#immediate.delete(id)
  }

  soon(callback: () => void): void {
    this.#soon.push(callback)
    this.#schedule()
  }

  /** A long wait is several, one after the other. */
  #arm(id: number, callback: () => void, delayMs: number): void {
    const waitMs = Math.min(delayMs, longestWaitMs)
    const expire = (): void => {
      if (waitMs < delayMs) return this.#arm(id, callback, delayMs - waitMs)
      this.#timers.delete(id)
      callback()
    }
    this.#timers.set(id, setTimeout(expire, waitMs))
  }

  /** Node waits a millisecond at least; what is due now should not. */
  #setImmediate(id: number, callback: () => void): Timer {
    this.#immediate.add(id)
    this.soon(() => {
      if (this.#immediate.delete(id)) callback()
    })
    return { id }
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#run())
  }

  #run(): void {
    const until = performance.now() + sliceMs
    const callbacks = this.#soon
    this.#soon = []
    this.#scheduled = false
    let done = 0
    try {
      while (done < callbacks.length && performance.now() < until) callbacks[done++]?.()
    } finally {
      if (done < callbacks.length) {
        this.#soon = [...callbacks.slice(done), ...this.#soon]
        this.#schedule()
      }
    }
  }
}
