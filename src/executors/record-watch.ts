import { type FSWatcher, watch } from 'node:fs'
import type { KeptRun } from './kept-run.ts'
import type { RunRecords } from './run-records.ts'

/** Rest between looks where the file system tells of changes: only a keeper's end needs them. */
const restMs = 500
/** The same where it does not, or where a process has lost its keeper. */
const shortRestMs = 50

/** Watches the records of runs whose keeper is not this process' own, or is gone. */
export class RecordWatch {
  readonly #records: RunRecords
  readonly #runs = new Map<string, KeptRun>()
  #watcher: FSWatcher | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(records: RunRecords) {
    this.#records = records
  }

  add(run: KeptRun): void {
    this.#runs.set(run.id, run)
    this.#watcher ??= this.#open()
    this.#rest(0)
  }

  remove(run: KeptRun): void {
    this.#runs.delete(run.id)
    if (this.#runs.size > 0) return
    clearTimeout(this.#timer)
    this.#watcher?.close()
    this.#watcher = undefined
  }

  #open(): FSWatcher | undefined {
    try {
      const watcher = watch(this.#records.folder, { persistent: false }, (_, name) => {
        const id = name === null ? undefined : this.#records.idIn(name)
        const run = id === undefined ? undefined : this.#runs.get(id)
        if (run !== undefined) lookAt(run)
      })
      watcher.on('error', () => {
        watcher.close()
        this.#watcher = undefined
      })
      return watcher
    } catch {
      // The system gives away only so many watches; looking more often does it too.
      return undefined
    }
  }

  #rest(delayMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look(), delayMs)
  }

  #look(): void {
    let isUrgent = this.#watcher === undefined
    let isWaiting = false
    for (const run of this.#runs.values()) {
      lookAt(run)
      isWaiting ||= !run.isOver
      isUrgent ||= !run.isOver && !run.isKept
    }
    if (isWaiting) this.#rest(isUrgent ? shortRestMs : restMs)
  }
}

function lookAt(run: KeptRun): void {
  try {
    run.look()
  } catch {
    // Too many open files, for example: nothing is concluded, and the next look may see more.
  }
}
