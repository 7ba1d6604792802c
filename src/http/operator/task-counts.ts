import type { TaskState, TaskStatus } from '../../messages/index.ts'
import { isTerminal } from '../../model/task-states.ts'
import { count } from './count.ts'

/** How many tasks there are in each state, and how many came to which end, since the start. */
export class TaskCounts {
  readonly #living = new Map<TaskState, number>()
  readonly #ended = new Map<TaskState, number>()
  /** By the name of Mesos' metric: `task_failed/source_executor/reason_command_executor_failed`. */
  readonly #reasons = new Map<string, number>()

  added(state: TaskState): void {
    count(this.#living, state, 1)
  }

  moved(from: TaskState, to: TaskState, status?: TaskStatus): void {
    if (from === to) return
    count(this.#living, from, -1)
    count(this.#living, to, 1)
    if (!isTerminal(to) || isTerminal(from)) return
    count(this.#ended, to, 1)
    const reason = status?.reason ?? status?.carried?.reason
    if (status?.state !== to || typeof reason !== 'string') return
    count(this.#reasons, nameOf(status, reason), 1)
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

/** Mesos' metrics still speak of slaves, and only of ends for which there is a reason. */
function nameOf({ state, source }: TaskStatus, reason: string): string {
  const why = reason.replace(/^REASON_/, '').replace(/^AGENT_/, 'SLAVE_')
  const who = source === 'AGENT' ? 'SLAVE' : source
  return `${state}/SOURCE_${who}/REASON_${why}`.toLowerCase()
}
