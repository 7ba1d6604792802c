import { describe, expect, test } from 'vitest'
import type { Resources } from '../../../src/messages/index.ts'
import {
  createFairPolicy,
  drfPolicy,
  preemptivePolicy,
  priorityPolicy,
  randomPolicy,
} from '../../../src/model/allocation/policies.ts'
import type { AllocationPolicy } from '../../../src/model/allocation/policy.ts'
import type { LedgerOptions } from '../../../src/model/ledger/ledger.ts'
import { toQuantities } from '../../../src/model/resources/quantities.ts'
import { Pool } from '../../support/pool.ts'

/** Twelve agents of one cpu and 100 MB for frameworks that bear the names of their roles. */
function poolOf(roles: readonly string[], options: Partial<LedgerOptions> = {}): Pool {
  const pool = new Pool({ seed: 11, ...options })
  for (let index = 0; index < 12; index++) pool.agent(`a${index}`, { cpus: 1, mem: 100 })
  for (const role of roles) pool.framework(role)
  return pool
}

/** How many agents each role got. */
function counts(pool: Pool, policy: AllocationPolicy): Record<string, number> {
  const found: Record<string, number> = {}
  for (const { to } of pool.allocate(policy)) found[to] = (found[to] ?? 0) + 1
  return found
}

/** The framework refuses everything of every agent. */
function refuseAll(pool: Pool, id: string): void {
  for (const agent of pool.ledger.agents.values()) {
    pool.refuse(pool.client(id), agent.id, agent.total, 5_000)
  }
}

function who(policy: AllocationPolicy, pool: Pool): string[] | undefined {
  return policy.order?.(pool.round()).map(({ frameworkId }) => frameworkId)
}

describe('Policy drf', () => {
  test('gives out everything, evenly, or by weight', () => {
    expect(counts(poolOf(['A', 'B', 'C']), drfPolicy)).toEqual({ A: 4, B: 4, C: 4 })
    const weights = new Map([['A', 2]])
    expect(counts(poolOf(['A', 'B', 'C'], { weights }), drfPolicy)).toEqual({ A: 6, B: 3, C: 3 })
  })

  test('goes by the dominant resource of each', () => {
    const pool = poolOf(['A', 'B'])
    pool.agent('big', { cpus: 12, mem: 3_600 })
    pool.give({ to: 'A', on: 'big', resources: { cpus: 6 } })
    pool.give({ to: 'B', on: 'big', resources: { mem: 3_600 } })
    expect(who(drfPolicy, pool)).toEqual(['A', 'B'])
    expect(who(createFairPolicy(), pool)).toEqual(['B', 'A'])
  })
})

describe('Policy fair, on one resource', () => {
  test('what somebody has of other resources does not count', () => {
    const pool = poolOf(['A', 'B'])
    pool.agent('memory', { mem: 100_000 })
    pool.give({ to: 'A', on: 'memory', resources: { mem: 100_000 } })
    expect(counts(pool, createFairPolicy())).toEqual({ A: 6, B: 6 })
    const same = poolOf(['A', 'B'])
    same.agent('memory', { mem: 100_000 })
    same.give({ to: 'A', on: 'memory', resources: { mem: 100_000 } })
    expect(counts(same, drfPolicy)).toEqual({ B: 12 })
  })

  test('bears the name of a resource other than cpus', () => {
    expect(createFairPolicy().name).toBe('fair')
    expect(createFairPolicy('mem').name).toBe('fair:mem')
  })

  test('may be on any resource, and heeds weights and the tree of roles', () => {
    const weights = new Map([['eng', 3]])
    const pool = poolOf(['eng', 'ops', 'eng/ads'], { weights })
    expect(counts(pool, createFairPolicy('mem'))).toEqual({ eng: 5, 'eng/ads': 4, ops: 3 })
  })
})

