import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidInputError } from '../../../src/model/errors.ts'
import { fillDiscretely } from '../../../src/simulation/fairness/discrete.ts'
import { competitiveEquilibrium } from '../../../src/simulation/fairness/equilibrium.ts'
import {
  assetFairness,
  dominantResourceFairness,
} from '../../../src/simulation/fairness/filling.ts'
import { maxMinOneResource } from '../../../src/simulation/fairness/max-min.ts'
import { type Outcome, outcomeOf, type User } from '../../../src/simulation/fairness/model.ts'
import { type World, worlds } from './worlds.ts'

function tasksOf({ allotments }: Outcome): number[] {
  return allotments.map(({ tasks }) => tasks)
}

const policies = [
  ['dominant resource fairness', dominantResourceFairness],
  ['asset fairness', assetFairness],
  ['competitive equilibrium', competitiveEquilibrium],
  ['whole tasks', fillDiscretely],
] as const

describe.each(policies)('Unusual users, %s', (_, policy) => {
  test('who needs nothing of what runs out goes on', () => {
    const users = [
      { demand: { cpus: 1, mem: 0 } },
      { demand: { cpus: 1 } },
      { demand: { mem: 1, cpus: 0 } },
    ]
    const [a, b, c] = tasksOf(policy(users, { cpus: 10, mem: 30 }))
    expect(a).toBeCloseTo(5, 9)
    expect(b).toBeCloseTo(5, 9)
    expect(c).toBeCloseTo(30, 9)
  })

  test('who needs something that there is none of gets nothing and is not in the way', () => {
    const users = [{ demand: { cpus: 1, gpus: 1 } }, { demand: { cpus: 1 } }]
    for (const capacity of [{ cpus: 10 }, { cpus: 10, gpus: 0 }]) {
      const { allotments, used } = policy(users, capacity)
      const [a, b] = allotments
      expect(a).toMatchObject({ tasks: 0, dominantResource: 'gpus', dominantShare: 0 })
      expect(b?.tasks).toBeCloseTo(10, 9)
      expect(used.gpus ?? 0).toBe(0)
    }
  })

  test('nobody, or nothing to share', () => {
    expect(policy([], { cpus: 1 })).toMatchObject({ allotments: [], used: { cpus: 0 } })
    expect(tasksOf(policy([{ demand: { cpus: 1 } }], {}))).toEqual([0])
  })

  test('one alone gets as much as fits', () => {
    const [tasks] = tasksOf(policy([{ demand: { cpus: 2, mem: 1 } }], { cpus: 6, mem: 9 }))
    expect(tasks).toBeCloseTo(3, 9)
  })

  test.each<[string, User]>([
    ['nothing', { demand: {} }],
    ['zero', { demand: { cpus: 0 } }],
    ['less than nothing', { demand: { cpus: 1, mem: -1 } }],
    ['no number', { demand: { cpus: Number.NaN } }],
    ['no weight', { demand: { cpus: 1 }, weight: 0 }],
    ['no weight for a resource', { demand: { cpus: 1 }, weight: { cpus: 0 } }],
  ])('%s is refused', (_title, user) => {
    expect(() => policy([{ demand: { cpus: 1 } }, user], { cpus: 1 })).toThrow(InvalidInputError)
    expect(() => policy([user], { cpus: 1 })).toThrow('user 1: a')
  })

  test('less than nothing to share is refused', () => {
    expect(() => policy([], { cpus: -1 })).toThrow('the capacity has -1 cpus')
  })
})

describe('Weights', () => {
  test('by resource: who is due three quarters of the CPUs and a quarter of the memory', () => {
    const users = [
      { demand: { cpus: 1, mem: 1 }, weight: { cpus: 3, mem: 1 } },
      { demand: { cpus: 1, mem: 1 }, weight: { cpus: 1, mem: 3 } },
    ]
    const { allotments } = dominantResourceFairness(users, { cpus: 12, mem: 12 })
    // Each task takes as much of both; so what one is due less of is dominant.
    expect(allotments).toMatchObject([
      { tasks: 6, dominantResource: 'mem', weightedShare: 1 / 2 },
      { tasks: 6, dominantResource: 'cpus', weightedShare: 1 / 2 },
    ])
  })

  test('an income is one number', () => {
    const user = { name: 'A', demand: { cpus: 1 }, weight: { cpus: 2 } }
    expect(() => competitiveEquilibrium([user], { cpus: 1 })).toThrow(
      'A: an income is one number, not a weight for each resource',
    )
  })
})

