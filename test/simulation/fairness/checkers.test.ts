import { describe, expect, test } from 'vitest'
import { competitiveEquilibrium } from '../../../src/simulation/fairness/equilibrium.ts'
import { dominantResourceFairness } from '../../../src/simulation/fairness/filling.ts'
import {
  gainsByLying,
  lossesByDeparture,
  lossesByGrowth,
} from '../../../src/simulation/fairness/incentives.ts'
import { outcomeOf } from '../../../src/simulation/fairness/model.ts'
import {
  bottleneckUnfairnessOf,
  envyOf,
  overuseOf,
  sharingLossesOf,
  singleResourceUnfairnessOf,
  wasteOf,
} from '../../../src/simulation/fairness/properties.ts'
import {
  equalTasks,
  firstTakesAll,
  halfIdle,
  overbooking,
  smallestTakesAll,
  staticPartition,
} from './bad-policies.ts'

const users = [
  { name: 'A', demand: { cpus: 1, mem: 4 } },
  { name: 'B', demand: { cpus: 3, mem: 1 } },
]
const capacity = { cpus: 9, mem: 18 }
const gpus = { gpus: 12 }
const small = { name: 'small', demand: { gpus: 1 } }
const large = { name: 'large', demand: { gpus: 3 } }

describe('Each check finds a policy that is bad in its respect, and says how', () => {
  test('overuse: everybody is promised the whole cluster', () => {
    expect(overuseOf(overbooking(users, capacity))).toEqual([
      'the users hold 13.5 cpus, and there are 9',
      'the users hold 21 mem, and there are 18',
    ])
    expect(overuseOf(outcomeOf([small], {}, [2]))).toEqual([
      'the users hold 2 gpus, and there are 0',
    ])
  })

  test('sharing incentive: the first takes all', () => {
    expect(sharingLossesOf(firstTakesAll(users, capacity))).toEqual([
      'B runs 0 tasks, and 1.5 with its part of the cluster',
    ])
  })

  test('sharing incentive: an equal part is not enough for a user of twice the weight', () => {
    const weighted = [{ ...small, weight: 2 }, small]
    expect(sharingLossesOf(outcomeOf(weighted, gpus, [6, 6]))).toEqual([
      'small runs 6 tasks, and 8 with its part of the cluster',
    ])
    expect(sharingLossesOf(outcomeOf(weighted, gpus, [8, 4]))).toEqual([])
  })

  test('envy: the first takes all', () => {
    expect(envyOf(firstTakesAll(users, capacity))).toEqual([
      'B runs 0 tasks, and 1.5 with what A holds',
    ])
  })

  test('envy: of two with the same user object too, and by weights', () => {
    expect(envyOf(outcomeOf([small, small], gpus, [5, 7]))).toEqual([
      'small runs 5 tasks, and 7 with what small holds',
    ])
    const weighted = [
      { ...small, weight: 2 },
      { ...small, name: 'other' },
    ]
    expect(envyOf(outcomeOf(weighted, gpus, [7, 5]))).toEqual([
      'small runs 7 tasks, and 10 with what other holds',
    ])
  })

  test('Pareto efficiency: half of the cluster is kept in reserve', () => {
    expect(wasteOf(halfIdle(users, capacity))).toEqual([
      'A runs 1.5 tasks, and idle resources are enough for 2.75',
      'B runs 1 tasks, and idle resources are enough for 1.5',
    ])
  })

  test('Pareto efficiency: parts of their own hold what the users cannot use', () => {
    expect(wasteOf(staticPartition(users, capacity))).toEqual([
      'A runs 2.25 tasks, and idle resources are enough for 1.875',
      'B runs 1.5 tasks, and idle resources are enough for 0.75',
    ])
  })

  test('single-resource and bottleneck fairness: the same number of tasks for all', () => {
    const sentence = 'large has 0.75 of all gpus, and is due 0.25 beside small'
    const outcome = equalTasks([small, large], gpus)
    expect(singleResourceUnfairnessOf(outcome)).toEqual([sentence])
    expect(bottleneckUnfairnessOf(outcome)).toEqual([sentence])
  })

  test('single-resource fairness: equal shares that leave something', () => {
    const outcome = outcomeOf([small, large], gpus, [3, 1])
    expect(singleResourceUnfairnessOf(outcome)).toEqual(['0.5 of all gpus is left'])
  })

  test('strategy-proofness: those who need little go first', () => {
    expect(gainsByLying(smallestTakesAll, [small, large], gpus, 1, { gpus: 0.5 })).toEqual([
      'large runs 0 tasks, and 4 when it claims to need 0.5 gpus',
    ])
  })

  test('population monotonicity: with B gone, memory is cheap and A can pay for the CPUs', () => {
    const three = [
      { name: 'A', demand: { cpus: 2, mem: 3 } },
      { name: 'B', demand: { cpus: 1, mem: 3 } },
      { name: 'C', demand: { cpus: 2, mem: 1 } },
    ]
    const pool = { cpus: 12, mem: 12 }
    expect(lossesByDeparture(competitiveEquilibrium, three, pool, 1)).toEqual([
      'C runs 4 tasks, and 3 when B is gone',
    ])
    expect(lossesByDeparture(dominantResourceFairness, three, pool, 1)).toEqual([])
  })

  test('resource monotonicity: dominant resource fairness itself', () => {
    const pair = [
      { name: 'A', demand: { cpus: 1, mem: 2 } },
      { name: 'B', demand: { cpus: 2, mem: 1 } },
    ]
    const pool = { cpus: 12, mem: 12 }
    expect(lossesByGrowth(dominantResourceFairness, pair, pool, { mem: 12 })).toEqual([
      'B runs 4 tasks, and 3 with 12 mem more',
    ])
    expect(lossesByGrowth(dominantResourceFairness, pair, pool, { gpus: 1 })).toEqual([])
  })
})

describe('Whole tasks', () => {
  test('a half of a task is no waste, a whole one is', () => {
    expect(wasteOf(outcomeOf([large], { gpus: 5 }, [1]))).toHaveLength(1)
    expect(wasteOf(outcomeOf([large], { gpus: 5 }, [1]), 1)).toEqual([])
    expect(wasteOf(outcomeOf([large], { gpus: 6 }, [1]), 1)).toEqual([
      'large runs 1 tasks, and idle resources are enough for 1',
    ])
  })

  test('one task of each may part two users, more is envied', () => {
    const pair = [small, { ...small, name: 'other' }]
    expect(envyOf(outcomeOf(pair, gpus, [5, 7]), 1)).toEqual([])
    expect(envyOf(outcomeOf(pair, gpus, [4, 7]), 1)).toEqual([
      'small runs 4 tasks, and 7 with what other holds',
    ])
    expect(singleResourceUnfairnessOf(outcomeOf(pair, gpus, [5, 7]), 1)).toEqual([])
    expect(singleResourceUnfairnessOf(outcomeOf(pair, gpus, [4, 7]), 1)).toEqual([
      'other has 0.5833 of all gpus, and is due 0.3333 beside small',
    ])
  })

  test('a user may lack a part of its share for the others have large tasks, but not all of it', () => {
    const pair = [small, large]
    expect(sharingLossesOf(outcomeOf(pair, gpus, [4, 2]))).toHaveLength(1)
    expect(sharingLossesOf(outcomeOf(pair, gpus, [4, 2]), 1)).toEqual([])
    expect(sharingLossesOf(outcomeOf(pair, gpus, [3, 3]), 1)).toEqual([
      'small runs 3 tasks, and 6 with its part of the cluster',
    ])
  })
})
