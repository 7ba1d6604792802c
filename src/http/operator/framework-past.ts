import type { FrameworkInfo, TaskStatus } from '../../messages/index.ts'
import { isTerminal } from '../../model/task-states.ts'
import { Ring } from './ring.ts'
import { TaskCounts } from './task-counts.ts'
import type { TaskVersion } from './task-version.ts'

/** Where a framework's scheduler stood when its history was written last. */
export interface Standing {
  readonly state: string
  readonly address: string
}

/** What is known of a framework beyond the master's book, in milliseconds since the epoch. */
export class FrameworkPast {
  readonly id: string
  /** As it was when the book knew it last. */
  info: FrameworkInfo | undefined
  readonly registeredAtMs: number
  reregisteredAtMs: number | undefined
  unregisteredAtMs: number | undefined
  standing: Standing
  /** Tasks that are in the book, by id. */
  readonly tasks = new Map<string, TaskVersion>()
  readonly counts = new TaskCounts()
  /** The last that left it. */
  readonly completed: Ring<TaskVersion>

  constructor(id: string, atMs: number, standing: Standing, completedTasksMax: number) {
    this.id = id
    this.registeredAtMs = atMs
    this.standing = standing
    this.completed = new Ring(completedTasksMax)
  }

  /** Its scheduler came back, if the standing says so, or another one took its place. */
  stands(standing: Standing, atMs: number): void {
    const { state, address } = this.standing
    const isBack = state !== 'connected' || address !== standing.address
    if (standing.state === 'connected' && isBack) this.reregisteredAtMs = atMs
    this.standing = standing
  }
}

/** A framework that is gone for good. */
export interface CompletedFramework {
  readonly info: FrameworkInfo
  readonly past: FrameworkPast
}

/** What became of a task of a framework that left: the agents are asked to kill it. */
export function endedWith(frameworkId: string, task: TaskVersion, atMs: number): TaskVersion {
  if (isTerminal(task.state)) return task
  const status: TaskStatus = {
    taskId: task.taskId,
    state: 'TASK_KILLED',
    source: 'MASTER',
    reason: 'FRAMEWORK_REMOVED',
    message: `Framework ${frameworkId} removed`,
    agentId: task.origin.info.agentId,
    timestampMs: atMs,
  }
  return task.updated('TASK_KILLED', status)
}
