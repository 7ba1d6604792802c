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
import type { Outcome, SharingPolicy } from '../../../src/simulation/fairness/model.ts'
import {
  bottleneckUnfairnessOf,
  envyOf,
  sharingLossesOf,
  singleResourceUnfairnessOf,
  wasteOf,
} from '../../../src/simulation/fairness/properties.ts'
import { bottleneckWorlds, claimsOf, series, type World, worlds } from './worlds.ts'

/** Looks for breaches of a policy in one world. */
type Breaches = (policy: SharingPolicy, world: World) => readonly string[]

const inOutcome =
  (check: (outcome: Outcome) => readonly string[]): Breaches =>
  (policy, { users, capacity }) =>
    check(policy(users, capacity))

const lies: Breaches = (policy, world) =>
  claimsOf(world).flatMap((claim) =>
    gainsByLying(policy, world.users, world.capacity, world.liar, claim),
  )
const departures: Breaches = (policy, { users, capacity, leaver }) =>
  lossesByDeparture(policy, users, capacity, leaver)
const growth: Breaches = (policy, { users, capacity, added }) =>
  lossesByGrowth(policy, users, capacity, added)

const policies = {
  asset: assetFairness,
  equilibrium: competitiveEquilibrium,
  dominant: dominantResourceFairness,
}

/** The properties of Ghodsi et al., NSDI 2011, section 6: of asset fairness, CEEI and DRF. */
const table = [
  ['sharing incentive', inOutcome(sharingLossesOf), worlds(), 'no yes yes'],
  ['strategy-proofness', lies, worlds(), 'yes no yes'],
  ['envy-freeness', inOutcome(envyOf), worlds(), 'yes yes yes'],
  ['Pareto efficiency', inOutcome(wasteOf), worlds(), 'yes yes yes'],
  [
    'single-resource fairness',
    inOutcome(singleResourceUnfairnessOf),
    worlds({ resourcesMax: 1 }),
    'yes yes yes',
  ],
  ['bottleneck fairness', inOutcome(bottleneckUnfairnessOf), bottleneckWorlds(), 'no yes yes'],
  ['population monotonicity', departures, worlds(), 'yes no yes'],
  ['resource monotonicity', growth, worlds(), 'no no no'],
] as const

describe('What asset fairness, competitive equilibrium and dominant resource fairness promise', () => {
  test.each(table)('%s', (_, breaches, arbitrary, expected) => {
    const cases = series(arbitrary)
    const answers = Object.values(policies).map((policy) => {
      for (const world of cases) {
        const [found] = breaches(policy, world)
        if (found !== undefined) return found
      }
      return undefined
    })
    const said = answers.map((found) => (found === undefined ? 'yes' : 'no'))
    expect(said.join(' '), answers.join('\n')).toBe(expected)
  })
})
