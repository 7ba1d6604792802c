import { describe, expect, test } from 'vitest'
import type { FrameworkInfo, Resources } from '../../../src/messages/index.ts'
import { allocateGuarantees } from '../../../src/model/allocation/guarantees.ts'
import { drfPolicy } from '../../../src/model/allocation/policies.ts'
import { toQuantities } from '../../../src/model/resources/quantities.ts'
import { type Part, Pool, partOf } from '../../support/pool.ts'

/** Four agents of 2 cpus and 100 MB with ten ports; roles eng, eng/ads and ops. */
function poolOf(rest: Readonly<Record<string, Partial<FrameworkInfo>>> = {}): Pool {
  const pool = new Pool({ seed: 5 })
  for (const name of ['a', 'b', 'c', 'd']) {
    pool.agent(name, { cpus: 2, mem: 100, ports: [[1, 10]] })
  }
  for (const role of ['eng', 'eng/ads', 'ops'])
    pool.framework(role, { roles: [role], ...rest[role] })
  return pool
}

function guaranteed(pool: Pool): Part[] {
  return allocateGuarantees(pool.round()).map(partOf)
}

function sumOf(parts: readonly Part[], name: string, to: (id: string) => boolean): number {
  let sum = 0
  for (const { to: id, resources } of parts) {
    const amount = resources[name]
    if (to(id) && typeof amount === 'number') sum += amount
  }
  return sum
}

const inEng = (id: string): boolean => id.startsWith('eng')

describe('Guarantees: the first stage of an allocation', () => {
  test('gives out nothing when there are none, or all are met', () => {
    expect(guaranteed(poolOf())).toEqual([])
    const pool = poolOf()
    pool.quota('eng', { guarantees: { cpus: 2 } })
    pool.give({ to: 'eng/ads', on: 'a', resources: { cpus: 2 } })
    expect(guaranteed(pool)).toEqual([])
  })

  test('gives roles what they miss, and nobody else anything', () => {
    const pool = poolOf()
    pool.quota('eng', { guarantees: { cpus: 5 }, limits: { cpus: 5 } })
    const parts = guaranteed(pool)
    expect(sumOf(parts, 'cpus', inEng)).toBe(5)
    expect(parts.filter(({ to }) => to === 'ops')).toEqual([])
  })

  test('shares what a role is guaranteed among its frameworks, smallest share first', () => {
    const pool = poolOf()
    pool.quota('eng', { guarantees: { cpus: 8 } })
    const parts = guaranteed(pool)
    expect(parts.map(({ to }) => to).sort()).toEqual(['eng', 'eng', 'eng/ads', 'eng/ads'])
  })

  test('gives lists and what is free beyond all guarantees on top', () => {
    const pool = poolOf()
    pool.quota('eng', { guarantees: { cpus: 2 } })
    for (const { resources } of guaranteed(pool)) {
      expect(resources).toEqual({ cpus: 2, mem: 100, ports: [[1, 10]] })
    }
  })

  test('but no more than the limit', () => {
    const pool = poolOf()
    pool.quota('eng', { guarantees: { cpus: 1 }, limits: { cpus: 1.5, mem: 30 } })
    const [first, ...others] = guaranteed(pool)
    expect(first?.resources).toEqual({ cpus: 1.5, mem: 30, ports: [[1, 10]] })
    expect(others).toEqual([])
  })

  test('and nothing that the guarantees of others need', () => {
    const pool = poolOf()
    pool.quota('eng', { guarantees: { cpus: 1, mem: 400 } })
    pool.quota('ops', { guarantees: { cpus: 7 } })
    const parts = guaranteed(pool)
    expect(sumOf(parts, 'cpus', inEng)).toBe(1)
    expect(sumOf(parts, 'cpus', (id) => id === 'ops')).toBe(7)
    expect(sumOf(parts, 'mem', (id) => id === 'ops')).toBe(0)
  })

  test('goes on without a framework that filtered, cannot use or has no use for an agent', () => {
    const pool = poolOf({ eng: { minAllocatable: { eng: [{ cpus: 3 }] } } })
    pool.quota('eng', { guarantees: { cpus: 8 } })
    const filtered = toQuantities({ cpus: 2, mem: 100, ports: [[1, 10]] })
    pool.refuse(pool.client('eng/ads'), 'a', filtered, 5_000)
    const parts = guaranteed(pool)
    expect(parts.map(({ to }) => to)).toEqual(['eng/ads', 'eng/ads', 'eng/ads'])
    expect(parts.map(({ on }) => on).sort()).toEqual(['b', 'c', 'd'])
  })

  test('what it refuses to cut small is no reason to look away: there may be more of it later', () => {
    const pool = new Pool()
    const agent = pool.agent('a', { cpus: 4 })
    pool.framework('eng', { minAllocatable: { eng: [{ cpus: 2 }] } })
    pool.quota('eng', { guarantees: { cpus: 1 } })
    pool.quota('ops', { guarantees: { cpus: 3 } })
    const round = pool.round()
    expect(allocateGuarantees(round)).toEqual([])
    round.settle()
    expect(agent.settled).toBeUndefined()
  })

  test('a reservation counts for the guarantee before anybody uses it', () => {
    const pool = poolOf()
    pool.agent('e', { 'cpus(eng)': 3 })
    pool.quota('eng', { guarantees: { cpus: 5 }, limits: { cpus: 5 } })
    expect(sumOf(guaranteed(pool), 'cpus', inEng)).toBe(2)
  })
})

describe('Guarantees: both stages together', () => {
  test('a role below its guarantee gets it however large its share already is', () => {
    const pool = poolOf()
    pool.give({ to: 'eng', on: 'a', resources: { cpus: 2, mem: 100 } })
    pool.give({ to: 'eng', on: 'b', resources: { cpus: 2, mem: 100 } })
    pool.quota('eng', { guarantees: { cpus: 6 } })
    const parts = pool.allocate(drfPolicy)
    expect(sumOf(parts, 'cpus', inEng)).toBeGreaterThanOrEqual(2)
    expect(sumOf(parts, 'cpus', () => true)).toBe(4)
  })

  test('what a guarantee still wants is offered to nobody else, even when nobody takes it', () => {
    const pool = poolOf()
    pool.quota('eng', { guarantees: { cpus: 6 } })
    const whole = toQuantities({ cpus: 2, mem: 100, ports: [[1, 10]] })
    for (const on of ['a', 'b', 'c', 'd']) {
      for (const id of ['eng', 'eng/ads']) pool.refuse(pool.client(id), on, whole, 5_000)
    }
    const parts = pool.allocate(drfPolicy)
    expect(sumOf(parts, 'cpus', inEng)).toBe(0)
    expect(sumOf(parts, 'cpus', (id) => id === 'ops')).toBe(2)
    expect(sumOf(parts, 'mem', (id) => id === 'ops')).toBe(400)
  })

  test('a limit holds through both stages', () => {
    const pool = poolOf()
    pool.quota('eng', { guarantees: { cpus: 3 }, limits: { cpus: 4 } })
    const parts = pool.allocate(drfPolicy)
    expect(sumOf(parts, 'cpus', inEng)).toBe(4)
    const rest: Resources[] = parts.filter(({ to }) => to === 'ops').map((part) => part.resources)
    expect(rest.length).toBeGreaterThan(0)
    expect(sumOf(parts, 'cpus', () => true)).toBe(8)
  })
})
