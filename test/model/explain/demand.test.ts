import { describe, expect, test } from 'vitest'
import type { FrameworkInfo, Resources } from '../../../src/messages/index.ts'
import { ConstraintCompiler } from '../../../src/model/allocation/constraints.ts'
import { addFilter } from '../../../src/model/allocation/filters.ts'
import { drfPolicy } from '../../../src/model/allocation/policies.ts'
import { explainDemand } from '../../../src/model/explain/demand.ts'
import { toQuantities } from '../../../src/model/resources/quantities.ts'
import { Pool } from '../../support/pool.ts'

/** Why `f` waits for these resources. */
function why(pool: Pool, resources: Resources, role = 'f'): string {
  const framework = pool.ledger.frameworks.get('f')
  if (framework === undefined) throw new Error('f is not in the pool')
  const compiler = new ConstraintCompiler()
  const demand = { framework, role, resources: toQuantities(resources) }
  return explainDemand({ ledger: pool.ledger, policy: drfPolicy, compiler, at: 0 }, demand)
}

/** A pool with `f` in it, and `g`, who has everything of the agents named. */
function poolOf(
  agents: Readonly<Record<string, Resources>>,
  info: Partial<FrameworkInfo> = {},
  taken: readonly string[] = [],
): Pool {
  const pool = new Pool()
  pool.framework('f', info)
  pool.framework('g')
  for (const [name, resources] of Object.entries(agents)) pool.agent(name, resources)
  for (const on of taken) pool.give({ to: 'g', on, resources: agents[on] ?? {} })
  return pool
}

const ssd: Partial<FrameworkInfo> = {
  offerConstraints: { f: [[{ attributeName: 'ssd', exists: true }]] },
}

describe('Explanation: no agent could ever run it', () => {
  test.each<[string, Readonly<Record<string, Resources>>, Resources, string]>([
    ['no agent', {}, { cpus: 1 }, 'no agent is connected'],
    [
      'more than the largest',
      { a: { cpus: 4, licences: 2 } },
      { licences: 8 },
      'it needs 8 licences, the largest agent has 2',
    ],
    ['nobody has it', { a: { cpus: 4 } }, { disk: 8 }, 'it needs 8 MB disk, no agent has any'],
    [
      'more ports than there are',
      { a: { cpus: 4, ports: [[1, 2]] } },
      { ports: 3 },
      'it needs 3 ports, the largest agent has 2',
    ],
    [
      'each thing elsewhere',
      { a: { cpus: 4, mem: 10 }, b: { cpus: 1, mem: 1_000 } },
      { cpus: 4, mem: 1_000 },
      'it needs 4 cpus, 1000 MB on one agent; none has all of it at once',
    ],
    [
      'the rest is reserved',
      { a: { cpus: 4, 'cpus(g)': 8 } },
      { cpus: 6 },
      'it needs 6 cpus on one agent; none has all of it at once, without what is reserved for others',
    ],
  ])('%s', (_what, agents, resources, sentence) => {
    expect(why(poolOf(agents), resources)).toBe(sentence)
  })
})

