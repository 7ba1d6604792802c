import { describe, expect, test } from 'vitest'
import { blockingFilter, clearFilters, refuseMs } from '../../../src/model/allocation/filters.ts'
import type { AgentRecord } from '../../../src/model/ledger/records.ts'
import type { Quantities } from '../../../src/model/resources/quantities.ts'
import { Pool } from '../../support/pool.ts'

const year = 365 * 24 * 60 * 60 * 1_000

/** A framework in two roles, and agents that it may refuse. */
function world() {
  const pool = new Pool()
  pool.framework('f', { roles: ['a', 'b'] })
  for (const id of ['S', 'S2']) pool.agent(id, { cpus: 8 })
  const agent = (id: string): AgentRecord => {
    const found = pool.ledger.agents.get(id)
    if (found === undefined) throw new Error(`no agent ${id}`)
    return found
  }
  return {
    pool,
    agent,
    refuse: (role: string, refused: Readonly<Quantities>, until: number) =>
      pool.refuse(pool.client('f', role), 'S', refused, until),
    isBlocked: (role: string, id: string, resources: Readonly<Quantities>, at: number) =>
      blockingFilter(agent(id), pool.client('f', role), resources, at) !== undefined,
    clear: (roles?: string[]) => clearFilters(pool.ledger, pool.client('f', 'a').framework, roles),
  }
}

describe('How long a refusal counts', () => {
  test.each([
    ['nothing is said', undefined, 5_000],
    ['zero asks for no filter', 0, undefined],
    ['a negative time means the default', -1, 5_000],
    ['no number means the default', Number.NaN, 5_000],
    ['less than the allocation interval is rounded up to it', 0.2, 1_000],
    ['two seconds', 2, 2_000],
    ['a year is the most', 365 * 24 * 60 * 60, year],
    ['more than a year is a year', Number.POSITIVE_INFINITY, year],
  ])('%s', (_what, seconds, ms) => {
    expect(refuseMs(seconds, 1_000)).toBe(ms)
  })
})

describe('What a filter blocks', () => {
  const refused = { cpus: 2_000, mem: 512_000, ports: [[1, 10]] as const }

  test('the same and every part of it, until its time is over', () => {
    const f = world()
    f.refuse('a', refused, 5_000)
    for (const part of [refused, { cpus: 2_000 }, { cpus: 1, ports: [[2, 3]] as const }]) {
      expect(f.isBlocked('a', 'S', part, 4_999)).toBe(true)
    }
    expect(f.isBlocked('a', 'S', refused, 5_000)).toBe(false)
  })

  test('nothing that has anything extra', () => {
    const f = world()
    f.refuse('a', refused, 5_000)
    for (const more of [{ cpus: 2_001 }, { gpus: 1_000 }, { ports: [[10, 11]] as const }]) {
      expect(f.isBlocked('a', 'S', more, 0)).toBe(false)
    }
  })

  test('no other role and no other agent', () => {
    const f = world()
    f.refuse('a', refused, 5_000)
    expect(f.isBlocked('b', 'S', refused, 0)).toBe(false)
    expect(f.isBlocked('a', 'S2', refused, 0)).toBe(false)
  })

  test('several filters count each alone: two halves do not make a whole', () => {
    const f = world()
    f.refuse('a', { cpus: 1_000 }, 5_000)
    f.refuse('a', { mem: 1_000 }, 9_000)
    expect(f.isBlocked('a', 'S', { cpus: 1_000, mem: 1_000 }, 0)).toBe(false)
    expect(f.isBlocked('a', 'S', { mem: 1_000 }, 5_000)).toBe(true)
    expect(f.isBlocked('a', 'S', { cpus: 1_000 }, 5_000)).toBe(false)
  })

  test('nothing any more after it was cleared, for one role or for all', () => {
    const f = world()
    const blocks = () => ['a', 'b'].filter((role) => f.isBlocked(role, 'S', refused, 0))
    f.refuse('a', refused, 5_000)
    f.refuse('b', refused, 5_000)
    f.clear(['a'])
    expect(blocks()).toEqual(['b'])
    f.refuse('a', refused, 5_000)
    f.clear()
    expect(blocks()).toEqual([])
  })

  test('filters that are over are forgotten when they are looked at', () => {
    const f = world()
    f.refuse('a', refused, 5_000)
    f.isBlocked('a', 'S', refused, 5_000)
    expect(f.agent('S').filters.size).toBe(0)
  })
})
