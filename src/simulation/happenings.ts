import type { Envelope, TaskInfo, TaskStatus } from '../messages/index.ts'

/** One message on its way. `number` counts the messages of its ordered pair of addresses. */
export interface Passage {
  readonly envelope: Envelope
  readonly number: number
  /** The message as it travels, encoded. */
  readonly text: string
}

/**
 * What the world tells its observers, in the order in which it happens. A message is `delivered`
 * just before its receiver takes the step that it causes.
 */
export type Happening =
  | ({ readonly type: 'sent' | 'delivered' } & Passage)
  /** A message that nobody gets, and why. */
  | ({ readonly type: 'lost'; readonly why: Loss } & Passage)
  /** A timer of a process is about to fire; its number among those of the world. */
  | { readonly type: 'fired'; readonly by: string; readonly timer: number }
  /** The work of a task begins or ends on the machine of this name; nobody may know yet. */
  | {
      readonly type: 'work.began' | 'work.ended'
      readonly hostname: string
      readonly task: TaskInfo
    }
  /** A scheduler shows its owner an update; `instance` counts the schedulers of the framework. */
  | {
      readonly type: 'shown'
      readonly to: string
      readonly instance: number
      readonly status: TaskStatus
    }
  | { readonly type: 'marked'; readonly name: string; readonly detail: string; readonly by: string }
  /** A fault, or its end; `kind` as `crash` or `partition`, `detail` for people. */
  | { readonly type: 'fault' | 'repair'; readonly kind: string; readonly detail: string }
  /** An actor ended that nobody had asked to: a bug. */
  | { readonly type: 'broken'; readonly by: string; readonly reason: string }

/** Whether the master dies: what it told nobody its successor may not know. */
export function isMasterDeath(happening: Happening): boolean {
  return happening.type === 'fault' && masterDeaths.has(happening.kind)
}

const masterDeaths: ReadonlySet<string> = new Set(['master-crash', 'master-loss'])

/** Why a message is not delivered: chance, a broken link, or because nobody lives there. */
export type Loss = 'chance' | 'partition' | 'break' | 'absence'

export interface Timed {
  readonly atMs: number
  readonly happening: Happening
}

export type Witness = (happening: Happening, atMs: number) => void
