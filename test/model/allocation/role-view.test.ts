import { describe, expect, test } from 'vitest'
import type { Resources } from '../../../src/messages/index.ts'
import type { Role } from '../../../src/model/allocation/policy.ts'
import { RoleView } from '../../../src/model/allocation/role-view.ts'
import { roleAt } from '../../../src/model/ledger/roles.ts'
import { Pool } from '../../support/pool.ts'

function viewOf(pool: Pool, path: string): Role {
  return new RoleView(pool.ledger, roleAt(pool.ledger, path))
}

/** What counts: amounts of nothing are left out. */
function amounts(account: Role['allocated']): Resources {
  const entries = Object.entries(account).filter(([, amount]) => amount !== 0)
  return Object.fromEntries(entries.map(([name, amount]) => [name, Number(amount) / 1_000]))
}

/** eng holds 1 cpu itself, eng/ads 2 below it, ops 3 beside it. */
function company(): Pool {
  const pool = new Pool({ weights: new Map([['eng', 4]]), priorities: new Map([['eng/ads', 7]]) })
  pool.agent('a', { cpus: 6, mem: 100, 'cpus(eng)': 5, 'cpus{revocable}': 8, ports: [[1, 9]] })
  for (const role of ['eng', 'eng/ads', 'ops']) {
    pool.framework(role, { capabilities: ['REVOCABLE_RESOURCES'] })
  }
  pool.give({ to: 'eng', on: 'a', resources: { cpus: 1, ports: [[1, 2]] } })
  pool.give({ to: 'eng/ads', on: 'a', resources: { cpus: 2 } })
  pool.give({ to: 'ops', on: 'a', resources: { cpus: 3, 'cpus{revocable}': 4 } })
  return pool
}

describe('What policies see of a role', () => {
  test('its path, weight and priority, with their defaults', () => {
    const pool = company()
    expect(viewOf(pool, 'eng')).toMatchObject({ path: 'eng', weight: 4, priority: 0 })
    expect(viewOf(pool, 'eng/ads')).toMatchObject({ path: 'eng/ads', weight: 1, priority: 7 })
  })

  test('who stands above it, up to the root', () => {
    const pool = company()
    const role = viewOf(pool, 'eng/ads')
    expect([role.parent?.path, role.parent?.parent?.path]).toEqual(['eng', ''])
    expect(role.parent?.parent?.parent).toBeUndefined()
  })

  test('what it and those below hold, reserved or revocable included; no lists', () => {
    const pool = company()
    expect(amounts(viewOf(pool, 'eng').allocated)).toEqual({ cpus: 1 + 2 + 5 })
    expect(amounts(viewOf(pool, 'ops').allocated)).toEqual({ cpus: 3 + 4 })
    expect(amounts(viewOf(pool, '').allocated)).toEqual({ cpus: 1 + 2 + 5 + 3 + 4 })
  })

  test('what it has without those below', () => {
    const pool = company()
    expect(amounts(viewOf(pool, 'eng').own.allocated)).toEqual({ cpus: 1 + 5 })
    expect(amounts(viewOf(pool, 'eng/ads').own.allocated)).toEqual({ cpus: 2 })
  })

  test('what is reserved counts once, whoever uses it: the role, or one below that borrows it', () => {
    const pool = company()
    pool.give({ to: 'eng', on: 'a', resources: { 'cpus(eng)': 1 } })
    expect(amounts(viewOf(pool, 'eng').allocated)).toEqual({ cpus: 8 })
    pool.give({ to: 'eng/ads', on: 'a', resources: { 'cpus(eng)': 4 } })
    expect(amounts(viewOf(pool, 'eng').allocated)).toEqual({ cpus: 8 })
    expect(amounts(viewOf(pool, 'eng/ads').allocated)).toEqual({ cpus: 6 })
    expect(amounts(viewOf(pool, 'eng').own.allocated)).toEqual({ cpus: 2 })
  })

  test('how often it, and it alone, was given something', () => {
    const pool = company()
    pool.give({ to: 'eng/ads', on: 'a', resources: { mem: 1 } })
    expect(viewOf(pool, 'eng').allocations).toBe(3)
    expect(viewOf(pool, 'eng').own.allocations).toBe(1)
    expect(viewOf(pool, '').allocations).toBe(4)
  })
})
