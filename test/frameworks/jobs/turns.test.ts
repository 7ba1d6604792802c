import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type Search, Turns } from '../../../src/frameworks/jobs/turns.ts'
import { type Measures, mayHold } from '../../../src/model/resources/measures.ts'

function searchIn(room: Measures, looksMax = 1_000_000): Search {
  return { room, looks: 0, looksMax, isCut: false }
}

function visited<Item>(turns: Turns<Item>, search: Search): Item[] {
  const items: Item[] = []
  turns.visit(search, (item) => items.push(item))
  return items
}

function turnsOf(needs: readonly number[]): Turns<number> {
  const turns = new Turns<number>()
  for (const [item, cpus] of needs.entries()) turns.toEnd(item, { cpus })
  return turns
}

describe('Turns: a search', () => {
  it('visits what the room may hold, in turn, and nothing else', () => {
    expect(visited(turnsOf([3, 1, 4, 1, 5]), searchIn({ cpus: 3 }))).toEqual([0, 1, 3])
    expect(visited(turnsOf([3, 1]), searchIn({ mem: 3 }))).toEqual([])
    expect(visited(new Turns<number>(), searchIn({ cpus: 3 }))).toEqual([])
  })

  it('goes by what is left when the turn comes', () => {
    const search = searchIn({ cpus: 4 })
    const items: number[] = []
    turnsOf([3, 2, 1]).visit(search, (item) => {
      items.push(item)
      search.room = { cpus: 1 }
    })
    expect(items).toEqual([0, 2])
  })

  it('passes 10,000 items that need too much at one look', () => {
    const search = searchIn({ cpus: 1 })
    expect(visited(turnsOf(Array.from({ length: 10_000 }, () => 2)), search)).toEqual([])
    expect(search.looks).toBeLessThan(40)
  })

  it('that is cut off says so, and the next one goes on where it stopped', () => {
    const turns = turnsOf([1, 1, 1, 1, 1, 1, 1, 1])
    const first = searchIn({ cpus: 1 }, 6)
    const second = searchIn({ cpus: 1 })
    const [before, after] = [visited(turns, first), visited(turns, second)]
    expect([first.isCut, second.isCut]).toEqual([true, true])
    expect(before).toEqual([0, 1, 2])
    expect([...before, ...after]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    const third = searchIn({ cpus: 1 })
    expect(visited(turns, third)).toHaveLength(8)
    expect(third.isCut).toBe(false)
  })
})

/** What may happen to the turns; the number says to which item. */
const happenings = fc.array(
  fc.record({
    item: fc.nat(40),
    cpus: fc.option(fc.nat(9), { nil: undefined }),
    mem: fc.nat(9),
    isDeleted: fc.boolean(),
  }),
  { maxLength: 200 },
)

test('Turns: however items come, go and move, a search finds what a look at each would find', () => {
  fc.assert(
    fc.property(happenings, fc.nat(9), fc.nat(9), (steps, cpus, mem) => {
      const turns = new Turns<number>()
      const model = new Map<number, Measures>()
      for (const { item, isDeleted, ...given } of steps) {
        const isLast = [...model.keys()].at(-1) === item
        model.delete(item)
        if (isDeleted) {
          turns.delete(item)
          continue
        }
        const needs = given.cpus === undefined ? { mem: given.mem } : { ...given, cpus: given.cpus }
        // What an item needs does not change while it is there.
        if (isLast) turns.delete(item)
        turns.toEnd(item, needs)
        model.set(item, needs)
      }
      const room = { cpus, mem }
      const expected = [...model].filter(([, needs]) => mayHold(room, needs)).map(([item]) => item)
      expect(visited(turns, searchIn(room))).toEqual(expected)
      expect(turns.size).toBe(model.size)
    }),
  )
})
