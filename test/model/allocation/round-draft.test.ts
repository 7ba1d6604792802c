import { describe, expect, test } from 'vitest'
import type { Resources } from '../../../src/messages/index.ts'
import { PolicyError } from '../../../src/model/allocation/round.ts'
import { toQuantities } from '../../../src/model/resources/quantities.ts'
import { candidateOf, clientOf, Pool } from '../../support/pool.ts'

describe('Round: which agents and clients there are', () => {
  function hosts(pool: Pool, agentIds?: readonly string[]): string[] {
    return pool
      .round(0, agentIds)
      .candidates.map(({ agentId }) => agentId)
      .sort()
  }

  test('only agents on the whitelist, if there is one, and an empty one allows none', () => {
    for (const [whitelist, allowed] of [
      [undefined, ['a', 'b']],
      [new Set(['b', 'elsewhere']), ['b']],
      [new Set<string>(), []],
    ] as const) {
      const pool = new Pool(whitelist === undefined ? {} : { whitelist })
      pool.framework('f')
      for (const name of ['a', 'b']) pool.agent(name, { cpus: 1 })
      expect(hosts(pool)).toEqual(allowed)
    }
  })

  test('no agent that is not connected, is unknown, or has nothing free', () => {
    const pool = new Pool()
    pool.framework('f')
    for (const name of ['free', 'full', 'away']) pool.agent(name, { cpus: 1 })
    pool.give({ to: 'f', on: 'full', resources: { cpus: 1 } })
    const away = pool.ledger.agents.get('away')
    if (away !== undefined) away.state = 'disconnected'
    expect(hosts(pool, ['free', 'full', 'away', 'nobody'])).toEqual(['free'])
  })

  test('agents come in an order that the seed decides', () => {
    const orderFor = (seed: number): string => {
      const pool = new Pool({ seed })
      pool.framework('f')
      for (let index = 0; index < 8; index++) pool.agent(`a${index}`, { cpus: 1 })
      const round = pool.round()
      expect(round.seed).not.toBe(seed)
      return round.candidates.map(({ agentId }) => agentId).join(' ')
    }
    const orders = Array.from({ length: 20 }, (_, seed) => orderFor(seed))
    expect(orders).toEqual(Array.from({ length: 20 }, (_, seed) => orderFor(seed)))
    expect(new Set(orders).size).toBe(20)
  })

  test('each agent comes first about as often as any other', () => {
    const pool = new Pool({ seed: 7 })
    pool.framework('f')
    for (let index = 0; index < 4; index++) pool.agent(`a${index}`, { cpus: 1 })
    const first = new Map<string, number>()
    for (let count = 0; count < 4_000; count++) {
      const round = pool.round()
      pool.ledger.seed = round.seed
      const agentId = round.candidates[0]?.agentId ?? ''
      first.set(agentId, (first.get(agentId) ?? 0) + 1)
    }
    expect([...first.keys()].sort()).toEqual(['a0', 'a1', 'a2', 'a3'])
    for (const count of first.values()) expect(Math.abs(count - 1_000)).toBeLessThan(100)
  })
})

describe('Round: taking resources out', () => {
  function round() {
    const pool = new Pool()
    pool.agent('a', { cpus: 4, mem: 1_024, 'cpus(g)': 1 })
    for (const name of ['f', 'g']) pool.framework(name)
    const made = pool.round()
    const [f, g] = [clientOf(made, 'f'), clientOf(made, 'g')]
    return { pool, round: made, f, g, lot: candidateOf(made, 'a') }
  }

  test('by default all that is offerable; others may have what that leaves', () => {
    const { round: made, f, g, lot } = round()
    expect(made.allocate(f, lot)?.resources).toEqual(toQuantities({ cpus: 4, mem: 1_024 }))
    expect(made.allocate(f, lot)).toBeUndefined()
    expect(made.allocate(g, lot)?.resources).toEqual(toQuantities({ 'cpus(g)': 1 }))
    expect(lot.free).toEqual({})
  })

  test('or a part of it, several times over', () => {
    const { round: made, f, lot } = round()
    for (let index = 0; index < 3; index++) made.allocate(f, lot, toQuantities({ cpus: 1 }))
    expect(lot.free).toEqual(toQuantities({ cpus: 1, mem: 1_024, 'cpus(g)': 1 }))
  })

  test('changes nothing in the book', () => {
    const { pool, round: made, f, lot } = round()
    made.allocate(f, lot)
    expect(pool.ledger.agents.get('a')?.free).toEqual(
      toQuantities({ cpus: 4, mem: 1_024, 'cpus(g)': 1 }),
    )
    expect(pool.client('f').allocated).toEqual({})
  })

  test.each<[string, Resources]>([
    ['more than there is', { cpus: 5 }],
    ['what the agent does not have', { disk: 1 }],
    ['what is reserved for somebody else', { 'cpus(g)': 1 }],
  ])('%s is refused', (_what, resources) => {
    const { round: made, f, lot } = round()
    expect(() => made.allocate(f, lot, toQuantities(resources))).toThrow(PolicyError)
    expect(lot.free).toEqual(toQuantities({ cpus: 4, mem: 1_024, 'cpus(g)': 1 }))
  })

  test.each([
    ['less than nothing', { cpus: -1_000 }],
    ['nothing, written down', { cpus: 0 }],
    ['a part of a thousandth', { cpus: 0.5 }],
    ['no number', { cpus: Number.NaN }],
  ])('%s is refused', (_what, resources) => {
    const { round: made, f, lot } = round()
    expect(() => made.allocate(f, lot, resources)).toThrow(PolicyError)
  })

  test('a client of another round is refused, and so is an agent of another', () => {
    const [here, there] = [round(), round()]
    expect(() => here.round.allocate(there.f, here.lot)).toThrow(/not a client of this round/)
    const double = { frameworkId: 'f', role: 'f', allocated: {}, allocations: 0, version: 0 }
    expect(() => here.round.offerable(double, here.lot)).toThrow(/f, who is not a client of this/)
    const { agentId, hostname, attributes, total, free } = here.lot
    const copy = { agentId, hostname, attributes, total, free }
    expect(() => here.round.allocate(here.f, copy)).toThrow(/not a candidate of this round/)
    expect(() => here.round.allocate(here.f, there.lot)).toThrow(/not a candidate of this round/)
  })

  test('an allocation can be claimed once, and only where it was made', () => {
    const [here, there] = [round(), round()]
    const allocation = here.round.allocate(here.f, here.lot)
    if (allocation === undefined) throw new Error('nothing was allocated')
    expect(there.round.claim(allocation)).toBe(false)
    expect(here.round.claim({ ...allocation })).toBe(false)
    expect(here.round.claim(allocation)).toBe(true)
    expect(here.round.claim(allocation)).toBe(false)
  })

  test('a role that nobody has cannot be asked for', () => {
    const { round: made } = round()
    expect(made.role('g').path).toBe('g')
    expect(() => made.role('nobody')).toThrow('asked for the role nobody, which nobody has')
  })
})
