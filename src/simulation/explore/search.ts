import { RandomStream } from '../random-stream.ts'
import { actionOf } from './actions.ts'
import { drain, problemAfter } from './drain.ts'
import { type Finding, findingOf, unendedAfter } from './finding.ts'
import type { CompleteSmallWorldOptions } from './options.ts'
import type { Outcome, Rules } from './rules.ts'
import { Sights } from './sights.ts'
import type { SmallWorld } from './small-world.ts'
import { WorldStore } from './world-store.ts'

/** One quiet world in so many is followed to its end. */
const worldsPerDrain = 2_000
const drainsMin = 20
/** How often a walk takes what is rare, where it can happen. */
const rareChance = 0.03

/** Walks through a small world: first all of it, breadth first, and then far into it at random. */
export class Search {
  readonly options: CompleteSmallWorldOptions
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
  readonly #rules: Rules

  constructor(world: SmallWorld, start: Int32Array, options: CompleteSmallWorldOptions) {
    const { rules } = world
    this.options = options
    this.#rules = rules
    this.start = start
    this.store = new WorldStore(rules.layout.width)
    this.sights = new Sights(rules.layout)
  }

  /** Breadth first, so that the first finding has the shortest way. */
  breadthFirst(): void {
    const { maxStates, depth, everyOrder, along } = this.options
    const { store } = this
    const row = new Int32Array(this.#rules.layout.width)
    this.#found(this.start, -1, 0)
    if (along) this.#tellStory()
    let levelEnd = store.size
    for (let number = 0; number < store.size; number++) {
      if (number === levelEnd) {
        if (this.depth >= depth) return
        this.depth++
        levelEnd = store.size
      }
      store.read(number, row)
      this.#rules.choices(row, !everyOrder, (code) => {
        this.steps++
        const after = this.#rules.take(row, code)
        this.#judge(code, after, () => [...this.#wayTo(number), code])
        this.#found(after.row, number, code)
      })
      if (this.finding !== undefined || store.size >= maxStates) return
    }
    this.isComplete = true
  }

  /** What happens when all goes well: the search begins at each step of it. */
  #tellStory(): void {
    const { codes } = drain(this.#rules, this.start)
    let row = this.start
    for (const code of codes) {
      row = this.#rules.take(row, code).row.slice()
      const before = this.store.size
      this.#found(row, before - 1, code)
      if (this.store.size === before) return
    }
  }

  /** Random walks: deeper than any search can go. */
  walk(): void {
    const { walks, walkLength, seed } = this.options
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

  /**
   * One random step. Faults are rare, or all of them would happen before there is any work; and who
   * is down stays down for a while, or nobody would notice.
   */
  #stray(row: Int32Array, codes: number[], stream: RandomStream): Int32Array | undefined {
    const usual: number[] = []
    const rare: number[] = []
    this.#rules.choices(row, false, (code, isFault) => {
      const { name, place, index } = actionOf(code)
      const move = name === 'move' ? this.#rules.layout.glance(row, place).moves[index] : undefined
      const ways = isFault || move?.kind === 'restart' ? rare : usual
      ways.push(code)
    })
    const isRare = usual.length === 0 || (rare.length > 0 && stream.chance(rareChance))
    const ways = isRare ? rare : usual
    const chosen = ways[stream.integer(0, Math.max(0, ways.length - 1))]
    if (chosen === undefined) return undefined
    codes.push(chosen)
    const after = this.#rules.take(row, chosen)
    this.sights.note(after.row)
    this.#judge(chosen, after, () => [...codes])
    return after.row.slice()
  }

  #found(row: Int32Array, parent: number, action: number): void {
    if (!this.store.add(row, parent, action)) return
    this.sights.note(row)
    if (!this.#rules.layout.isQuiet(row)) return
    this.quiet++
    if (this.drains >= Math.max(drainsMin, this.store.size / worldsPerDrain)) return
    this.drains++
    const number = this.store.size - 1
    this.#follow(row.slice(), () => this.#wayTo(number))
  }

  #judge(code: number, after: Outcome, way: () => readonly number[]): void {
    if (this.finding !== undefined) return
    const problem = problemAfter(this.#rules.layout, code, after)
    if (problem !== undefined) this.#report(problem, way())
  }

  /** Without faults all must come to its end from here. */
  #follow(row: Int32Array, way: () => readonly number[]): void {
    const { isOver, problem, codes } = drain(this.#rules, row)
    if (problem !== undefined) return this.#report(problem, [...way(), ...codes])
    if (!isOver) this.#report(unendedAfter(codes.length), way())
  }

  #report(problem: string, codes: readonly number[]): void {
    this.finding ??= findingOf(problem, codes)
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
