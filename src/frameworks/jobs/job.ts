import type { Resources, TaskStatus } from '../../messages/index.ts'
import { type Quantities, toQuantities } from '../../model/resources/quantities.ts'
import type { UnplacedTask } from '../task-request.ts'
import { type Preference, preferWaitDefaultMs } from './preference.ts'

/** Where a job with a preference ran: on an agent that it preferred, or on any. */
export type Locality = 'preferred' | 'any'

/** A piece of work in the hands of the jobs framework. */
export interface Job {
  readonly id: string
  readonly task: UnplacedTask
  readonly demand: Readonly<Quantities>
  /** Where it would rather run, and how long it waits for that. */
  readonly preference: Preference | undefined
  readonly preferWaitMs: number
  /**
   * Jobs of one shape need the same resources and prefer the same agents for as long: what does
   * not fit one fits none of them.
   */
  readonly shape: string
  /** How often it may be tried again after it failed. */
  retriesLeft: number
  /** How often it was launched so far. */
  attempts: number
  /** `waiting`: in the queue. `launched`: the master has it. `ended`: its handle is settled. */
  phase: 'waiting' | 'launched' | 'ended'
  /** When it last began to wait. */
  queuedAtMs: number
  /** Until then it takes only offers of agents that it prefers. */
  preferUntilMs: number
  taskId: string
  agentId?: string
  /** What its latest launch holds, or held; nothing while it waits. */
  resources: Resources | undefined
  /** Only of jobs with a preference, once they were launched. */
  locality?: Locality
  /** Set when somebody wants it ended, so that it is not tried again. */
  killed: boolean
  /** How long it has to end, if whoever wants that said so. */
  killGraceMs: number | undefined
  /** Who is told of its states. */
  readonly listener: JobListener
}

export interface JobListener {
  updated(status: TaskStatus): void
  ended(status: TaskStatus): void
}

export interface NewJob extends Pick<Job, 'task' | 'listener' | 'preference'> {
  readonly retries: number
  readonly preferWaitMs?: number | undefined
}

/** A job that was not handed to the dispatcher yet. */
export function newJob(id: string, given: NewJob): Job {
  const { task, preference, retries, listener } = given
  const { preferWaitMs = preference === undefined ? 0 : preferWaitDefaultMs } = given
  const needs = JSON.stringify(task.resources)
  return {
    id,
    task,
    demand: toQuantities(task.resources),
    preference,
    preferWaitMs,
    shape: preference === undefined ? needs : `${needs} ${preferWaitMs} ${preference.text}`,
    retriesLeft: retries,
    attempts: 0,
    phase: 'waiting',
    queuedAtMs: 0,
    preferUntilMs: 0,
    taskId: id,
    resources: undefined,
    killed: false,
    killGraceMs: undefined,
    listener,
  }
}
