import type { Clock } from '../../actors/ports.ts'
import type { InverseOffer, Offer, TaskState, TaskStatus } from '../../messages/index.ts'
import { isUnderway } from '../../model/ledger/maintenance.ts'
import { toQuantities } from '../../model/resources/quantities.ts'
import type { Call } from '../../model/scheduler/book.ts'
import { Deadlines } from './deadlines.ts'
import { costsRetry, isOver, mayTryAgain, runsOn } from './ends.ts'
import type { Job, Locality } from './job.ts'
import { JobQueue } from './queue.ts'
import { type WaitingJobs, waitingJobsOf } from './waiting-jobs.ts'

/** While nothing waits, what is left of an offer is not wanted for this long; work revives. */
const idleRefuseSeconds = 3_600

/** An offer for which not every job had its turn is soon welcome again. */
const cutRefuseSeconds = 1

/** The answer to an inverse offer stays the same, until the schedule changes. */
const inverseRefuseSeconds = 3_600

/** Wishes that are told the master; a tenant with more shapes is served by these first. */
const requestsMax = 10

export interface DispatcherOptions {
  readonly clock: Clock
  /** Says something to the master. */
  readonly call: (call: Call) => void
  /** Whether the master is told what waits, because its policy makes room for it. */
  readonly asks?: boolean
}

