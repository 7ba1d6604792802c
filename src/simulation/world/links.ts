import type { Link } from '../../actors/ports.ts'
import type { SimulatedProcess } from './process.ts'

/** Who wants to hear that its way to the master is open again. */
export class Links {
  readonly #listeners = new Map<SimulatedProcess, Set<() => void>>()

  linkOf(process: SimulatedProcess): Link {
    return {
      onOpen: (_address, callback) => {
        const callbacks = this.#listeners.get(process) ?? new Set()
        this.#listeners.set(process, callbacks.add(callback))
        return () => callbacks.delete(callback)
      },
    }
  }

  /** The way of a process is open again: it hears so before anything else that comes along. */
  reopen(process: SimulatedProcess): void {
    process.run(() => {
      for (const callback of this.#listeners.get(process) ?? []) callback()
    })
  }

  forget(process: SimulatedProcess): void {
    this.#listeners.delete(process)
  }
}