describe('Outcomes', () => {
  test('what is held can be more than what the tasks need', () => {
    const user = { demand: { cpus: 1, mem: 2 } }
    const outcome = outcomeOf([user], { cpus: 8, mem: 8 }, [1], [{ cpus: 4, mem: 2 }])
    expect(outcome.used).toEqual({ cpus: 4, mem: 2 })
    expect(outcome.allotments[0]).toMatchObject({
      shares: { cpus: 1 / 2, mem: 1 / 4 },
      dominantResource: 'mem',
      dominantShare: 1 / 4,
    })
  })
})

describe('Competitive equilibrium, how exact it is', () => {
  /**
   * A bound of what the users' tasks can be worth, from prices that follow the demand until supply
   * meets it: slow, simple and without derivatives. Its error is at most ln(resources) / rounds.
   */
  function boundByTrial({ users, capacity }: World, rounds: number): number {
    const names = Object.keys(capacity)
    const portions = users.map(({ demand }) =>
      names.map((name) => (demand[name] ?? 0) / (capacity[name] ?? 0)),
    )
    const budgets = budgetsOf(users)
    let prices = names.map(() => 1 / names.length)
    let bought: number[] = []
    for (let round = 0; round <= rounds; round++) {
      bought = portions.map((parts, index) => {
        const cost = parts.reduce((sum, part, place) => sum + part * (prices[place] ?? 0), 0)
        return (budgets[index] ?? 0) / cost
      })
      prices = prices.map((price, place) =>
        bought.reduce(
          (sum, tasks, index) => sum + price * tasks * (portions[index]?.[place] ?? 0),
          0,
        ),
      )
    }
    return worthOf(budgets, bought)
  }

  function budgetsOf(users: readonly User[]): number[] {
    const weights = users.map(({ weight = 1 }) => (typeof weight === 'number' ? weight : 1))
    const sum = weights.reduce((total, each) => total + each, 0)
    return weights.map((each) => each / sum)
  }

  /** The logarithm of the product that is made as large as possible. */
  function worthOf(budgets: readonly number[], tasks: readonly number[]): number {
    return budgets.reduce((sum, budget, index) => sum + budget * Math.log(tasks[index] ?? 0), 0)
  }

  test('another method comes to the same', () => {
    const rounds = 300
    fc.assert(
      fc.property(worlds({ demandMin: 0, weights: 'one number' }), (world) => {
        const found = competitiveEquilibrium(world.users, world.capacity)
        const missing =
          boundByTrial(world, rounds) - worthOf(budgetsOf(world.users), tasksOf(found))
        expect(missing).toBeGreaterThan(-1e-9)
        expect(missing).toBeLessThan(Math.log(4) / rounds + 1e-9)
      }),
    )
  })

  test('no feasible shares near it have a larger product', () => {
    const nudges = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: 5,
      maxLength: 5,
    })
    const scale = fc.constantFrom(1, 1e-2, 1e-4)
    fc.assert(
      fc.property(worlds({ demandMin: 0 }), nudges, scale, ({ users, capacity }, nudge, size) => {
        const best = tasksOf(competitiveEquilibrium(users, capacity))
        const moved = best.map((tasks, index) => tasks * Math.exp(size * (nudge[index] ?? 0)))
        const { used } = outcomeOf(users, capacity, moved)
        const loads = Object.entries(capacity).map(([name, all]) => (used[name] ?? 0) / all)
        const shrink = Math.max(...loads)
        const gain = best.reduce(
          (sum, tasks, index) => sum + Math.log((moved[index] ?? 0) / shrink / tasks),
          0,
        )
        // The promise: 1e-14 of all budgets, and the rounding of this sum.
        expect(gain).toBeLessThan(1e-12)
      }),
    )
  })

  test('a resource that is just barely sold out at price zero: the hardest case', () => {
    // At 1 each the memory is used up too, but nobody would buy more of it.
    const users = [{ demand: { cpus: 1, mem: 1 } }, { demand: { cpus: 1, mem: 1 } }]
    const third = { demand: { cpus: 2, mem: 0 } }
    const outcome = competitiveEquilibrium([...users, third], { cpus: 6, mem: 4 })
    for (const [index, tasks] of [2, 2, 1].entries()) {
      expect(Math.abs((outcome.allotments[index]?.tasks ?? 0) - tasks)).toBeLessThan(4e-7)
    }
  })

  test('resources that everybody needs in proportion have many prices, and one outcome', () => {
    const users = [1, 2, 5].map((cpus) => ({ demand: { cpus, mem: cpus / 3, disk: cpus * 7 } }))
    const { allotments } = competitiveEquilibrium(users, { cpus: 30, mem: 10, disk: 210 })
    for (const [index, tasks] of [10, 5, 2].entries()) {
      expect(allotments[index]?.tasks).toBeCloseTo(tasks, 9)
    }
  })

  test('many users, very different demands, weights and units', () => {
    const users = Array.from({ length: 60 }, (_, n) => ({
      demand: { cpus: 10 ** (n % 7) * 1e-3, mem: 1e9 / 3 ** (n % 11), gpus: n % 3 },
      weight: 10 ** ((n % 5) - 2),
    }))
    const { allotments, used } = competitiveEquilibrium(users, { cpus: 1e3, mem: 1e12, gpus: 5 })
    expect((used.cpus ?? 0) / 1e3).toBeLessThanOrEqual(1 + 1e-12)
    for (const { tasks } of allotments) expect(tasks).toBeGreaterThan(0)
  })
})

