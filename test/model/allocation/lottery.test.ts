import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listInOrder } from '../../../src/model/allocation/in-order.ts'
import { Lottery } from '../../../src/model/allocation/lottery.ts'
import { Pool } from '../../support/pool.ts'

const draws = 20_000

/** A chance of one half deviates by more than this in one of ten thousand test runs or so. */
const tolerance = 0.015

type Members = Readonly<Record<string, string>>

/** Frameworks by name, each with its role. */
function lotteryOf(members: Members, weights: Readonly<Record<string, number>>, seed = 1) {
  const pool = new Pool({ seed, weights: new Map(Object.entries(weights)) })
  pool.agent('a', { cpus: 1 })
  for (const [id, role] of Object.entries(members)) pool.framework(id, { roles: [role] })
  return new Lottery(pool.round())
}

/** How often each comes at this place, as a part of all draws. */
function frequencies(lottery: Lottery, place: number): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let draw = 0; draw < draws; draw++) {
    let seen = 0
    lottery.visit(({ frameworkId }) => {
      if (seen++ < place) return false
      counts[frameworkId] = (counts[frameworkId] ?? 0) + 1 / draws
      return true
    })
  }
  return counts
}

function expectClose(found: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort())
  for (const [name, chance] of Object.entries(expected)) {
    expect(Math.abs((found[name] ?? 0) - chance), `${name}: ${found[name]}`).toBeLessThan(tolerance)
  }
}

describe('Lottery: how often each comes first', () => {
  test('all the same without weights', () => {
    const members = { A: 'a', B: 'b', C: 'c', D: 'd' }
    expectClose(frequencies(lotteryOf(members, {}), 0), { A: 0.25, B: 0.25, C: 0.25, D: 0.25 })
  })

  test('as often as its weight says', () => {
    const members = { A: 'a', B: 'b', C: 'c' }
    const weights = { a: 2, b: 1, c: 5 }
    expectClose(frequencies(lotteryOf(members, weights), 0), { A: 2 / 8, B: 1 / 8, C: 5 / 8 })
  })

  test('second, as the weights of those who are left say', () => {
    const weights = { a: 2, b: 1, c: 1 }
    const second = frequencies(lotteryOf({ A: 'a', B: 'b', C: 'c' }, weights), 1)
    // A is second after B or C, each of which is first in a quarter of the draws.
    const a = 2 * (1 / 4) * (2 / 3)
    expectClose(second, { A: a, B: (1 - a) / 2, C: (1 - a) / 2 })
  })

  test('frameworks of one role share the chance of the role', () => {
    const members = { A1: 'a', A2: 'a', B: 'b' }
    expectClose(frequencies(lotteryOf(members, { a: 3 }), 0), { A1: 3 / 8, A2: 3 / 8, B: 1 / 4 })
  })

  test('in a tree: the role, then the role below it or its own frameworks', () => {
    const members = { own: 'eng', ads: 'eng/ads', web: 'eng/web', ops: 'ops' }
    const weights = { eng: 3, 'eng/ads': 2 }
    const expected = { own: (3 / 4) * (1 / 4), ads: (3 / 4) * (2 / 4), web: (3 / 4) * (1 / 4) }
    expectClose(frequencies(lotteryOf(members, weights), 0), { ...expected, ops: 1 / 4 })
  })

  test('what somebody has does not count', () => {
    const pool = new Pool({ seed: 3 })
    pool.agent('a', { cpus: 10 })
    for (const id of ['A', 'B']) pool.framework(id)
    pool.give({ to: 'A', on: 'a', resources: { cpus: 9 } })
    expectClose(frequencies(new Lottery(pool.round()), 0), { A: 0.5, B: 0.5 })
  })
})

describe('Lottery: each draw', () => {
  test('the same seed gives the same orders, another one others', () => {
    const members = { A: 'a', B: 'a/x', C: 'b', D: 'c', E: 'c' }
    const orders = (seed: number) => {
      const lottery = lotteryOf(members, { a: 2 }, seed)
      return Array.from({ length: 5 }, () => listInOrder(lottery).map((one) => one.frameworkId))
    }
    expect(orders(1)).toEqual(orders(1))
    expect(orders(1)).not.toEqual(orders(2))
  })

  test('visits every client exactly once, however often and far it was visited before', () => {
    const roles = fc.constantFrom('a', 'a/x', 'a/y', 'b', 'b/x/p', 'c')
    const weights = fc.dictionary(roles, fc.double({ min: 0.01, max: 100, noNaN: true }))
    fc.assert(
      fc.property(
        fc.array(roles, { minLength: 1, maxLength: 12 }),
        weights,
        fc.integer(),
        fc.array(fc.nat(12), { maxLength: 5 }),
        (chosen, weighted, seed, visits) => {
          const members = Object.fromEntries(chosen.map((role, index) => [`F${index}`, role]))
          const lottery = lotteryOf(members, weighted, seed)
          for (const far of visits) {
            let left = far
            lottery.visit(() => left-- === 0)
          }
          const seen = listInOrder(lottery).map(({ frameworkId }) => frameworkId)
          expect(seen.sort()).toEqual(Object.keys(members).sort())
        },
      ),
      { seed: 1 },
    )
  })

  test('ends as soon as somebody has what there is', () => {
    const lottery = lotteryOf({ A: 'a', B: 'b', C: 'c' }, {})
    let seen = 0
    lottery.visit(() => ++seen === 2)
    expect(seen).toBe(2)
  })
})
