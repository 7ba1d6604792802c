import { RandomStream } from '../random-stream.ts'
import { drain } from './drain.ts'
import type { CompleteSmallWorldOptions } from './options.ts'
import { actionOf, type Rules } from './rules.ts'
import type { Reaction } from './seat.ts'
import { Sights } from './sights.ts'
import type { SmallWorld } from './small-world.ts'
import { WorldStore } from './world-store.ts'

/** Something wrong, and the way there from the start. */
export interface Finding {
  readonly property: string
  readonly sentence: string
  readonly codes: readonly number[]
}

/** One quiet world in so many is followed to its end. */
const worldsPerDrain = 2_000
const drainsMin = 50

/** Walks through a small world: first all of it, breadth first, and then far into it at random. */
export class Search {
  readonly start: Int32Array
  readonly store: WorldStore
  readonly sights: Sights
  steps = 0
  depth = 0
  /** Every world that can be reached was. */
  isComplete = false
  quiet = 0
  drains = 0
  walked = 0
  finding: Finding | undefined
  readonly #options: CompleteSmallWorldOptions
  readonly #rules: Rules

  constructor(world: SmallWorld, start: Int32Array, options: CompleteSmallWorldOptions) {
    const { rules, messages } = world
    this.#options = options
    this.#rules = rules
    this.start = start
    this.store = new WorldStore(rules.width)
    this.sights = new Sights(rules, messages)
  }

  /** Breadth first, so that the first finding has the shortest way. */
  breadthFirst(): void {
    const { maxStates, depth } = this.#options
    const { store } = this
    const row = new Int32Array(this.#rules.width)
    this.#found(this.start, -1, 0)
    let levelEnd = store.size
    for (let number = 0; number < store.size; number++) {
      if (number === levelEnd) {
        if (this.depth >= depth) return
        this.depth++
        levelEnd = store.size
      }
      store.read(number, row)
      this.#rules.successors(row, (action, next, reaction) => {
        this.steps++
        this.#judge(action, next, reaction, () => [...this.#wayTo(number), action])
        this.#found(next, number, action)
      })
      if (this.finding !== undefined || store.size >= maxStates) return
    }
    this.isComplete = true
  }

  /** Random walks: deeper than any search can go. */
  walk(): void {
    const { walks, walkLength, seed } = this.#options
    const stream = new RandomStream(seed, 'walks')
    for (let count = 0; count < walks && this.finding === undefined; count++) {
      const codes: number[] = []
      let row = this.start
      while (codes.length < walkLength && this.finding === undefined) {
        const next = this.#stray(row, codes, stream)
        if (next === undefined) break
        row = next
      }
      this.walked += codes.length
      if (this.finding === undefined) this.#follow(row, () => codes)
    }
  }

  #stray(row: Int32Array, codes: number[], stream: RandomStream): Int32Array | undefined {
    const ways: number[] = []
    this.#rules.successors(row, (action) => ways.push(action))
    const chosen = ways[stream.integer(0, Math.max(0, ways.length - 1))]
    if (chosen === undefined) return undefined
    codes.push(chosen)
    let after: Int32Array | undefined
    this.#rules.successors(row, (action, next, reaction) => {
      if (action !== chosen) return
      after = next.slice()
      this.sights.note(next)
      this.#judge(action, next, reaction, () => [...codes])
    })
    return after
  }

  #found(row: Int32Array, parent: number, action: number): void {
    if (!this.store.add(row, parent, action)) return
    this.sights.note(row)
    if (!this.#rules.isQuiet(row)) return
    this.quiet++
    if (this.drains >= Math.max(drainsMin, this.store.size / worldsPerDrain)) return
    const number = this.store.size - 1
    this.#follow(row.slice(), () => this.#wayTo(number))
  }

  /** What is wrong with a step, or with what a process knows after it. */
  #judge(
    action: number,
    row: Int32Array,
    reaction: Reaction | undefined,
    way: () => readonly number[],
  ): void {
    if (this.finding !== undefined || reaction === undefined) return
    const { name, place } = actionOf(action)
    const seat =
      name === 'move' || name === 'crash' ? place : place % 2 === 0 ? 0 : (place >> 1) + 1
    const known = this.#rules.seats[seat]?.glance(row[seat] ?? 0).problems ?? []
    const [problem] = [...reaction.problems, ...known]
    if (problem !== undefined) this.#report(problem, way())
  }

  /** Without faults all must come to its end from here. */
  #follow(row: Int32Array, way: () => readonly number[]): void {
    this.drains++
    const { isOver, codes } = drain(this.#rules, row)
    if (isOver) return
    const sentence = `after ${codes.length} further steps without faults work is still left`
    this.#report(`liveness-all-tasks-end: ${sentence}`, way())
  }

  #report(problem: string, codes: readonly number[]): void {
    const [property = '', ...words] = problem.split(': ')
    this.finding ??= { property, sentence: words.join(': '), codes }
  }

  #wayTo(world: number): number[] {
    const codes: number[] = []
    for (let at = world; at > 0; ) {
      const { parent, action } = this.store.stepTo(at)
      codes.unshift(action)
      at = parent
    }
    return codes
  }
}
