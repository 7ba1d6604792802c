import { describe, expect, test } from 'vitest'
import type { Resources } from '../../../src/messages/index.ts'
import { PolicyError } from '../../../src/model/allocation/round.ts'
import { toQuantities } from '../../../src/model/resources/quantities.ts'
import { candidateOf, clientOf, Pool } from '../../support/pool.ts'

/** What a framework may be offered of one agent, and why not. */
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
