import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocateInOrder, type ClientOrder } from '../../src/model/allocation/in-order.ts'
import { drfPolicy } from '../../src/model/allocation/policies.ts'
import type { AllocationPolicy, AllocationRound } from '../../src/model/allocation/policy.ts'
import { ShareOrder } from '../../src/model/allocation/share-order.ts'
import { isLong } from '../support/long.ts'
import { Stage } from '../support/stage.ts'
import { Taker } from '../support/taker.ts'

/**
 * What Dominant Resource Fairness promises (Ghodsi et al., NSDI 2011, §3), for tasks that cannot
 * be divided, on one agent, with frameworks that always want one more task. Everything is within
 * one task, and one cannot promise more: the last one fits, or it does not.
 */
interface Amounts {
  readonly cpus: number
  readonly mem: number
}

interface FairWorld {
  readonly agent: Amounts
  /** The demand of one task, by framework. */
  readonly demands: readonly Amounts[]
}

interface Outcome {
  readonly agent: Amounts
  readonly rows: readonly { readonly demand: Amounts; readonly tasks: number }[]
}

const names = ['cpus', 'mem'] as const
const samples = isLong ? 40 : 20

const worlds: fc.Arbitrary<FairWorld> = fc.record({
  agent: fc.record({
    cpus: fc.integer({ min: 10, max: 24 }),
    mem: fc.integer({ min: 1_000, max: 2_400 }),
  }),
  demands: fc.array(
    fc.record({ cpus: fc.integer({ min: 1, max: 5 }), mem: fc.integer({ min: 40, max: 500 }) }),
    { minLength: 2, maxLength: 4, size: 'max' },
  ),
})

/** Lets the running actors fill the agent, or several that are all alike. */
function fill({ agent, demands }: FairWorld, policy: AllocationPolicy, agents = 1): Outcome {
  const stage = new Stage({}, { policy, isLong: true })
  stage.agents(agents, { ...agent })
  const takers = demands.map((demand, index) => new Taker(stage, `F${index}`, { ...demand }))
  stage.settle()
  stage.check()
  return {
    agent,
    rows: demands.map((demand, index) => ({ demand, tasks: takers[index]?.tasks ?? 0 })),
  }
}

/** The dominant share of one task. */
function shareOf(demand: Amounts, agent: Amounts): number {
  return Math.max(...names.map((name) => demand[name] / agent[name]))
}

/**
 * Nobody has less than an equal part. When the next task of somebody has no room any more, some
 * resource lacks less than that task, and each of the others has at most a share as large as its
 * own and one task: so `n · share > 1 − the shares of one task of each`.
 */
function breaksSharing({ agent, rows }: Outcome): boolean {
  const single = rows.map(({ demand }) => shareOf(demand, agent))
  const slack = single.reduce((sum, share) => sum + share, 0)
  return rows.some(({ tasks }, index) => {
    const share = tasks * (single[index] ?? 0)
    return rows.length * share <= 1 - slack - 1e-9
  })
}

/** Nobody could run more tasks than its own in what another has, less one of the other's tasks. */
function breaksEnvy({ rows }: Outcome): boolean {
  return rows.some((one) =>
    rows.some((other) => {
      if (one === other) return false
      const kept = Math.max(0, other.tasks - 1)
      const fits = names.map((name) => (kept * other.demand[name]) / one.demand[name])
      return Math.floor(Math.min(...fits) + 1e-9) > one.tasks
    }),
  )
}

/** Nobody could have one more task without taking from another: what is left has no room. */
function breaksPareto({ agent, rows }: Outcome): boolean {
  const free = { ...agent }
  for (const { demand, tasks } of rows) for (const name of names) free[name] -= demand[name] * tasks
  return rows.some(({ demand }) => names.every((name) => demand[name] <= free[name]))
}

/** Whoever has the smallest name gets all it wants. */
const firstServed: AllocationPolicy = {
  name: 'first served',
  allocate: (round) => allocateInOrder(round, fixedOrder(round)),
}

function fixedOrder({ clients }: AllocationRound): ClientOrder {
  const sorted = [...clients].sort((left, right) => (left.frameworkId < right.frameworkId ? -1 : 1))
  return { visit: (visitor) => void sorted.some(visitor), credit: () => {} }
}

/** Offers to the smallest share alone: when that has no use for it, nobody gets anything. */
const stingy: AllocationPolicy = {
  name: 'stingy',
  allocate: (round) => {
    const order = new ShareOrder(round)
    const first: ClientOrder = {
      visit: (visitor) => order.visit((client) => visitor(client) || true),
      credit: (client, resources) => order.credit(client, resources),
    }
    return allocateInOrder(round, first)
  },
}

/** In how many of the worlds each promise is broken under the policy. */
function broken(policy: AllocationPolicy): { sharing: number; envy: number; pareto: number } {
  const sample = fc.sample(worlds, { seed: 5, numRuns: samples })
  const outcomes = sample.map((world) => fill(world, policy))
  return {
    sharing: outcomes.filter(breaksSharing).length,
    envy: outcomes.filter(breaksEnvy).length,
    pareto: outcomes.filter(breaksPareto).length,
  }
}

describe('Fairness of drf, as the actors run it', { timeout: 30_000 }, () => {
  test('sharing incentive, envy-freeness and Pareto efficiency hold within one task', () => {
    let tasks = 0
    fc.assert(
      fc.property(worlds, (world) => {
        const outcome = fill(world, drfPolicy)
        expect(breaksSharing(outcome), 'somebody has less than an equal part').toBe(false)
        expect(breaksEnvy(outcome), 'somebody envies another').toBe(false)
        expect(breaksPareto(outcome), 'there is room for one more task').toBe(false)
        for (const row of outcome.rows) tasks += row.tasks
      }),
      { seed: 1, numRuns: samples },
    )
    expect(tasks).toBeGreaterThan(5 * samples)
  })

  test('on several agents nobody lacks more than two of them for an equal part', () => {
    // An offer is a whole agent, and counts while it is out: that is how coarse fairness is.
    const agents = 6
    fc.assert(
      fc.property(worlds, (world) => {
        const { agent, rows } = fill(world, drfPolicy, agents)
        for (const { demand, tasks } of rows) {
          const share = (tasks * shareOf(demand, agent)) / agents
          expect(share).toBeGreaterThan(1 / rows.length - 2 / agents)
        }
      }),
      { seed: 1, numRuns: 10 },
    )
  })

  test('a policy that serves the first first breaks the sharing incentive, and is envied', () => {
    const { sharing, envy, pareto } = broken(firstServed)
    expect(sharing).toBeGreaterThan(samples / 8)
    expect(envy).toBeGreaterThan(samples / 8)
    expect(pareto).toBe(0)
  })

  test('a policy that asks the smallest share alone leaves room that others would use', () => {
    expect(broken(stingy).pareto).toBeGreaterThan(samples / 8)
  })
})
