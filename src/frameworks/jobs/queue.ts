import { contains, type Quantities, takeFrom } from '../../model/resources/quantities.ts'
import type { Job } from './job.ts'

/** The waiting jobs of one shape, first come first served; jobs that left are skipped. */
interface Line {
  readonly demand: Readonly<Quantities>
  jobs: Job[]
  next: number
  waiting: number
}

/** A line keeps its served jobs until they are this many, and the greater part of it. */
const cutAt = 1_024

/**
 * Waiting jobs, in lines of equal demand, so that an offer is packed in time proportional to what
 * it takes, however many jobs wait.
 */
export class JobQueue {
  readonly #lines = new Map<string, Line>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds a job at the end. Returns whether it is the first of its shape. */
  add(job: Job): boolean {
    let line = this.#lines.get(job.shape)
    if (line === undefined) {
      line = { demand: job.demand, jobs: [], next: 0, waiting: 0 }
      this.#lines.set(job.shape, line)
    }
    line.jobs.push(job)
    line.waiting++
    this.#size++
    return line.waiting === 1
  }

  /** A waiting job is not wanted any more; it is passed over when its turn comes. */
  drop(job: Job): void {
    const line = this.#lines.get(job.shape)
    if (line === undefined) return
    line.waiting--
    this.#size--
    if (line.waiting === 0) this.#lines.delete(job.shape)
  }

  /**
   * Takes jobs out as long as they fit and reduces `room` by what they need. Lines are served in
   * turn: one that got something goes to the end, so that no shape waits behind another for ever.
   */
  pack(room: Quantities): Job[] {
    const packed: Job[] = []
    for (const [shape, line] of [...this.#lines]) {
      const before = packed.length
      while (line.waiting > 0 && contains(room, line.demand)) {
        takeFrom(room, line.demand)
        packed.push(this.#shift(line))
      }
      if (packed.length === before) continue
      this.#lines.delete(shape)
      if (line.waiting > 0) this.#lines.set(shape, line)
    }
    return packed
  }

  /** Every waiting job. */
  jobs(): Job[] {
    return [...this.#lines.values()].flatMap((line) =>
      line.jobs.slice(line.next).filter((job) => job.phase === 'waiting'),
    )
  }

  /** Takes every job out. */
  clear(): Job[] {
    const jobs = this.jobs()
    this.#lines.clear()
    this.#size = 0
    return jobs
  }

  #shift(line: Line): Job {
    for (;;) {
      const job = line.jobs[line.next++]
      if (job === undefined) throw new Error('a line of jobs counts more than it holds')
      if (line.next >= cutAt && line.next * 2 >= line.jobs.length) {
        line.jobs = line.jobs.slice(line.next)
        line.next = 0
      }
      if (job.phase !== 'waiting') continue
      line.waiting--
      this.#size--
      return job
    }
  }
}
