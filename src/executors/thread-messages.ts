import type { CallTask } from '../actors/calls.ts'

/** What a thread and its runner say to each other; `thread-entry.js` speaks the same. */
export type FromThread =
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'started' }
  | { readonly type: 'returned'; readonly value: unknown }
  | { readonly type: 'threw'; readonly error: ThrownError }
  | { readonly type: 'threwValue'; readonly value: unknown }

/** An error in parts, because a copied error keeps neither its own name nor its code. */
export interface ThrownError {
  readonly name: string
  readonly message: string
  readonly stack?: string
  readonly code?: string
}

/** What the thread gets to begin with. */
export interface ThreadWork {
  readonly url: string
  readonly input: unknown
  readonly task: CallTask
}

/** The error that was thrown in the thread, as an Error of this side. */
export function toError(thrown: ThrownError): Error {
  const error = new Error(thrown.message)
  if (thrown.stack !== undefined) error.stack = thrown.stack
  for (const key of ['name', 'code'] as const) {
    if (thrown[key] !== undefined) {
      Object.defineProperty(error, key, { value: thrown[key], configurable: true, writable: true })
    }
  }
  return error
}