describe('Explanation: who could run it is closed to its framework', () => {
  test('by its own constraints', () => {
    expect(why(poolOf({ a: { cpus: 4 } }, ssd), { cpus: 1 })).toBe(
      "no agent with room for it meets its framework's constraints: on a, constraint ssd exists is not met (the agent has none)",
    )
  })

  test('by the whitelist', () => {
    const pool = poolOf({ a: { cpus: 4 } })
    pool.ledger.whitelist = new Set(['elsewhere'])
    expect(why(pool, { cpus: 1 })).toBe(
      'the agents that have room for it (a) are not on the whitelist',
    )
  })

  test.each<[Resources, Resources]>([
    [{ cpus: 4, gpus: 2 }, { cpus: 1 }],
    [{ cpus: 4, gpus: 2 }, { gpus: 1 }],
    [{ cpus: 4, 'gpus(x)': 2 }, { cpus: 1 }],
  ])('by gpus that it does not say it can use: %j for %j', (total, wanted) => {
    expect(why(poolOf({ a: total }), wanted)).toBe(
      'the agents that have room for it (a) have gpus, and its framework does not say that it can use them: GPU_RESOURCES is not among its capabilities',
    )
  })

  test.each<[string, Partial<FrameworkInfo>, Resources, ReadonlySet<string> | undefined]>([
    ['constraints', ssd, { cpus: 4 }, undefined],
    ['the whitelist', {}, { cpus: 4 }, new Set(['b'])],
    ['gpus', {}, { cpus: 4, gpus: 1 }, undefined],
  ])('by %s, and the others are full: room there is no room', (_what, info, closed, whitelist) => {
    const pool = new Pool()
    pool.framework('f', info)
    pool.framework('g')
    pool.agent('a', closed)
    pool.agent('b', { cpus: 4 }, { attributes: { ssd: 'yes' } })
    pool.give({ to: 'g', on: 'b', resources: { cpus: 4 } })
    pool.ledger.whitelist = whitelist
    expect(why(pool, { cpus: 2 })).toBe('b is offered to g at the moment')
  })
})

describe('Explanation: quotas', () => {
  test('of its own role, by the limit', () => {
    const pool = poolOf({ a: { cpus: 4 } })
    pool.quota('f', { limits: { cpus: 1.5 } })
    expect(why(pool, { cpus: 2 })).toBe(
      'it needs 2 cpus, and the quota of f leaves 1.5: 0 of 1.5 cpus taken',
    )
    pool.give({ to: 'f', on: 'a', resources: { cpus: 1.5 } })
    expect(why(pool, { cpus: 2 })).toBe('the quota of f is used up: 1.5 of 1.5 cpus taken')
  })

  test('of others, for whom the rest is kept', () => {
    const pool = poolOf({ a: { cpus: 4 } })
    pool.quota('g', { guarantees: { cpus: 4 } })
    expect(why(pool, { cpus: 1 })).toBe('what is free is kept for guarantees of g: 4 cpus of it')
  })
})

describe('Explanation: not now', () => {
  test('its framework wants nothing, or is away', () => {
    const pool = poolOf({ a: { cpus: 4 } })
    const framework = pool.ledger.frameworks.get('f')
    framework?.suppressedRoles.add('f')
    expect(why(pool, { cpus: 1 })).toBe('its framework has asked for no offers in the role f')
    if (framework !== undefined) framework.state = 'disconnected'
    expect(why(pool, { cpus: 1 })).toBe('its framework is disconnected')
  })

  test('all of it is offered to somebody else', () => {
    const pool = poolOf({ a: { cpus: 4 } }, {}, ['a'])
    expect(why(pool, { cpus: 1 })).toBe('a is offered to g at the moment')
  })

  test('it refused what is free, for some time', () => {
    const pool = poolOf({ a: { cpus: 4 } })
    const [agent] = pool.ledger.agents.values()
    const refused = toQuantities({ cpus: 4 })
    const { epoch } = pool.ledger
    if (agent) addFilter(agent, { client: pool.client('f'), refused, until: 3_200 }, 0, epoch)
    expect(why(pool, { cpus: 1 })).toBe(
      'its framework refused a a while ago: filtered for 3.2 s more',
    )
  })

  test('what is free is less than it wants to hear of', () => {
    const pool = poolOf({ a: { cpus: 4 } }, { minAllocatable: { f: [{ cpus: 100 }] } })
    expect(why(pool, { cpus: 1 })).toBe(
      'what is free is less than the least that is worth an offer',
    )
  })

  test('nothing is in the way', () => {
    expect(why(poolOf({ a: { cpus: 4 } }), { cpus: 1 })).toBe('there is room: an offer is due')
  })
})
