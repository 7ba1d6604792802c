import type { Link, LinkWatcher } from '../../actors/ports.ts'
import type { SimulatedProcess } from './process.ts'

/** Who wants to hear how its way to the master stands. */
export class Links {
  readonly #watchers = new Map<SimulatedProcess, Set<LinkWatcher>>()

  linkOf(process: SimulatedProcess): Link {
    return {
      watch: (_address, watcher) => {
        const watchers = this.#watchers.get(process) ?? new Set()
        this.#watchers.set(process, watchers.add(watcher))
        return () => watchers.delete(watcher)
      },
    }
  }

  /** The way of a process broke and is open again: it hears so before anything else. */
  reopen(process: SimulatedProcess): void {
    process.run(() => {
      for (const watcher of this.#watchers.get(process) ?? []) {
        watcher.closed()
        watcher.opened()
      }
    })
  }

  forget(process: SimulatedProcess): void {
    this.#watchers.delete(process)
  }
}
