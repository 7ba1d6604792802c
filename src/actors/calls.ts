import type { TransferListItem } from 'node:worker_threads'
import type { Resources } from '../messages/index.ts'

/** What a function is told about the task that it does. */
export interface CallTask {
  readonly taskId: string
  readonly agentId: string
  /** What it holds; nobody else has it meanwhile. */
  readonly resources: Resources
  /** The ports among the resources, one by one, the smallest first. */
  readonly ports: readonly number[]
}

/**
 * Work of a FUNCTION task. `signal` aborts when the task is asked to end. A function that declares
 * no parameter (`run.length` is 0) gets a signal that never aborts, because making one costs more
 * than all the rest of a task.
 */
export interface FunctionCall {
  readonly kind: 'function'
  run(signal: AbortSignal, task: CallTask): unknown
}

/**
 * Work of a THREAD task: the default export of the module, called as `(input, { signal, task })`
 * in a worker thread. `url` is a file URL or path. `input` is copied (structured clone) to the
 * thread, except what `transfer` lists: that moves there and is no longer usable here.
 */
export interface ModuleCall {
  readonly kind: 'module'
  readonly url: URL | string
  readonly input: unknown
  readonly transfer?: readonly TransferListItem[]
}

export type Call = FunctionCall | ModuleCall

/** How a call ended: what it returned, or the very thing it threw. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown }

/**
 * Work that cannot travel in a JSON message stays here, in the process that has both its framework
 * and its agent; `data` of a task carries the id under which it is found.
 */
export class Calls {
  readonly #calls = new Map<string, { readonly call: Call; outcome: Outcome | undefined }>()
  #count = 0

  /** Keeps a call until it is taken; returns its id. */
  add(call: Call): string {
    this.#count += 1
    const id = `call-${this.#count}`
    this.#calls.set(id, { call, outcome: undefined })
    return id
  }

  find(id: string): Call | undefined {
    return this.#calls.get(id)?.call
  }

  /** Notes how a call ended; the last run of a call that ran again counts. Ignores taken calls. */
  settle(id: string, outcome: Outcome): void {
    const entry = this.#calls.get(id)
    if (entry !== undefined) entry.outcome = outcome
  }

  /** Returns the outcome, or nothing when the call never came to one, and forgets the call. */
  take(id: string): Outcome | undefined {
    const entry = this.#calls.get(id)
    this.#calls.delete(id)
    return entry?.outcome
  }

  /** How many calls are kept. */
  get size(): number {
    return this.#calls.size
  }
}
