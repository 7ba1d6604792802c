import { describe, expect, test } from 'vitest'
import {
  addFilter,
  blockingFilter,
  clearFilters,
  refuseMs,
} from '../../../src/model/allocation/filters.ts'
import { createLedger } from '../../../src/model/ledger/ledger.ts'
import type { ClientRecord, FrameworkRecord } from '../../../src/model/ledger/records.ts'
import { clientIn } from '../../../src/model/ledger/roles.ts'
import type { Quantities } from '../../../src/model/resources/quantities.ts'
import { defaultTimeouts } from '../../../src/model/timeouts.ts'

const year = 365 * 24 * 60 * 60 * 1_000

function framework(): FrameworkRecord {
  const record: FrameworkRecord = {
    id: 'F',
    address: 'scheduler/f',
    info: { name: 'f', roles: ['a', 'b'] },
    state: 'connected',
    suppressedRoles: new Set(),
    clients: new Map(),
    offers: new Set(),
    requests: [],
    tasks: new Map(),
    unreachableTasks: new Map(),
    completedTasks: [],
  }
  const ledger = createLedger({ masterId: 'm', timeouts: defaultTimeouts })
  for (const role of record.info.roles) clientIn(ledger, record, role)
  return record
}

function inRole(record: FrameworkRecord, role: string): ClientRecord {
  const found = record.clients.get(role)
  if (found === undefined) throw new Error(`no client in the role ${role}`)
  return found
}

function isBlocked(
  f: FrameworkRecord,
  role: string,
  agentId: string,
  resources: Readonly<Quantities>,
  at: number,
): boolean {
  return blockingFilter(inRole(f, role), agentId, resources, at) !== undefined
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
    const f = framework()
    addFilter(inRole(f, 'a'), 'S', refused, 5_000, 0)
    for (const part of [refused, { cpus: 2_000 }, { cpus: 1, ports: [[2, 3]] as const }]) {
      expect(isBlocked(f, 'a', 'S', part, 4_999)).toBe(true)
    }
    expect(isBlocked(f, 'a', 'S', refused, 5_000)).toBe(false)
  })

  test('nothing that has anything extra', () => {
    const f = framework()
    addFilter(inRole(f, 'a'), 'S', refused, 5_000, 0)
    for (const more of [{ cpus: 2_001 }, { gpus: 1_000 }, { ports: [[10, 11]] as const }]) {
      expect(isBlocked(f, 'a', 'S', more, 0)).toBe(false)
    }
  })

  test('no other role and no other agent', () => {
    const f = framework()
    addFilter(inRole(f, 'a'), 'S', refused, 5_000, 0)
    expect(isBlocked(f, 'b', 'S', refused, 0)).toBe(false)
    expect(isBlocked(f, 'a', 'S2', refused, 0)).toBe(false)
  })

  test('several filters count each alone: two halves do not make a whole', () => {
    const f = framework()
    addFilter(inRole(f, 'a'), 'S', { cpus: 1_000 }, 5_000, 0)
    addFilter(inRole(f, 'a'), 'S', { mem: 1_000 }, 9_000, 0)
    expect(isBlocked(f, 'a', 'S', { cpus: 1_000, mem: 1_000 }, 0)).toBe(false)
    expect(isBlocked(f, 'a', 'S', { mem: 1_000 }, 5_000)).toBe(true)
    expect(isBlocked(f, 'a', 'S', { cpus: 1_000 }, 5_000)).toBe(false)
  })

  test('nothing any more after it was cleared, for one role or for all', () => {
    const f = framework()
    const blocks = () => ['a', 'b'].filter((role) => isBlocked(f, role, 'S', refused, 0))
    addFilter(inRole(f, 'a'), 'S', refused, 5_000, 0)
    addFilter(inRole(f, 'b'), 'S', refused, 5_000, 0)
    clearFilters(f, ['a'])
    expect(blocks()).toEqual(['b'])
    addFilter(inRole(f, 'a'), 'S', refused, 5_000, 0)
    clearFilters(f)
    expect(blocks()).toEqual([])
  })

  test('filters that are over are forgotten when they are looked at', () => {
    const f = framework()
    addFilter(inRole(f, 'a'), 'S', refused, 5_000, 0)
    isBlocked(f, 'a', 'S', refused, 5_000)
    expect([...inRole(f, 'a').filters.keys()]).toEqual([])
  })
})
