import type { Resources, TaskState, TaskStatus } from '../../messages/index.ts'
import { isTerminal } from '../../model/task-states.ts'

/** What is known of one task, for those who look on. */
export interface TaskRow {
  readonly framework: string
  readonly id: string
  readonly resources: Resources
  /** Absent while it waits for resources. */
  state?: TaskState
  agentId?: string
  /** Milliseconds since the epoch. */
  startedAtMs?: number
  endedAtMs?: number
  sandbox?: string
  message?: string
  healthy?: boolean
  /** From 0 to 1, when the task says how far it is. */
  progress?: number
}

export interface TaskCounts {
  readonly all: number
  waiting: number
  running: number
  finished: number
  /** Ended in any other way than finished. */
  failed: number
}

/** The tasks somebody looks on at: their rows in the order of arrival, and how many are how. */
export class TaskBoard {
  readonly #rows = new Map<string, TaskRow>()

  add(row: TaskRow): void {
    this.#rows.set(`${row.framework}/${row.id}`, row)
  }

  /** A new state of a task that was added. */
  note(framework: string, id: string, status: TaskStatus): void {
    const row = this.#rows.get(`${framework}/${id}`)
    if (row === undefined) return
    const { state, agentId, sandbox, message, timestampMs, healthy } = status
    row.state = state
    if (agentId !== undefined) row.agentId = agentId
    if (sandbox !== undefined) row.sandbox = sandbox
    if (healthy !== undefined) row.healthy = healthy
    if (message === undefined) delete row.message
    else row.message = message
    if (state === 'TASK_RUNNING') row.startedAtMs ??= timestampMs
    if (isTerminal(state)) row.endedAtMs = timestampMs
    // It is tried again: what the last try left is over.
    else if (state === 'TASK_STAGING') {
      delete row.startedAtMs
      delete row.endedAtMs
    }
  }

  rows(): readonly TaskRow[] {
    return [...this.#rows.values()]
  }

  counts(): TaskCounts {
    const counts = { all: this.#rows.size, waiting: 0, running: 0, finished: 0, failed: 0 }
    for (const { state } of this.#rows.values()) {
      if (state === undefined) counts.waiting++
      else if (!isTerminal(state)) counts.running++
      else if (state === 'TASK_FINISHED') counts.finished++
      else counts.failed++
    }
    return counts
  }
}
