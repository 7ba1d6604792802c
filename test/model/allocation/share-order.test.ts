import { describe, expect, test } from 'vitest'
import type { Resources } from '../../../src/messages/index.ts'
import { listInOrder } from '../../../src/model/allocation/in-order.ts'
import { type ShareOptions, ShareOrder } from '../../../src/model/allocation/share-order.ts'
import { toQuantities } from '../../../src/model/resources/quantities.ts'
import { clientOf, Pool } from '../../support/pool.ts'

interface Situation {
  /** Who is in which role, and holds what. */
  readonly holders: readonly (readonly [id: string, role: string, held: Resources])[]
  readonly weights?: Readonly<Record<string, number>>
  readonly priorities?: Readonly<Record<string, number>>
  readonly total?: Resources
  readonly options?: ShareOptions
}

/** Ten cpus and a hundred of everything else, so that shares are easy to read. */
const standard: Resources = { cpus: 10, mem: 100, disk: 100 }

function poolOf({ holders, weights = {}, priorities = {}, total = standard }: Situation): Pool {
  const pool = new Pool({
    weights: new Map(Object.entries(weights)),
    priorities: new Map(Object.entries(priorities)),
  })
  pool.agent('a', total)
  for (const [id, role] of holders) {
    if (!pool.ledger.frameworks.has(id)) pool.framework(id, { roles: [role] })
  }
  for (const [id, role, resources] of holders) {
    if (Object.keys(resources).length > 0) pool.give({ to: id, on: 'a', resources }, role)
  }
  return pool
}

function orderOf(situation: Situation): string {
  const order = new ShareOrder(poolOf(situation).round(), situation.options)
  return listInOrder(order)
    .map(({ frameworkId }) => frameworkId)
    .join(' ')
}

describe('Share order: who comes first', () => {
  test.each<[string, string, Situation]>([
    [
      'the smaller dominant share, whichever resource it is of',
      'B C A',
      {
        holders: [
          ['A', 'a', { cpus: 3, mem: 10 }],
          ['B', 'b', { cpus: 1, mem: 10 }],
          ['C', 'c', { cpus: 1, mem: 20 }],
        ],
      },
    ],
    [
      'a share counts over its weight',
      'A B',
      {
        holders: [
          ['A', 'a', { cpus: 3 }],
          ['B', 'b', { cpus: 2 }],
        ],
        weights: { a: 2 },
      },
    ],
    [
      'only the resources that are said to count, count',
      'B A',
      {
        holders: [
          ['A', 'a', { cpus: 2 }],
          ['B', 'b', { cpus: 1, mem: 90 }],
        ],
        options: { resources: ['cpus'] },
      },
    ],
    [
      'what the cluster has none of does not count, and lists do not either',
      'B A',
      {
        holders: [
          ['A', 'a', { mem: 10 }],
          ['B', 'b', { ports: [[1, 90]] }],
        ],
        total: { ...standard, ports: [[1, 100]] },
      },
    ],
    [
      'with equal shares, whoever was allocated something less often',
      'B A',
      {
        holders: [
          ['A', 'a', { cpus: 1 }],
          ['B', 'b', { cpus: 2 }],
          ['A', 'a', { cpus: 1 }],
        ],
      },
    ],
    [
      'with equal shares and allocations, by name',
      'F1 F2 F3',
      {
        holders: [
          ['F3', 'c', {}],
          ['F1', 'a', {}],
          ['F2', 'b', {}],
        ],
      },
    ],
    [
      'roles are named first, then frameworks: the role decides',
      'F2 F1',
      {
        holders: [
          ['F1', 'b', {}],
          ['F2', 'a', {}],
        ],
      },
    ],
    [
      'what is revocable counts like everything else',
      'B A',
      {
        holders: [
          ['A', 'a', { 'cpus{revocable}': 5 }],
          ['B', 'b', { cpus: 4 }],
        ],
        total: { cpus: 5, 'cpus{revocable}': 5 },
      },
    ],
    [
      'what is reserved for a role counts even while nobody uses it',
      'B A',
      {
        holders: [
          ['A', 'a', { cpus: 1 }],
          ['B', 'b', { cpus: 2 }],
        ],
        total: { cpus: 6, 'cpus(a)': 4 },
      },
    ],
  ])('%s: %s', (_what, expected, situation) => {
    expect(orderOf(situation)).toBe(expected)
  })
})

