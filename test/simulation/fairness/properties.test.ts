import { describe, expect, test } from 'vitest'
import { competitiveEquilibrium } from '../../../src/simulation/fairness/equilibrium.ts'
import {
  assetFairness,
  dominantResourceFairness,
} from '../../../src/simulation/fairness/filling.ts'
import {
  gainsByLying,
  lossesByDeparture,
  lossesByGrowth,
} from '../../../src/simulation/fairness/incentives.ts'
import {
  bottleneckUnfairnessOf,
  envyOf,
  overuseOf,
  sharingLossesOf,
  singleResourceUnfairnessOf,
  wasteOf,
} from '../../../src/simulation/fairness/properties.ts'
import { bottleneckWorlds, claimsOf, holds, type World, worlds } from './worlds.ts'

const policy = dominantResourceFairness
const fair = ({ users, capacity }: World) => policy(users, capacity)

/** The widest class of worlds: tasks that need nothing of some resources, weights by resource. */
const general = worlds({ demandMin: 0, weights: 'by resource' })

describe('Dominant resource fairness, divisible tasks, any weights', () => {
  test('nobody holds what is not there', () => {
    holds(general, (world) => overuseOf(fair(world)))
  })

  test('sharing incentive', () => {
    holds(general, (world) => sharingLossesOf(fair(world)))
    holds(worlds({ weights: 'one number' }), (world) => sharingLossesOf(fair(world)))
  })

  test('envy-freeness', () => {
    holds(general, (world) => envyOf(fair(world)))
  })

  test('Pareto efficiency', () => {
    holds(general, (world) => wasteOf(fair(world)))
  })

  test('strategy-proofness', () => {
    holds(general, (world) =>
      claimsOf(world).flatMap((claim) =>
        gainsByLying(policy, world.users, world.capacity, world.liar, claim),
      ),
    )
  })

  test('single-resource fairness', () => {
    const simple = worlds({ weights: 'by resource', resourcesMax: 1 })
    holds(simple, (world) => singleResourceUnfairnessOf(fair(world)))
  })

  test('bottleneck fairness (weights of one number)', () => {
    holds(bottleneckWorlds(), (world) => bottleneckUnfairnessOf(fair(world)))
  })

  test('population monotonicity, when every task needs some of every resource', () => {
    holds(worlds({ weights: 'by resource' }), ({ users, capacity, leaver }) =>
      lossesByDeparture(policy, users, capacity, leaver),
    )
  })

  test('population monotonicity is lost when tasks need nothing of some resources', () => {
    // Without A, B is no longer held up for cpus, and takes more of the memory from C.
    const users = [
      { name: 'A', demand: { cpus: 2 } },
      { name: 'B', demand: { cpus: 2, mem: 1 } },
      { name: 'C', demand: { mem: 2 } },
    ]
    expect(lossesByDeparture(policy, users, { cpus: 24, mem: 24 }, 0)).toEqual([
      'C runs 9 tasks, and 8 when A is gone',
    ])
  })

  test('resource monotonicity is lost: nobody is promised that more machines are more for all', () => {
    // A task of A is a sixth of the memory, and with twice as much only a twelfth of the cluster.
    const users = [
      { name: 'A', demand: { cpus: 1, mem: 2 } },
      { name: 'B', demand: { cpus: 2, mem: 1 } },
    ]
    expect(lossesByGrowth(policy, users, { cpus: 12, mem: 12 }, { mem: 12 })).toEqual([
      'B runs 4 tasks, and 3 with 12 mem more',
    ])
  })
})

describe('Asset fairness, divisible tasks, any weights', () => {
  test('envy-freeness, Pareto efficiency, and no overuse', () => {
    holds(general, ({ users, capacity }) => {
      const outcome = assetFairness(users, capacity)
      return [envyOf, wasteOf, overuseOf].flatMap((check) => check(outcome))
    })
  })

  test('single-resource fairness', () => {
    const simple = worlds({ weights: 'by resource', resourcesMax: 1 })
    holds(simple, ({ users, capacity }) =>
      singleResourceUnfairnessOf(assetFairness(users, capacity)),
    )
  })
})

describe('Competitive equilibrium, divisible tasks, weights of one number', () => {
  const weighted = worlds({ demandMin: 0, weights: 'one number' })
  const sold = ({ users, capacity }: World) => competitiveEquilibrium(users, capacity)

  test('sharing incentive, envy-freeness, Pareto efficiency, and no overuse', () => {
    holds(weighted, (world) => {
      const outcome = sold(world)
      return [sharingLossesOf, envyOf, wasteOf, overuseOf].flatMap((check) => check(outcome))
    })
  })

  test('bottleneck fairness', () => {
    holds(bottleneckWorlds(), (world) => bottleneckUnfairnessOf(sold(world)))
  })
})
