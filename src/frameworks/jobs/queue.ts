import { allot } from '../../model/resources/allot.ts'
import { measureOffer } from '../../model/resources/measures.ts'
import { type Quantities, takeFrom, toResources } from '../../model/resources/quantities.ts'
import type { Job } from './job.ts'
import { Line } from './line.ts'
import { type Place, termsOf } from './preference.ts'
import { type Search, Turns } from './turns.ts'

/** What an offer was packed with. */
export interface Packed {
  readonly jobs: Job[]
  /** Whether every job that might fit had its turn; else the next offer goes on with the others. */
  readonly isComplete: boolean
  /** How many lines, and groups of lines, were looked at. */
  readonly looks: number
}

/** Where offers come from that tell nothing about it. */
const nowhere: Place = { hostname: '' }

/** An offer is given up after so many looks in vain, and so many more for each job it takes. */
const looksMax = 1_000
const looksPerJob = 50

/** So many offers go to those first who prefer their agent; the next one to the others first. */
const nearFirst = 24

/**
 * Waiting jobs, in lines of equal shape. Lines are served in turn: one that got something goes to
 * the end, one that got nothing keeps its place. On each offer the lines that prefer its agent come
 * first, except on some, so that the others do not wait for ever behind them. An offer is packed in
 * time proportional to what it takes, plus a bound, however many jobs and shapes wait: lines that
 * need more than is left are skipped together, and a search that takes too long is cut off and
 * taken up by the next offer.
 */
export class JobQueue {
  readonly #lines = new Map<string, Line>()
  /** Lines whose first job takes any agent. */
  readonly #open = new Turns<Line>()
  /** Lines with a preference, whether they still wait for it or not, by its terms. */
  readonly #near = new Map<string, Turns<Line>>()
  #size = 0
  #offersNear = 0

  get size(): number {
    return this.#size
  }

  /** Adds a job at the end of its line. Returns whether it is the first of its shape. */
  add(job: Job): boolean {
    let line = this.#lines.get(job.shape)
    if (line === undefined) {
      line = new Line(job)
      this.#lines.set(job.shape, line)
      for (const turns of this.#nearOf(line)) turns.toEnd(line, line.needs)
    }
    line.push(job)
    this.#size++
    if (line.takesAny && !this.#open.has(line)) this.#open.toEnd(line, line.needs)
    return line.waiting === 1
  }

  /** A waiting job is not wanted any more; it is passed over when its turn comes. */
  drop(job: Job): void {
    const line = this.#lines.get(job.shape)
    if (line === undefined) return
    line.drop()
    this.#size--
    if (line.waiting === 0) this.#remove(line)
    else if (!line.takesAny) this.#open.delete(line)
  }

  /**
   * Jobs of these shapes that prefer agents until then wait for them no longer. Returns whether
   * there is a line that takes any agent now, and did not before.
   */
  relax(untilMs: number, shapes: Iterable<string>): boolean {
    let isNews = false
    for (const shape of shapes) {
      const line = this.#lines.get(shape)
      if (line === undefined) continue
      const tookAny = line.takesAny
      line.relax(untilMs)
      if (tookAny || !line.takesAny) continue
      this.#open.toEnd(line, line.needs)
      isNews = true
    }
    return isNews
  }

  /**
   * Takes jobs out as long as they fit, tells each what it holds, and reduces `room` by that.
   */
  pack(room: Quantities, place: Place = nowhere): Packed {
    const jobs: Job[] = []
    const served = new Set<Line>()
    const search: Search = { room: measureOffer(room), looks: 0, looksMax: 0, isCut: false }
    for (const turns of this.#inOrder(place)) {
      search.looksMax = search.looks + looksMax
      turns.visit(search, (line) => {
        const isNear = line.preference?.matches(place) ?? false
        // A term alone proves nothing.
        if (turns !== this.#open && !isNear) return
        const count = this.#serve(line, room, isNear, jobs)
        if (count === 0) return
        served.add(line)
        search.room = measureOffer(room)
        search.looksMax += count * looksPerJob
      })
    }
    for (const line of served) {
      if (line.waiting === 0) this.#remove(line)
      else this.#toEnd(line)
    }
    return { jobs, isComplete: !search.isCut, looks: search.looks }
  }

  /** Every waiting job. */
  jobs(): Job[] {
    return this.lines().flatMap((line) => line.list())
  }

  /** The lines in which they wait. */
  lines(): Line[] {
    return [...this.#lines.values()]
  }

  /** Takes every job out. */
  clear(): Job[] {
    const jobs = this.jobs()
    for (const line of this.lines()) this.#remove(line)
    this.#size = 0
    return jobs
  }

  /** Takes out of a line what fits; returns how many jobs that are. */
  #serve(line: Line, room: Quantities, isNear: boolean, packed: Job[]): number {
    const { preference, demand } = line
    let count = 0
    while (isNear || line.takesAny) {
      const allotted = line.waiting === 0 ? undefined : allot(demand, room)
      const job = allotted && line.shift()
      if (allotted === undefined || job === undefined) break
      takeFrom(room, allotted)
      job.resources = allotted === demand ? job.task.resources : toResources(allotted)
      if (preference !== undefined) job.locality = isNear ? 'preferred' : 'any'
      packed.push(job)
      count++
    }
    this.#size -= count
    return count
  }

  #toEnd(line: Line): void {
    for (const turns of this.#nearOf(line)) turns.toEnd(line, line.needs)
    if (line.takesAny) this.#open.toEnd(line, line.needs)
    else this.#open.delete(line)
  }

  #remove(line: Line): void {
    this.#lines.delete(line.shape)
    this.#open.delete(line)
    for (const term of line.preference?.terms ?? []) {
      const turns = this.#near.get(term)
      turns?.delete(line)
      if (turns?.size === 0) this.#near.delete(term)
    }
  }

  #nearOf({ preference }: Line): Turns<Line>[] {
    return (preference?.terms ?? []).map((term) => {
      const turns = this.#near.get(term) ?? new Turns<Line>()
      this.#near.set(term, turns)
      return turns
    })
  }

  #inOrder(place: Place): Turns<Line>[] {
    if (this.#near.size === 0) return [this.#open]
    const near = termsOf(place).flatMap((term) => this.#near.get(term) ?? [])
    if (near.length === 0) return [this.#open]
    this.#offersNear = (this.#offersNear + 1) % (nearFirst + 1)
    return this.#offersNear === 0 ? [this.#open, ...near] : [...near, this.#open]
  }
}
