import type { CallTask } from '../../actors/calls.ts'
import type { Resources } from '../../messages/index.ts'
import type { Deferred } from '../deferred.ts'

/** Resources that are held until they are released: a semaphore over several resources at once. */
export class Lease {
  readonly agentId: string
  readonly resources: Resources
  /** The ports among the resources, one by one, the smallest first. */
  readonly ports: readonly number[]
  /** Aborts when the lease is taken away: its tenant is closed, or somebody killed it. */
  readonly signal: AbortSignal
  readonly #released: Deferred<void>

  constructor(task: CallTask, signal: AbortSignal, released: Deferred<void>) {
    this.agentId = task.agentId
    this.resources = task.resources
    this.ports = task.ports
    this.signal = signal
    this.#released = released
  }

  /** Gives the resources back. Harmless when it was done already. */
  release(): void {
    this.#released.resolve()
  }

  [Symbol.dispose](): void {
    this.release()
  }
}
