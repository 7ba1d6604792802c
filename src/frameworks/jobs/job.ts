import type { TaskStatus } from '../../messages/index.ts'
import type { Quantities } from '../../model/resources/quantities.ts'
import type { UnplacedTask } from '../task-request.ts'

/** A piece of work in the hands of the jobs framework. */
export interface Job {
  readonly id: string
  readonly task: UnplacedTask
  readonly demand: Readonly<Quantities>
  /** Jobs of one shape need the same resources: what does not fit one fits none of them. */
  readonly shape: string
  /** How often it may be tried again after it failed. */
  retriesLeft: number
  /** How often it was launched so far. */
  attempts: number
  /** `waiting`: in the queue. `launched`: the master has it. `ended`: its handle is settled. */
  phase: 'waiting' | 'launched' | 'ended'
  taskId: string
  agentId?: string
  /** Set when somebody wants it ended, so that it is not tried again. */
  killed: boolean
  /** Who is told of its states. */
  readonly listener: JobListener
}

export interface JobListener {
  updated(status: TaskStatus): void
  ended(status: TaskStatus): void
}
