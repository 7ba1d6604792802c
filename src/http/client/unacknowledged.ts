import type { TaskInfo, TaskStatus } from '../../messages/index.ts'
import type { RegisterExecutor } from '../../messages/lifecycle.ts'
import type { AcknowledgeToExecutor } from '../../messages/task.ts'

/**
 * What an executor keeps until its agent has it: its updates, and the tasks of which the agent has
 * none. Both are handed over whenever it subscribes (Mesos: docs/executor-http-api.md, SUBSCRIBE).
 */
export class Unacknowledged {
  readonly #tasks = new Map<string, TaskInfo>()
  readonly #updates = new Map<string, TaskStatus>()
  readonly #waiters: (() => void)[] = []

  launched(task: TaskInfo): void {
    this.#tasks.set(task.taskId, task)
  }

  reported(uuid: string, status: TaskStatus): void {
    this.#updates.set(uuid, status)
  }

  acknowledged({ acknowledgements }: Pick<AcknowledgeToExecutor, 'acknowledgements'>): void {
    for (const { taskId, uuid } of acknowledgements) {
      this.#tasks.delete(taskId)
      this.forget(uuid)
    }
  }

  /** The agent will never take it. */
  forget(uuid: string): void {
    this.#updates.delete(uuid)
    if (this.#updates.size === 0) for (const waiter of this.#waiters.splice(0)) waiter()
  }

  /** The updates in the order in which they were made. */
  get updates(): readonly TaskStatus[] {
    return [...this.#updates.values()]
  }

  /** Resolves when the agent has every update. */
  none(): Promise<void> {
    if (this.#updates.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  /** What a subscription hands over. */
  handedOver(): Pick<RegisterExecutor, 'unacknowledgedTasks' | 'unacknowledgedUpdates'> {
    return {
      unacknowledgedTasks: [...this.#tasks.keys()],
      unacknowledgedUpdates: [...this.#updates.values()],
    }
  }
}
