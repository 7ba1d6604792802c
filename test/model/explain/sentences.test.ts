import { describe, expect, test } from 'vitest'
import type { FrameworkInfo, Resources } from '../../../src/messages/index.ts'
import { ConstraintCompiler } from '../../../src/model/allocation/constraints.ts'
import { drfPolicy } from '../../../src/model/allocation/policies.ts'
import type { AllocationPolicy } from '../../../src/model/allocation/policy.ts'
import { explainDemand } from '../../../src/model/explain/demand.ts'
import type { LedgerOptions } from '../../../src/model/ledger/ledger.ts'
import { toQuantities } from '../../../src/model/resources/quantities.ts'
import { Pool } from '../../support/pool.ts'

/** A book with these agents, and with the frameworks `ads`, who asks, and `web`. */
function poolOf(
  agents: Readonly<Record<string, Resources>>,
  info: Partial<FrameworkInfo> = {},
  options: Partial<LedgerOptions> = {},
): Pool {
  const pool = new Pool(options)
  pool.framework('ads', info)
  pool.framework('web')
  for (const [name, resources] of Object.entries(agents)) pool.agent(name, resources)
  return pool
}

/** Why `ads` does not get what it wants. */
function why(pool: Pool, wanted: Resources, policy: AllocationPolicy = drfPolicy): string {
  const { ledger } = pool
  const { framework, role } = pool.client('ads')
  pool.round()
  const context = { ledger, policy, compiler: new ConstraintCompiler(), at: 0 }
  return explainDemand(context, { framework, role, resources: toQuantities(wanted) })
}

describe('Explained: it cannot be asked', () => {
  test('because its framework is not there', () => {
    const pool = poolOf({ a: { cpus: 1 } })
    pool.client('ads').framework.state = 'disconnected'
    expect(why(pool, { cpus: 1 })).toBe('its framework is disconnected')
  })

  test('because its framework wants no offers', () => {
    const pool = poolOf({ a: { cpus: 1 } })
    pool.client('ads').framework.suppressedRoles.add('ads')
    expect(why(pool, { cpus: 1 })).toBe('its framework has asked for no offers in the role ads')
  })
})

describe('Explained: it can never be', () => {
  test('while no agent is connected', () => {
    expect(why(poolOf({}), { cpus: 1 })).toBe('no agent is connected')
  })

  test('because no agent has any of something', () => {
    expect(why(poolOf({ a: { cpus: 1 } }), { cpus: 1, gpus: 1 })).toBe(
      'it needs 1 gpu, no agent has any',
    )
  })

  test('because it is larger than the largest agent', () => {
    const pool = poolOf({ a: { cpus: 1, mem: 64 }, b: { cpus: 2, mem: 32 } })
    expect(why(pool, { cpus: 3 })).toBe('it needs 3 cpus, the largest agent has 2')
  })

  test('because no agent has all of it at once', () => {
    const pool = poolOf({ a: { cpus: 1, mem: 64 }, b: { cpus: 2, mem: 32 } })
    expect(why(pool, { cpus: 2, mem: 64 })).toBe(
      'it needs 2 cpus, 64 MB on one agent; none has all of it at once',
    )
  })

  test('because the rest is reserved for others', () => {
    const pool = poolOf({ a: { cpus: 1, 'cpus(web)': 2 } })
    expect(why(pool, { cpus: 2 })).toBe(
      'it needs 2 cpus on one agent; none has all of it at once, without what is reserved for others',
    )
  })
})

describe('Explained: it must not be', () => {
  test('where the constraints of its framework do not hold', () => {
    const rack = [[{ attributeName: 'rack', textEquals: 'r2' }]]
    const pool = poolOf({}, { offerConstraints: { ads: rack } })
    pool.agent('a', { cpus: 1 }, { attributes: { rack: 'r1' } })
    expect(why(pool, { cpus: 1 })).toMatch(
      /^no agent with room for it meets its framework's constraints: on a, .*rack/,
    )
  })

  test('on agents that are not on the whitelist', () => {
    const pool = poolOf({ a: { cpus: 2 }, b: { cpus: 1 } }, {}, { whitelist: new Set(['b']) })
    expect(why(pool, { cpus: 2 })).toBe(
      'the agents that have room for it (a) are not on the whitelist',
    )
  })

  test('because the quota of its role is used up, or leaves too little', () => {
    const pool = poolOf({ a: { cpus: 4 } }, { roles: ['eng/ads'] })
    pool.quota('eng', { limits: { cpus: 2 } })
    const { framework } = pool.client('ads', 'eng/ads')
    const explained = (cpus: number): string =>
      explainDemand(
        { ledger: pool.ledger, policy: drfPolicy, compiler: new ConstraintCompiler(), at: 0 },
        { framework, role: 'eng/ads', resources: toQuantities({ cpus }) },
      )
    pool.give({ to: 'ads', on: 'a', resources: { cpus: 1 } }, 'eng/ads')
    pool.round()
    expect(explained(1.5)).toBe(
      'it needs 1.5 cpus, and the quota of eng leaves 1: 1 of 2 cpus taken',
    )
    pool.give({ to: 'ads', on: 'a', resources: { cpus: 1 } }, 'eng/ads')
    expect(explained(1.5)).toBe('the quota of eng is used up: 2 of 2 cpus taken')
  })

  test('because what is free is kept for guarantees of others', () => {
    const pool = poolOf({ a: { cpus: 4 } })
    pool.quota('web', { guarantees: { cpus: 3 } })
    expect(why(pool, { cpus: 2 })).toBe('what is free is kept for guarantees of web: 3 cpus of it')
  })
})

