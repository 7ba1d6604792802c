import type { TaskState, TaskStatus } from '../../messages/index.ts'
import { isTerminal } from '../../model/task-states.ts'

/** How many tasks there are in each state, and how many came to which end, since the start. */
export class TaskCounts {
  readonly #living = new Map<TaskState, number>()
  readonly #ended = new Map<TaskState, number>()
  /** By the name of Mesos' metric: `task_failed/source_executor/reason_command_executor_failed`. */
  readonly #reasons = new Map<string, number>()

  added(state: TaskState): void {
    count(this.#living, state, 1)
  }

  moved(from: TaskState, to: TaskState, status: TaskStatus | undefined): void {
    if (from === to) return
    count(this.#living, from, -1)
    count(this.#living, to, 1)
    if (!isTerminal(to) || isTerminal(from)) return
    count(this.#ended, to, 1)
    if (status !== undefined && status.state === to) count(this.#reasons, reasonOf(status), 1)
  }

  /** It is no part of the book any more. */
  removed(state: TaskState): void {
    count(this.#living, state, -1)
  }

  living(state: TaskState): number {
    return this.#living.get(state) ?? 0
  }

  ended(state: TaskState): number {
    return this.#ended.get(state) ?? 0
  }

  get reasons(): ReadonlyMap<string, number> {
    return this.#reasons
  }
}

function count<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by)
}

function reasonOf({ state, source, reason }: TaskStatus): string {
  const end = `task_${state.slice('TASK_'.length).toLowerCase()}/source_${source.toLowerCase()}`
  return reason === undefined ? end : `${end}/reason_${reason.toLowerCase()}`
}
