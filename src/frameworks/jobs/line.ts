import { type Measures, measureDemand } from '../../model/resources/measures.ts'
import type { Quantities } from '../../model/resources/quantities.ts'
import type { Job } from './job.ts'
import type { Preference } from './preference.ts'

/** A line keeps jobs that left until they are this many, and the greater part of it. */
const cutAt = 1_024

/** The waiting jobs of one shape, first come first served; jobs that left are passed over. */
export class Line {
  readonly shape: string
  readonly demand: Readonly<Quantities>
  readonly needs: Measures
  readonly preference: Preference | undefined
  #jobs: Job[] = []
  #next = 0
  #waiting = 0
  /** Jobs that prefer agents until this time, or an earlier one, wait for them no longer. */
  #relaxedMs = Number.NEGATIVE_INFINITY

  constructor({ shape, demand, preference }: Job) {
    this.shape = shape
    this.demand = demand
    this.needs = measureDemand(demand)
    this.preference = preference
  }

  get waiting(): number {
    return this.#waiting
  }

  push(job: Job): void {
    this.#jobs.push(job)
    this.#waiting++
  }

  /** One of its jobs is not wanted any more: it does not count as waiting. */
  drop(): void {
    this.#waiting--
    this.#cut()
  }

  /** The job whose turn it is. */
  get first(): Job | undefined {
    for (; this.#next < this.#jobs.length; this.#next++) {
      const job = this.#jobs[this.#next]
      if (job?.phase === 'waiting') return job
    }
    return undefined
  }

  /** Whether its first job takes any agent: it prefers none, or has waited long enough for one. */
  get takesAny(): boolean {
    if (this.preference === undefined) return true
    const { first } = this
    return (
      first !== undefined && (first.preferWaitMs === 0 || first.preferUntilMs <= this.#relaxedMs)
    )
  }

  relax(untilMs: number): void {
    this.#relaxedMs = Math.max(this.#relaxedMs, untilMs)
  }

  /** Takes the first job out. */
  shift(): Job | undefined {
    const job = this.first
    if (job === undefined) return undefined
    this.#next++
    this.#waiting--
    this.#cut()
    return job
  }

  /** Its waiting jobs, or the first of them. */
  list(max = Number.POSITIVE_INFINITY): Job[] {
    const jobs: Job[] = []
    for (let index = this.#next; index < this.#jobs.length && jobs.length < max; index++) {
      const job = this.#jobs[index]
      if (job?.phase === 'waiting') jobs.push(job)
    }
    return jobs
  }

  #cut(): void {
    const gone = this.#jobs.length - this.#waiting
    if (gone < cutAt || gone * 2 < this.#jobs.length) return
    this.#jobs = this.list()
    this.#next = 0
  }
}
