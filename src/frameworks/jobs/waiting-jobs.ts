import type { Resources } from '../../messages/index.ts'
import type { Line } from './line.ts'
import type { Prefers } from './preference.ts'

/** Jobs of one shape that wait: what fits one of them fits all. */
export interface WaitingJobs {
  readonly count: number
  /** The first of them, in the order in which they will be launched; as many as were asked for. */
  readonly jobs: readonly { readonly id: string; readonly name: string }[]
  /** What each of them needs; `ports` may be a number, how many. */
  readonly demand: Resources
  /** Milliseconds since the epoch: since when the first of them waits. */
  readonly queuedAtMs: number
  readonly prefers?: Prefers
  /** Until then the first of them takes only agents that it prefers; absent when it takes any. */
  readonly preferUntilMs?: number
}

/** The jobs of a line that has some. */
export function waitingJobsOf(line: Line, max: number): WaitingJobs {
  const { first, preference, waiting, takesAny } = line
  return {
    count: waiting,
    jobs: line.list(max).map(({ id, task }) => ({ id, name: task.name })),
    demand: { ...first?.task.resources },
    queuedAtMs: first?.queuedAtMs ?? 0,
    ...(preference !== undefined && { prefers: preference.prefers }),
    ...(first !== undefined && !takesAny && { preferUntilMs: first.preferUntilMs }),
  }
}
