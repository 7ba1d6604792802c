import type { TaskInfo, TaskState, TaskStatus } from '../../messages/index.ts'
import type { TaskRecord } from '../../model/ledger/records.ts'
import { toResources } from '../../model/resources/quantities.ts'
import { withoutData, withStatus } from '../../model/told.ts'
import type { FrameworkPast } from './framework-past.ts'
import { plainTask, v1Task } from './task-json.ts'

/** What is known of a task from the beginning. */
export interface TaskOrigin {
  readonly info: TaskInfo
  readonly frameworkId: string
  readonly role: string
  /** That of a command is named like its task, and is nobody else's affair. */
  readonly executorId: string
}

/**
 * A task as it stood at one moment. It is replaced, never changed: whoever has taken it for an
 * answer may go on reading it. Its texts are made when somebody asks for them, and then kept,
 * because most tasks are read more often than they change.
 */
export class TaskVersion {
  readonly origin: TaskOrigin
  /** The newest state known, which may be ahead of the statuses. */
  readonly state: TaskState
  /** Oldest first, without their data. */
  readonly statuses: readonly TaskStatus[]
  /** The last status that has to be acknowledged. */
  readonly delivered: TaskStatus | undefined
  #v1: string | undefined
  #plain: string | undefined

  constructor(
    origin: TaskOrigin,
    state: TaskState,
    statuses: readonly TaskStatus[] = [],
    delivered?: TaskStatus,
  ) {
    this.origin = origin
    this.state = state
    this.statuses = statuses
    this.delivered = delivered
  }

  get taskId(): string {
    return this.origin.info.taskId
  }

  /**
   * The task after a status; itself when nothing of it is new.
   */
  updated(state: TaskState, status: TaskStatus): TaskVersion {
    const { origin, statuses, delivered } = this
    if (status.uuid !== undefined && status.uuid === delivered?.uuid) {
      return state === this.state ? this : new TaskVersion(origin, state, statuses, delivered)
    }
    const kept = withoutData(status)
    const told = status.uuid === undefined ? delivered : kept
    return new TaskVersion(origin, state, withStatus(statuses, kept), told)
  }

  /** Its JSON in the API: Mesos' `Task`. */
  get v1(): string {
    this.#v1 ??= JSON.stringify(v1Task(this))
    return this.#v1
  }

  /** Its JSON in the plain endpoints. */
  get plain(): string {
    this.#plain ??= JSON.stringify(plainTask(this))
    return this.#plain
  }
}

/** The version of a task of the book; made of what the book has, if nothing else is known. */
export function versionOf(past: FrameworkPast | undefined, record: TaskRecord): TaskVersion {
  const known = past?.tasks.get(record.id)
  if (known !== undefined) return known
  const { id: taskId, name, agentId, frameworkId, role, executorId, resources } = record
  const { state, forwarded } = record
  const info = { taskId, name, agentId, resources: toResources(resources) }
  const origin = { info, frameworkId, role, executorId }
  return new TaskVersion(origin, state, forwarded && [forwarded], forwarded)
}
