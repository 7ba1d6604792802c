import { describe, expect, test } from 'vitest'
import {
  assetFairness,
  competitiveEquilibrium,
  dominantResourceFairness,
  fillDiscretely,
  gainsByLying,
  type Outcome,
  sharingLossesOf,
} from '../../../src/testing.ts'

/** The running example of Ghodsi et al., NSDI 2011. */
const capacity = { cpus: 9, mem: 18 }
const userA = { name: 'A', demand: { cpus: 1, mem: 4 } }
const userB = { name: 'B', demand: { cpus: 3, mem: 1 } }
const users = [userA, userB]

function tasksOf({ allotments }: Outcome): number[] {
  return allotments.map(({ tasks }) => Number(tasks.toFixed(9)))
}

function rounded(bundle: Readonly<Record<string, number>> | undefined, digits: number) {
  return Object.fromEntries(
    Object.entries(bundle ?? {}).map(([name, amount]) => [name, Number(amount.toFixed(digits))]),
  )
}

describe('9 CPUs and 18 GB, tasks of <1, 4> and <3, 1>', () => {
  test.each([
    ['divisible', dominantResourceFairness],
    ['whole', fillDiscretely],
  ])('dominant resource fairness, %s tasks: 3 and 2, both with two thirds', (_, policy) => {
    const outcome = policy(users, capacity)
    expect(tasksOf(outcome)).toEqual([3, 2])
    expect(outcome.allotments).toMatchObject([
      { name: 'A', held: { cpus: 3, mem: 12 }, dominantResource: 'mem' },
      { name: 'B', held: { cpus: 6, mem: 2 }, dominantResource: 'cpus' },
    ])
    for (const { dominantShare } of outcome.allotments) expect(dominantShare).toBeCloseTo(2 / 3, 12)
    expect(outcome.used).toEqual({ cpus: 9, mem: 14 })
  })

  test('one task takes 2/9 of the memory for A and 1/3 of the CPUs for B', () => {
    const { order } = fillDiscretely(users, capacity)
    expect(order).toEqual([0, 1, 0, 1, 0])
    const reversed = fillDiscretely(users.toReversed(), capacity)
    expect(reversed.order.map((place) => 'BA'[place]).join()).toBe('B,A,A,B,A')
    expect(tasksOf(reversed)).toEqual([2, 3])
  })

  test('weights of 2 and 1, divisible tasks: 54/13 and 18/13, the memory is used up', () => {
    const outcome = dominantResourceFairness([{ ...userA, weight: 2 }, userB], capacity)
    const [a, b] = outcome.allotments
    expect(a?.tasks).toBeCloseTo(4.154, 3)
    expect(b?.tasks).toBeCloseTo(1.385, 3)
    expect(b?.tasks).toBeCloseTo(18 / 13, 12)
    expect(a?.dominantShare).toBeCloseTo(2 * (b?.dominantShare ?? 0), 12)
    expect(a?.weightedShare).toBeCloseTo(b?.weightedShare ?? 0, 12)
    expect(outcome.used.mem).toBeCloseTo(18, 12)
    expect(outcome.used.cpus).toBeLessThan(9)
  })

  test('weights of 2 and 1, whole tasks: 4 and 1', () => {
    expect(tasksOf(fillDiscretely([{ ...userA, weight: 2 }, userB], capacity))).toEqual([4, 1])
  })

  test('asset fairness: 2.52 and 2.16 tasks, a third of the memory idle', () => {
    const outcome = assetFairness(users, capacity)
    expect(tasksOf(outcome)).toEqual([2.52, 2.16])
    const [a, b] = outcome.allotments
    expect(rounded(a?.held, 1)).toEqual({ cpus: 2.5, mem: 10.1 })
    expect(rounded(b?.held, 1)).toEqual({ cpus: 6.5, mem: 2.2 })
    expect(rounded(outcome.used, 1)).toEqual({ cpus: 9, mem: 12.2 })
  })

  test('competitive equilibrium: 45/11 and 18/11 tasks', () => {
    const outcome = competitiveEquilibrium(users, capacity)
    const [a, b] = outcome.allotments
    expect(a?.tasks).toBeCloseTo(45 / 11, 10)
    expect(b?.tasks).toBeCloseTo(18 / 11, 10)
    expect(rounded(a?.held, 1)).toEqual({ cpus: 4.1, mem: 16.4 })
    expect(rounded(b?.held, 1)).toEqual({ cpus: 4.9, mem: 1.6 })
  })

  test('competitive equilibrium: B gains a tenth when it claims <3, 2>', () => {
    const claim = { cpus: 3, mem: 2 }
    const outcome = competitiveEquilibrium([userA, { ...userB, demand: claim }], capacity)
    expect(outcome.allotments[0]?.tasks).toBeCloseTo(3.6, 10)
    expect(outcome.allotments[1]?.tasks).toBeCloseTo(1.8, 10)
    expect(gainsByLying(competitiveEquilibrium, users, capacity, 1, claim)).toEqual([
      'B runs 1.636 tasks, and 1.8 when it claims to need 3 cpus, 2 mem',
    ])
    expect(gainsByLying(dominantResourceFairness, users, capacity, 1, claim)).toEqual([])
  })
})

describe('30 of each of two resources, tasks of <1, 3> and <1, 1>', () => {
  const pair = [{ demand: { cpus: 1, mem: 3 } }, { demand: { cpus: 1, mem: 1 } }]
  const pool = { cpus: 30, mem: 30 }

  test('asset fairness: 6 and 12 tasks, so that the second has less than half of both', () => {
    const outcome = assetFairness(pair, pool)
    expect(tasksOf(outcome)).toEqual([6, 12])
    expect(outcome.allotments[1]?.shares).toEqual({ cpus: 12 / 30, mem: 12 / 30 })
    expect(sharingLossesOf(outcome)).toEqual([
      'user 2 runs 12 tasks, and 15 with its part of the cluster',
    ])
  })

  test.each([
    ['divisible', dominantResourceFairness],
    ['whole', fillDiscretely],
  ])('dominant resource fairness, %s tasks: 5 and 15, as with halves of their own', (_, policy) => {
    const outcome = policy(pair, pool)
    expect(tasksOf(outcome)).toEqual([5, 15])
    expect(sharingLossesOf(outcome)).toEqual([])
  })
})