describe('Policy priority', () => {
  const priorities = new Map([
    ['high', 2],
    ['middle', 1],
  ])
  const roles = ['low', 'middle', 'high']

  test('a role comes before every role of lower priority, whatever it holds already', () => {
    const pool = poolOf(roles, { priorities })
    pool.give({ to: 'high', on: 'a0', resources: { cpus: 1 } })
    expect(who(priorityPolicy, pool)).toEqual(['high', 'middle', 'low'])
    expect(counts(pool, priorityPolicy)).toEqual({ high: 12 })
  })

  test('among equals it is drf', () => {
    const pool = poolOf([...roles, 'higher'], {
      priorities: new Map([...priorities, ['higher', 2]]),
    })
    expect(counts(pool, priorityPolicy)).toEqual({ high: 6, higher: 6 })
  })

  test('a lower role gets what every higher one refused', () => {
    const pool = poolOf(roles, { priorities })
    refuseAll(pool, 'high')
    expect(counts(pool, priorityPolicy)).toEqual({ middle: 12 })
    const other = poolOf(roles, { priorities })
    for (const id of ['high', 'middle']) refuseAll(other, id)
    expect(counts(other, priorityPolicy)).toEqual({ low: 12 })
  })

  test('and in the same allocation what a higher one may not have', () => {
    const pool = poolOf(roles, { priorities })
    pool.agent('mine', { cpus: 1, 'cpus(low)': 4 })
    const parts = pool.allocate(priorityPolicy).filter(({ on }) => on === 'mine')
    const expected: [string, Resources][] = [
      ['high', { cpus: 1 }],
      ['low', { 'cpus(low)': 4 }],
    ]
    expect(parts.map(({ to, resources }) => [to, resources])).toEqual(expected)
  })

  test('a guarantee of a lower role comes before all priorities', () => {
    const pool = poolOf(roles, { priorities })
    pool.quota('low', { guarantees: { cpus: 3 } })
    expect(counts(pool, priorityPolicy)).toEqual({ low: 3, high: 9 })
  })

  test('says whether tasks may be killed for it', () => {
    expect(priorityPolicy.preempts).toBe(false)
    expect(preemptivePolicy.preempts).toBe(true)
    const pool = poolOf(roles, { priorities })
    expect(who(preemptivePolicy, pool)).toEqual(who(priorityPolicy, pool))
  })
})

describe('Policy random', () => {
  test('who has much is not put behind: over many rounds all get as often something', () => {
    const pool = poolOf(['A', 'B'])
    pool.give({ to: 'A', on: 'a0', resources: { cpus: 1, mem: 100 } })
    const found: Record<string, number> = { A: 0, B: 0 }
    for (let round = 0; round < 300; round++) {
      const made = pool.round()
      for (const { frameworkId } of randomPolicy.allocate(made)) {
        found[frameworkId] = (found[frameworkId] ?? 0) + 1
      }
      pool.ledger.seed = made.seed
    }
    const all = 300 * 11
    expect(Math.abs((found.A ?? 0) / all - 0.5)).toBeLessThan(0.03)
  })
})

describe.each([drfPolicy, createFairPolicy('mem'), priorityPolicy, preemptivePolicy, randomPolicy])(
  'Every policy: $name',
  (policy) => {
    const roles = ['A', 'B', 'A/x', 'C']

    test('leaves nothing that somebody would take', () => {
      const pool = poolOf(roles)
      refuseAll(pool, 'A')
      pool.allocate(policy)
      for (const { free } of pool.ledger.agents.values()) expect(free).toEqual({})
    })

    test('the same book and seed give the same allocation', () => {
      const results = [1, 2].map(() => poolOf(roles).allocate(policy))
      expect(results[0]).toEqual(results[1])
      expect(results[0]?.length).toBeGreaterThan(0)
    })

    test('can say who comes first, every client once, without giving anything away', () => {
      const pool = poolOf(roles)
      expect([...(who(policy, pool) ?? [])].sort()).toEqual(['A', 'A/x', 'B', 'C'])
      expect(pool.ledger.agents.get('a0')?.free).toEqual(toQuantities({ cpus: 1, mem: 100 }))
    })
  },
)
