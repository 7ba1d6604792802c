import type { Resources, TaskState, TaskStatus } from '../../messages/index.ts'
import { portsOf } from '../../model/resources/ports.ts'
import { Deferred } from '../deferred.ts'
import { checkDuration } from '../task-request.ts'
import type { Locality } from './job.ts'

/** How a task ended. */
export interface TaskResult {
  readonly id: string
  readonly name: string
  readonly state: TaskState
  /** Exit code of a process; absent when it was ended by a signal or never ran. */
  readonly exitCode?: number
  readonly signal?: string
  readonly reason?: string
  readonly message?: string
  /** Folder with `stdout`, `stderr` and whatever the task left; commands only. */
  readonly sandbox?: string
  readonly agentId?: string
  /** Whether it ran on an agent that it preferred; only of jobs that prefer some, once launched. */
  readonly locality?: Locality
  /** How often it was launched. */
  readonly attempts: number
  /** Milliseconds since the epoch: when it was submitted, began to run, and ended. */
  readonly queuedAtMs: number
  readonly startedAtMs?: number
  readonly endedAtMs: number
}

/** What a handle needs from its tenant. */
export interface TaskOwner {
  now(): number
  kill(graceMs: number | undefined): void
  resources(): Resources | undefined
}

/** A task that was handed to a tenant. */
export class TaskHandle {
  readonly id: string
  readonly name: string
  readonly #owner: TaskOwner
  readonly #queuedAtMs: number
  readonly #history: TaskStatus[] = []
  #result: TaskResult | undefined
  #done: Deferred<TaskResult> | undefined
  #changed: Deferred<void> | undefined

  constructor(id: string, name: string, owner: TaskOwner) {
    this.id = id
    this.name = name
    this.#owner = owner
    this.#queuedAtMs = owner.now()
  }

  /** The latest state; nothing while the task waits for resources. */
  get state(): TaskState | undefined {
    return this.#history.at(-1)?.state
  }

  /** The latest status; nothing while the task waits for resources. */
  get status(): TaskStatus | undefined {
    return this.#history.at(-1)
  }

  /** What it holds, or held when it ended; nothing while it waits. */
  get resources(): Resources | undefined {
    return this.#owner.resources()
  }

  /** The ports among its resources one by one, the smallest first; none while it waits. */
  get ports(): readonly number[] {
    return portsOf(this.resources ?? {})
  }

  /** Resolves when the task has ended, however it ended; never rejects. */
  get done(): Promise<TaskResult> {
    if (this.#done === undefined) {
      this.#done = new Deferred()
      if (this.#result !== undefined) this.#done.resolve(this.#result)
    }
    return this.#done.promise
  }

  /** Every state from the first to the last; each loop sees them all. */
  get updates(): AsyncIterable<TaskStatus> {
    return { [Symbol.asyncIterator]: () => this.#iterate() }
  }

  /** Asks it to end; forced after `graceMs` (by default what the task itself allows). */
  kill(options: { readonly graceMs?: number } = {}): void {
    checkDuration(`task ${this.id}`, 'graceMs', options.graceMs)
    if (this.#result === undefined) this.#owner.kill(options.graceMs)
  }

  /** A new state, or the old one again, which is no news; called by the tenant alone. */
  note(status: TaskStatus): void {
    if (status.reason === 'RECONCILIATION' && status.state === this.state) return
    this.#history.push(status)
    this.#announce()
  }

  /** The end; called by the tenant alone. */
  end(status: TaskStatus, attempts: number, locality?: Locality): void {
    const { state, exitCode, signal, reason, message, sandbox, agentId } = status
    const startedAtMs = this.#history.find((past) => past.state === 'TASK_RUNNING')?.timestampMs
    this.#result = {
      id: this.id,
      name: this.name,
      state,
      attempts,
      queuedAtMs: this.#queuedAtMs,
      endedAtMs: this.#owner.now(),
      ...(exitCode !== undefined && { exitCode }),
      ...(signal !== undefined && { signal }),
      ...(reason !== undefined && { reason }),
      ...(message !== undefined && { message }),
      ...(sandbox !== undefined && { sandbox }),
      ...(agentId !== undefined && { agentId }),
      ...(locality !== undefined && { locality }),
      ...(startedAtMs !== undefined && { startedAtMs }),
    }
    this.#history.push(status)
    this.#done?.resolve(this.#result)
    this.#announce()
  }

  #announce(): void {
    const changed = this.#changed
    this.#changed = undefined
    changed?.resolve()
  }

  async *#iterate(): AsyncGenerator<TaskStatus> {
    for (let seen = 0; ; seen++) {
      while (seen === this.#history.length) {
        if (this.#result !== undefined) return
        this.#changed ??= new Deferred()
        await this.#changed.promise
      }
      const status = this.#history[seen]
      if (status !== undefined) yield status
    }
  }
}