/**
 * The scheduler of the jobs framework: takes offers that fit what waits, several jobs to an offer,
 * gives the rest back with a filter, is silent while nothing waits and asks again when work comes.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #queue = new JobQueue()
  readonly #launched = new Map<string, Job>()
  /** When shapes with a preference stop to wait for it. */
  readonly #waits: Deadlines<string>
  readonly #locality = { preferred: 0, any: 0 }
  #quiet = false
  #reviving = false
  #asking = false

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#waits = new Deadlines(options.clock, (atMs, shapes) => {
      if (this.#queue.relax(atMs, shapes)) this.#reviveSoon()
    })
  }

  /** Jobs that wait for resources. */
  get waiting(): number {
    return this.#queue.size
  }

  /** Jobs that the master has. */
  get launched(): number {
    return this.#launched.size
  }

  /** How many jobs with a preference were launched where. */
  get locality(): Readonly<Record<Locality, number>> {
    return { ...this.#locality }
  }

  /** What waits, line by line. */
  waitingJobs(max: number): WaitingJobs[] {
    return this.#queue.lines().map((line) => waitingJobsOf(line, max))
  }

  /** The master knows the framework, and nothing of what was asked before. */
  registered(): void {
    if (this.#queue.size > 0) this.#ask()
  }

  add(job: Job): void {
    job.queuedAtMs = this.#options.clock.now()
    job.preferUntilMs = job.queuedAtMs + job.preferWaitMs
    if (job.preference !== undefined && job.preferWaitMs > 0) {
      this.#waits.add(job.preferUntilMs, job.shape)
    }
    const first = this.#queue.add(job)
    if (this.#quiet || first) this.#reviveSoon()
  }

  /** Ends a job: at once when it waits, through its executor when it runs. */
  kill(job: Job, graceMs: number | undefined): void {
    if (job.phase === 'ended') return
    job.killed = true
    if (job.phase === 'waiting') {
      this.#queue.drop(job)
      this.#askSoon()
      this.#end(job, this.#ownStatus(job, 'TASK_KILLED', 'it was killed before it was launched'))
      return
    }
    job.killGraceMs = graceMs
    this.#kill(job)
  }

  /** Every job that has not ended. */
  all(): Job[] {
    return [...this.#queue.jobs(), ...this.#launched.values()]
  }

  offers(offers: readonly Offer[]): void {
    const unused: string[] = []
    const cut: string[] = []
    for (const offer of offers) {
      if (isUnderway(offer.unavailability, this.#options.clock.now())) {
        unused.push(offer.offerId)
        continue
      }
      const { jobs, isComplete } = this.#queue.pack(toQuantities(offer.resources), offer)
      if (jobs.length > 0) this.#launch(offer, jobs, isComplete)
      else if (isComplete) unused.push(offer.offerId)
      else cut.push(offer.offerId)
    }
    this.#decline(unused, true)
    this.#decline(cut, false)
    if (this.#queue.size === 0) this.#suppress()
    else if (unused.length + cut.length < offers.length) this.#ask()
  }

  /**
   * Jobs end by themselves, and none is begun on a machine once it is to be worked on; one that is
   * still there then is tried again elsewhere as far as its retries go.
   */
  inverseOffers(offers: readonly InverseOffer[]): void {
    this.#options.call({
      type: 'call.acceptInverse',
      inverseOfferIds: offers.map(({ inverseOfferId }) => inverseOfferId),
      filters: { refuseSeconds: inverseRefuseSeconds },
    })
  }

  updates(updates: readonly TaskStatus[]): void {
    for (const status of updates) {
      const job = this.#launched.get(status.taskId)
      if (job === undefined) this.#endUnknown(status)
      else if (!isOver(status)) {
        job.listener.updated(status)
        this.#killAgain(job, status)
      } else if (mayTryAgain(job, status)) this.#tryAgain(job, status)
      else this.#end(job, status)
    }
  }

  /** There is no cluster any more: whatever has not ended ends here. */
  abandon(message: string): void {
    const jobs = [...this.#queue.clear(), ...this.#launched.values()]
    this.#waits.clear()
    for (const job of jobs) this.#end(job, this.#ownStatus(job, 'TASK_KILLED', message))
  }

  /** A job that cannot ever run. */
  refuse(job: Job, message: string): void {
    this.#end(job, {
      ...this.#ownStatus(job, 'TASK_ERROR', message),
      reason: 'TASK_INVALID',
    })
  }

  #launch(offer: Offer, jobs: readonly Job[], isComplete: boolean): void {
    const { agentId, offerId } = offer
    const tasks = jobs.map((job) => {
      job.attempts++
      job.taskId = job.attempts === 1 ? job.id : `${job.id}.${job.attempts}`
      job.agentId = agentId
      job.phase = 'launched'
      this.#launched.set(job.taskId, job)
      if (job.locality !== undefined) this.#locality[job.locality]++
      job.listener.updated(this.#ownStatus(job, 'TASK_STAGING'))
      const { task, taskId, resources = task.resources } = job
      return { ...task, resources, taskId, agentId }
    })
    const filters = this.#filters(isComplete)
    this.#options.call({ type: 'call.launch', offerIds: [offerId], tasks, ...filters })
  }

  #decline(offerIds: string[], isComplete: boolean): void {
    if (offerIds.length === 0) return
    this.#options.call({ type: 'call.decline', offerIds, ...this.#filters(isComplete) })
  }

  /** While something waits, the usual refusal will do: what changes its mind also revives. */
  #filters(isComplete: boolean): { filters?: { refuseSeconds: number } } {
    if (this.#queue.size === 0) return { filters: { refuseSeconds: idleRefuseSeconds } }
    return isComplete ? {} : { filters: { refuseSeconds: cutRefuseSeconds } }
  }

  /** A task that was given up, or that nobody here launched: it holds resources for nothing. */
  #endUnknown(status: TaskStatus): void {
    if (!runsOn(status)) return
    const { taskId, agentId } = status
    const kill = { taskId, ...(agentId !== undefined && { agentId }) }
    this.#options.call({ type: 'call.kill', kills: [kill] })
  }

  /** It was to end, but the answer to a question says that it goes on: the kill was lost. */
  #killAgain(job: Job, status: TaskStatus): void {
    if (job.killed && status.reason === 'RECONCILIATION' && runsOn(status)) this.#kill(job)
  }

  #kill({ taskId, killGraceMs }: Job): void {
    const killPolicy =
      killGraceMs === undefined ? {} : { killPolicy: { gracePeriodMs: killGraceMs } }
    this.#options.call({ type: 'call.kill', kills: [{ taskId, ...killPolicy }] })
  }

  #tryAgain(job: Job, status: TaskStatus): void {
    job.listener.updated(status)
    if (costsRetry(status)) job.retriesLeft--
    else if (job.locality !== undefined) this.#locality[job.locality]--
    this.#launched.delete(job.taskId)
    job.phase = 'waiting'
    job.resources = undefined
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
      this.#ask()
    })
  }

  /** Says what waits, where the master makes room for whoever asks. */
  #ask(): void {
    if (this.#options.asks !== true) return
    const requests = this.#queue
      .lines()
      .flatMap((line) => line.list(requestsMax))
      .slice(0, requestsMax)
      .map(({ task }) => ({ resources: task.resources }))
    this.#options.call({ type: 'call.request', requests })
  }

  /** What is not wanted any more must not cost others their tasks. */
  #askSoon(): void {
    if (this.#options.asks !== true || this.#asking) return
    this.#asking = true
    this.#options.clock.soon(() => {
      this.#asking = false
      this.#ask()
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