describe('Share order: priorities', () => {
  const holders: Situation['holders'] = [
    ['low', 'low', {}],
    ['high', 'high', { cpus: 5 }],
    ['higher', 'high', { cpus: 1 }],
  ]
  const priorities = { high: 10 }

  test('come before shares when they count, and equals go by share', () => {
    expect(orderOf({ holders, priorities, options: { priorities: true } })).toBe('higher high low')
  })

  test('mean nothing when they do not', () => {
    expect(orderOf({ holders, priorities })).toBe('low higher high')
  })

  test('may be below zero, for those who come last', () => {
    const options = { priorities: true }
    expect(orderOf({ holders, priorities: { low: -1 }, options })).toBe('higher high low')
  })
})

/**
 * eng has frameworks of its own and two roles below it; ops stands beside it. Of the 10 cpus, eng
 * and all below hold `own + ads + web`.
 */
function company(own: number, ads: number, web: number, ops: number): Situation['holders'] {
  return [
    ['own', 'eng', own > 0 ? { cpus: own } : {}],
    ['ads', 'eng/ads', ads > 0 ? { cpus: ads } : {}],
    ['web', 'eng/web', web > 0 ? { cpus: web } : {}],
    ['ops', 'ops', ops > 0 ? { cpus: ops } : {}],
  ]
}

describe('Share order: a tree of roles', () => {
  test.each<[string, string, Situation]>([
    ['a role counts all below it', 'ops own ads web', { holders: company(1, 1, 1, 2) }],
    ['with its weight', 'own ads web ops', { holders: company(1, 1, 1, 2), weights: { eng: 2 } }],
    [
      'the roles below a role compete with each other',
      'own web ads ops',
      { holders: company(0, 2, 1, 4) },
    ],
    [
      'weights below a role count there and nowhere else',
      'ops own ads web',
      { holders: company(0, 3, 2, 4), weights: { 'eng/ads': 2, 'eng/web': 1 } },
    ],
    [
      'a weight far below does not make its ancestors greater',
      'ops ads own web',
      { holders: company(1, 1, 1, 2), weights: { 'eng/ads': 100 } },
    ],
    [
      "the role's own frameworks share one place among the roles below",
      'ads web own1 own2 ops',
      {
        holders: [
          ['own1', 'eng', { cpus: 1 }],
          ['own2', 'eng', { cpus: 2 }],
          ['ads', 'eng/ads', { cpus: 1 }],
          ['web', 'eng/web', { cpus: 2 }],
          ['ops', 'ops', { cpus: 3, mem: 70 }],
        ],
      },
    ],
    [
      'that place has the weight 1',
      'own ads web ops',
      { holders: company(1, 3, 1, 3), weights: { 'eng/ads': 2, 'eng/web': 0.5, eng: 4 } },
    ],
    [
      'without frameworks of its own a role has no such place',
      'web ads ops',
      { holders: company(0, 2, 1, 4).slice(1) },
    ],
    [
      'a third level',
      'B A ops',
      {
        holders: [
          ['A', 'eng/ads/x', { cpus: 2 }],
          ['B', 'eng/ads/y', { cpus: 1 }],
          ['ops', 'ops', { cpus: 4 }],
        ],
      },
    ],
    [
      'the role of everybody is a role like any other',
      'common own ads web ops',
      { holders: [...company(1, 1, 1, 4), ['common', '*', { cpus: 1 }]] },
    ],
  ])('%s: %s', (_what, expected, situation) => {
    expect(orderOf(situation)).toBe(expected)
  })

  test('priorities count at their own level: a high one below a low role waits with it', () => {
    const priorities = { 'eng/web': 9, ops: 1 }
    const options = { priorities: true }
    expect(orderOf({ holders: company(0, 1, 5, 3), priorities, options })).toBe('ops web own ads')
  })
})

describe('Share order: credit', () => {
  test('moves who was given something back, with the roles above it', () => {
    const round = poolOf({ holders: company(0, 0, 0, 1) }).round()
    const order = new ShareOrder(round)
    const names = () => listInOrder(order).map(({ frameworkId }) => frameworkId)
    expect(names()).toEqual(['own', 'ads', 'web', 'ops'])
    order.credit(clientOf(round, 'own', 'eng'), toQuantities({ cpus: 0.5 }))
    expect(names()).toEqual(['ads', 'web', 'own', 'ops'])
    order.credit(clientOf(round, 'web', 'eng/web'), toQuantities({ cpus: 1 }))
    expect(names()).toEqual(['ops', 'ads', 'own', 'web'])
  })

  test('a visit that ends early has seen only those who come first', () => {
    const order = new ShareOrder(poolOf({ holders: company(0, 0, 0, 1) }).round())
    const seen: string[] = []
    order.visit(({ frameworkId }) => {
      seen.push(frameworkId)
      return seen.length === 2
    })
    expect(seen).toEqual(['own', 'ads'])
  })
})
