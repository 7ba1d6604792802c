import { describe, expect, test } from 'vitest'
import { exploreCluster, startOf } from '../../../src/simulation/explore/explore-cluster.ts'
import { completeSmallWorld } from '../../../src/simulation/explore/options.ts'
import { Search } from '../../../src/simulation/explore/search.ts'
import { createSmallWorld, type SmallWorld } from '../../../src/simulation/explore/small-world.ts'

/** One agent, one framework, one task: small enough to be explored to its end. */
const tiny = { agents: 1, frameworks: 1, tasks: 1, masterCrashes: 0, crashes: 0 }

describe('Exploration: the production machines', () => {
  test('2 agents, 2 frameworks, 3 tasks with loss and crashes: every promise holds', () => {
    const report = exploreCluster({ maxStates: 10_000, walks: 5, walkLength: 100 })
    expect(report.violation).toBeUndefined()
    expect(report.states).toBeGreaterThanOrEqual(10_000)
    expect(report.walked).toBe(500)
    expect(report.drains).toBeGreaterThanOrEqual(20)
    expect(report.drains).toBeLessThanOrEqual(report.quiet)
  })

  test('along a run in which all goes well the rare things are seen', () => {
    const report = exploreCluster({ maxStates: 5_000, walks: 0, along: true })
    expect(report.violation).toBeUndefined()
    const seen = Object.keys(report.sometimes).filter((name) => report.sometimes[name] !== 0)
    expect(seen).toEqual(
      expect.arrayContaining([
        'sometimes-declined',
        'sometimes-rescinded',
        'sometimes-killed',
        'sometimes-reconciled',
        'sometimes-failed-over',
        'sometimes-agent-returned',
        'sometimes-link-broken',
        'sometimes-failed',
        'sometimes-lost',
        'sometimes-late-answer',
      ]),
    )
  })

  test('a tiny world is explored to its end, from the first message on', () => {
    const report = exploreCluster({ ...tiny, faults: 0, kills: 1, fresh: true, walks: 3 })
    expect(report).toMatchObject({ isComplete: true, violation: undefined })
    expect(report.depth).toBeGreaterThan(20)
    expect(report.states).toBeGreaterThan(500)
  })
})

describe('Exploration: what makes it fast leaves nothing out', () => {
  /** Every state that each process was in, with constants spelt out, but no numbers of offers. */
  function booksOf(options: object, isForgetful = false) {
    const complete = completeSmallWorld({ maxStates: 100_000, walks: 0, ...options })
    const world = createSmallWorld(complete, { isForgetful })
    const search = new Search(world, startOf(world, complete.fresh), complete)
    search.breadthFirst()
    expect(search.isComplete).toBe(true)
    const books = world.rules.layout.seats.map((seat) => {
      const texts = Array.from({ length: seat.size }, (_, state) => seat.textOf(state))
      return new Set(texts.map((text) => spelt(text, world).replace(/M-O\d+/g, 'M-O')))
    })
    return { states: search.store.size, steps: search.steps, books }
  }

  function spelt(text: string, { codec }: SmallWorld): string {
    return text.replace(/\{"@":\d+\}/g, (mark) => {
      return JSON.stringify(codec.decode<{ it: object }>(`{"it":${mark}}`).it)
    })
  }

  /** Too long a difference would only fill the screen. */
  function differences(one: ReadonlySet<string>[], other: ReadonlySet<string>[]): number[] {
    return one.map((books, seat) => {
      const missing = [...(other[seat] ?? [])].filter((book) => !books.has(book))
      return missing.length + Math.abs(books.size - (other[seat]?.size ?? 0))
    })
  }

  test('orders that lead to the same books: the same books are found without them', () => {
    const options = { ...tiny, faults: 1, kills: 0, losses: 0 }
    const reduced = booksOf(options)
    const full = booksOf({ ...options, everyOrder: true })
    expect(reduced.states).toBeLessThan(full.states)
    expect(differences(reduced.books, full.books)).toEqual([0, 0, 0])
  })

  test('remembered steps: taken anew each time they lead to the same worlds', () => {
    const options = { ...tiny, faults: 0, kills: 0 }
    const remembering = booksOf(options)
    const { states, steps, books } = booksOf(options, true)
    expect({ states, steps }).toEqual({ states: remembering.states, steps: remembering.steps })
    expect(differences(books, remembering.books)).toEqual([0, 0, 0])
  })

  test('the same options explore the same worlds, and walk the same ways', () => {
    const options = { maxStates: 500, walks: 4, walkLength: 50 }
    const once = exploreCluster(options)
    expect(exploreCluster(options)).toEqual(once)
    expect(exploreCluster({ ...options, seed: 2 }).sometimes).not.toEqual(once.sometimes)
  })
})

describe('Exploration: options', () => {
  test.each([
    [{ agents: 0 }, 'agents is 0; give a whole number from 1 to 4'],
    [{ losses: 8 }, 'losses is 8; give a whole number from 0 to 7'],
    [{ depth: 1.5 }, 'depth is 1.5; give a whole number from 0'],
    [{ maxStates: Number.NaN }, 'maxStates is NaN'],
  ])('%j is refused with a sentence', (options, sentence) => {
    expect(() => exploreCluster(options)).toThrow(sentence)
  })

  test('a bound on the depth and a bound on the number of worlds end the search', () => {
    const shallow = exploreCluster({ depth: 2, walks: 0 })
    expect(shallow).toMatchObject({ depth: 2, isComplete: false })
    const few = exploreCluster({ maxStates: 100, walks: 0 })
    expect(few.states).toBeLessThan(200)
  })
})
