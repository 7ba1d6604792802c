interface Watch {
  readonly callbacks: Set<() => void>
  readonly ring: () => void
}

/**
 * Who is to be told when a signal aborts. One signal may end thousands of jobs, and Node suspects
 * a leak at the eleventh listener: so each signal gets a single one.
 */
export class Signals {
  readonly #watches = new WeakMap<AbortSignal, Watch>()

  /** Calls back once when the signal aborts; at once when it has. */
  add(signal: AbortSignal | undefined, callback: () => void): void {
    if (signal === undefined) return
    if (signal.aborted) return callback()
    const watch = this.#watches.get(signal) ?? this.#listen(signal)
    watch.callbacks.add(callback)
  }

  /** Forgets a callback. */
  remove(signal: AbortSignal | undefined, callback: () => void): void {
    const watch = signal && this.#watches.get(signal)
    if (signal === undefined || watch === undefined) return
    watch.callbacks.delete(callback)
    if (watch.callbacks.size > 0) return
    this.#watches.delete(signal)
    signal.removeEventListener('abort', watch.ring)
  }

  #listen(signal: AbortSignal): Watch {
    const callbacks = new Set<() => void>()
    const ring = (): void => {
      for (const callback of callbacks) callback()
      this.#watches.delete(signal)
    }
    const watch = { callbacks, ring }
    this.#watches.set(signal, watch)
    signal.addEventListener('abort', ring, { once: true })
    return watch
  }
}