describe('Max-min fairness for one resource', () => {
  test.each([
    ['nobody', [], 10, []],
    ['equals', [{}, {}], 10, [5, 5]],
    ['by weight', [{ weight: 3 }, {}], 10, [7.5, 2.5]],
    ['the modest get what they want', [{ wanted: 1 }, { wanted: 9 }, {}], 10, [1, 4.5, 4.5]],
    ['who wants less may be less modest', [{ wanted: 6, weight: 4 }, { wanted: 5 }], 8, [6, 2]],
    ['modest by weight', [{ wanted: 4, weight: 4 }, { wanted: 3 }, {}], 10, [4, 3, 3]],
    ['enough for all', [{ wanted: 1 }, { wanted: 2 }], 10, [1, 2]],
    ['nothing', [{ wanted: 1 }, {}], 0, [0, 0]],
  ])('%s', (_, claims, capacity, parts) => {
    expect(maxMinOneResource(claims, capacity)).toEqual(parts)
  })

  test('who gets less than wanted gets by weight as much as any other; nothing is left over', () => {
    const claim = fc.record({
      wanted: fc.integer({ min: 0, max: 50 }),
      weight: fc.integer({ min: 1, max: 5 }),
    })
    fc.assert(
      fc.property(fc.array(claim, { minLength: 1, maxLength: 6 }), fc.nat(100), (claims, all) => {
        const parts = maxMinOneResource(claims, all)
        const levels = parts.map((part, index) => part / (claims[index]?.weight ?? 1))
        const wanted = claims.reduce((sum, each) => sum + each.wanted, 0)
        const given = parts.reduce((sum, part) => sum + part, 0)
        expect(given).toBeCloseTo(Math.min(wanted, all), 9)
        for (const [index, part] of parts.entries()) {
          expect(part).toBeLessThanOrEqual(claims[index]?.wanted ?? 0)
          if (part >= (claims[index]?.wanted ?? 0) - 1e-9) continue
          expect(levels[index]).toBeGreaterThan(Math.max(...levels) - 1e-9)
        }
      }),
    )
  })

  test('it is what dominant resource fairness comes to with one resource', () => {
    fc.assert(
      fc.property(worlds({ resourcesMax: 1, weights: 'one number' }), ({ users, capacity }) => {
        const { allotments } = dominantResourceFairness(users, capacity)
        const claims = users.map(({ weight = 1 }) => ({
          weight: typeof weight === 'number' ? weight : 1,
        }))
        const parts = maxMinOneResource(claims, capacity.cpus ?? 0)
        for (const [index, { held }] of allotments.entries()) {
          expect(held.cpus).toBeCloseTo(parts[index] ?? 0, 9)
        }
      }),
    )
  })

  test.each([
    [[{ wanted: -1 }], 1],
    [[{ weight: 0 }], 1],
    [[{}], -1],
    [[{}], Number.POSITIVE_INFINITY],
  ])('%o of %d is refused', (claims, capacity) => {
    expect(() => maxMinOneResource(claims, capacity)).toThrow(InvalidInputError)
  })
})
