import type { Clock } from '../../actors/ports.ts'
import type { Offer, TaskState, TaskStatus } from '../../messages/index.ts'
import { toQuantities } from '../../model/resources/quantities.ts'
import type { Call } from '../../model/scheduler/book.ts'
import { isTerminal } from '../../model/task-states.ts'
import type { Job } from './job.ts'
import { JobQueue } from './queue.ts'

/** While nothing waits, what is left of an offer is not wanted for this long; work revives. */
const idleRefuseSeconds = 3_600

/** Ends that say the task never ran: it is launched again whatever its retries. */
const neverRan: ReadonlySet<TaskState> = new Set<TaskState>(['TASK_DROPPED'])

/** Ends after which a job with retries left is tried again. */
const worthRetrying: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_FAILED',
  'TASK_LOST',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
])

export interface DispatcherOptions {
  readonly clock: Clock
  /** Says something to the master. */
  readonly call: (call: Call) => void
}

/**
 * The scheduler of the jobs framework: takes offers that fit what waits, several jobs to an offer,
 * gives the rest back with a filter, is silent while nothing waits and asks again when work comes.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #queue = new JobQueue()
  readonly #launched = new Map<string, Job>()
  #quiet = false
  #reviving = false

  constructor(options: DispatcherOptions) {
    this.#options = options
  }

  /** Jobs that wait for resources. */
  get waiting(): number {
    return this.#queue.size
  }

  /** Jobs that the master has. */
  get launched(): number {
    return this.#launched.size
  }

  add(job: Job): void {
    const first = this.#queue.add(job)
    if (this.#quiet || first) this.#reviveSoon()
  }

  /** Ends a job: at once when it waits, through its executor when it runs. */
  kill(job: Job, graceMs: number | undefined): void {
    if (job.phase === 'ended') return
    job.killed = true
    if (job.phase === 'waiting') {
      this.#queue.drop(job)
      this.#end(job, this.#ownStatus(job, 'TASK_KILLED', 'it was killed before it was launched'))
      return
    }
    const killPolicy = graceMs === undefined ? {} : { killPolicy: { gracePeriodMs: graceMs } }
    this.#options.call({ type: 'call.kill', kills: [{ taskId: job.taskId, ...killPolicy }] })
  }

  /** Every job that has not ended. */
  all(): Job[] {
    return [...this.#queue.jobs(), ...this.#launched.values()]
  }

  offers(offers: readonly Offer[]): void {
    const unused: string[] = []
    for (const offer of offers) if (!this.#use(offer)) unused.push(offer.offerId)
    const idle = this.#queue.size === 0
    if (unused.length > 0) {
      const filters = idle ? { filters: { refuseSeconds: idleRefuseSeconds } } : {}
      this.#options.call({ type: 'call.decline', offerIds: unused, ...filters })
    }
    if (idle) this.#suppress()
  }

  updates(updates: readonly TaskStatus[]): void {
    for (const status of updates) {
      const job = this.#launched.get(status.taskId)
      if (job === undefined) continue
      if (!isTerminal(status.state)) job.listener.updated(status)
      else if (this.#mayTryAgain(job, status.state)) this.#tryAgain(job, status)
      else this.#end(job, status)
    }
  }

  /** There is no cluster any more: whatever has not ended ends here. */
  abandon(message: string): void {
    const jobs = [...this.#queue.clear(), ...this.#launched.values()]
    for (const job of jobs) this.#end(job, this.#ownStatus(job, 'TASK_KILLED', message))
  }

  /** A job that cannot ever run. */
  refuse(job: Job, message: string): void {
    this.#end(job, {
      ...this.#ownStatus(job, 'TASK_ERROR', message),
      reason: 'TASK_INVALID',
    })
  }

  #use(offer: Offer): boolean {
    const jobs = this.#queue.pack(toQuantities(offer.resources))
    if (jobs.length === 0) return false
    const { agentId, offerId } = offer
    const tasks = jobs.map((job) => {
      job.attempts++
      job.taskId = job.attempts === 1 ? job.id : `${job.id}.${job.attempts}`
      job.agentId = agentId
      job.phase = 'launched'
      this.#launched.set(job.taskId, job)
      job.listener.updated(this.#ownStatus(job, 'TASK_STAGING'))
      return { ...job.task, taskId: job.taskId, agentId }
    })
    const filters = this.#queue.size === 0 ? { filters: { refuseSeconds: idleRefuseSeconds } } : {}
    this.#options.call({ type: 'call.launch', offerIds: [offerId], tasks, ...filters })
    return true
  }

  #mayTryAgain(job: Job, state: TaskState): boolean {
    if (job.killed) return false
    if (neverRan.has(state)) return true
    return job.retriesLeft > 0 && worthRetrying.has(state)
  }

  #tryAgain(job: Job, status: TaskStatus): void {
    job.listener.updated(status)
    if (!neverRan.has(status.state)) job.retriesLeft--
    this.#launched.delete(job.taskId)
    job.phase = 'waiting'
    this.add(job)
  }

  #end(job: Job, status: TaskStatus): void {
    job.phase = 'ended'
    this.#launched.delete(job.taskId)
    job.listener.ended(status)
  }

  #suppress(): void {
    if (this.#quiet) return
    this.#quiet = true
    this.#options.call({ type: 'call.suppress' })
  }

  /** Many jobs of one turn need one revival. */
  #reviveSoon(): void {
    if (this.#reviving) return
    this.#reviving = true
    this.#options.clock.soon(() => {
      this.#reviving = false
      if (this.#queue.size === 0) return
      this.#quiet = false
      this.#options.call({ type: 'call.revive' })
    })
  }

  #ownStatus(job: Job, state: TaskState, message?: string): TaskStatus {
    return {
      taskId: job.taskId,
      state,
      source: 'MASTER',
      timestampMs: this.#options.clock.now(),
      ...(job.agentId !== undefined && { agentId: job.agentId }),
      ...(message !== undefined && { message }),
    }
  }
}