describe('Explained: there is no room', () => {
  test('because an agent is offered to somebody else', () => {
    const pool = poolOf({ a: { cpus: 1 } })
    pool.give({ to: 'web', on: 'a', resources: { cpus: 1 } })
    expect(why(pool, { cpus: 1 })).toBe('a is offered to web at the moment')
  })

  /** All but this much is used by web. */
  function used(
    agents: Readonly<Record<string, Resources>>,
    free: Readonly<Record<string, Resources>>,
  ) {
    const pool = poolOf(agents)
    for (const agent of pool.ledger.agents.values()) agent.free = toQuantities(free[agent.id] ?? {})
    return pool
  }

  test('because nothing is free', () => {
    expect(why(used({ a: { cpus: 2 } }, {}), { cpus: 1 })).toBe(
      'it needs 1 cpu on one agent, none is free',
    )
  })

  test('because too little is free', () => {
    const pool = used({ a: { cpus: 4 }, b: { cpus: 4 } }, { a: { cpus: 1 }, b: { cpus: 1.5 } })
    expect(why(pool, { cpus: 2 })).toBe(
      'it needs 2 cpus on one agent, the most that is free is 1.5 on b',
    )
  })

  test('because each thing is free, but not on one agent', () => {
    const all = { cpus: 2, mem: 64 }
    const pool = used({ a: all, b: all }, { a: { cpus: 2 }, b: { mem: 64 } })
    expect(why(pool, all)).toBe(
      'it needs 2 cpus, 64 MB on one agent, and none has all of it free at once',
    )
  })

  test('because a certain one is taken, though as many are free', () => {
    const pool = used({ a: { ports: [[1, 4]] } }, { a: { ports: [[2, 4]] } })
    expect(why(pool, { ports: [[1, 1]] })).toBe(
      'it needs ports 1-1 on one agent, and it is taken on every agent',
    )
  })

  test('and others come first, under a policy that can say so', () => {
    const pool = poolOf({ a: { cpus: 4 }, b: { cpus: 1 } })
    pool.give({ to: 'ads', on: 'a', resources: { cpus: 3 } })
    pool.give({ to: 'web', on: 'b', resources: { cpus: 1 } })
    const sentence = 'it needs 3 cpus on one agent, the most that is free is 1 on a'
    const policy: AllocationPolicy = { name: 'own', allocate: () => [] }
    for (const agent of pool.ledger.agents.values()) agent.offered = {}
    expect(why(pool, { cpus: 3 })).toBe(`${sentence}; second in line behind web at share 0.20`)
    expect(why(pool, { cpus: 3 }, policy)).toBe(sentence)
  })
})

describe('Explained: there is room', () => {
  test('but its framework refused it a while ago', () => {
    const pool = poolOf({ a: { cpus: 1 }, b: { cpus: 1 } })
    pool.refuse(pool.client('ads'), 'a', toQuantities({ cpus: 1 }), 4_200)
    pool.refuse(pool.client('ads'), 'b', toQuantities({ cpus: 1 }), 2_500)
    expect(why(pool, { cpus: 1 })).toBe(
      'its framework refused 2 agents a while ago: filtered for 2.5 s more',
    )
  })

  test('but less than the least that its framework wants to be offered', () => {
    const pool = poolOf({ a: { cpus: 2 } }, { minAllocatable: { ads: [{ cpus: 4 }] } })
    expect(why(pool, { cpus: 1 })).toBe(
      'what is free is less than the least that is worth an offer',
    )
  })

  test('and nothing in the way', () => {
    expect(why(poolOf({ a: { cpus: 1 } }), { cpus: 1 })).toBe('there is room: an offer is due')
  })
})
