import type { TaskStatus } from '../messages/index.ts'

/** Something was asked for in a way that cannot work; the message says what to change. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError'
  /** It is right, but not now: what it needs is in use. */
  readonly isConflict: boolean

  constructor(message: string, { isConflict = false }: { readonly isConflict?: boolean } = {}) {
    super(message)
    this.isConflict = isConflict
  }
}

/** The cluster (or tenant) this was asked of is closed or failed. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError'
}

/** What is to be kept cannot be read or written; the message says what to do. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}

/** A task whose result somebody waits for ended without one. */
export class TaskEndedError extends Error {
  override readonly name = 'TaskEndedError'
  /** The task's last status: its state, reason, exit code. */
  readonly status: TaskStatus

  constructor(status: TaskStatus) {
    const why = status.message ?? status.reason
    super(`task ${status.taskId} ended as ${status.state}${why === undefined ? '' : `: ${why}`}`)
    this.status = status
  }
}
