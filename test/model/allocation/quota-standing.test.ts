import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Resources } from '../../../src/messages/index.ts'
import { consumptionOf, QuotaStandings } from '../../../src/model/allocation/quota-standing.ts'
import { roleAt } from '../../../src/model/ledger/roles.ts'
import { toQuantities, toResources, toScalars } from '../../../src/model/resources/quantities.ts'
import { Pool } from '../../support/pool.ts'

interface Quotas {
  readonly [role: string]: {
    guarantees?: Record<string, number>
    limits?: Record<string, number>
  }
}

/**
 * A cluster of 10 cpus and 1,000 MB with two roles, `eng` (with `eng/ads` below it) and `ops`, who
 * hold what is given, under the quotas given.
 */
function standings(
  quotas: Quotas,
  held: Readonly<Record<string, Resources>> = {},
  total: Resources = { cpus: 10, mem: 1_000 },
) {
  const pool = new Pool()
  pool.agent('a', { ...total, ports: [[1, 100]] })
  for (const role of ['eng', 'eng/ads', 'ops']) {
    pool.framework(role, { roles: [role], capabilities: ['REVOCABLE_RESOURCES'] })
  }
  for (const [role, quota] of Object.entries(quotas)) pool.quota(role, quota)
  for (const [role, resources] of Object.entries(held)) pool.give({ to: role, on: 'a', resources })
  const made = new QuotaStandings(pool.ledger)
  return {
    pool,
    made,
    of: (role: string) => {
      const standing = made.standingOf(pool.client(role))
      if (standing === undefined) throw new Error(`${role} has no quota`)
      return standing
    },
    cut: (role: string, part: Resources) =>
      toResources(made.cut(made.standingOf(pool.client(role)), toQuantities(part))),
    shortage: (role: string, part: Resources) =>
      made.shortage(made.standingOf(pool.client(role)), toQuantities(part)),
  }
}

describe('Quota: what counts against it', () => {
  test.each<[string, Readonly<Record<string, Resources>>, Record<string, number>]>([
    ['what the role holds', { eng: { cpus: 2, mem: 10 } }, { cpus: 2, mem: 10 }],
    ['what roles below it hold', { 'eng/ads': { cpus: 2 }, eng: { cpus: 1 } }, { cpus: 3 }],
    ['not what others hold', { ops: { cpus: 2 } }, {}],
    ['no lists', { eng: { cpus: 1, ports: [[1, 2]] } }, { cpus: 1 }],
    ['nothing revocable', { eng: { 'cpus{revocable}': 2 } }, {}],
  ])('%s', (_what, held, expected) => {
    const total = { cpus: 8, 'cpus{revocable}': 2, mem: 1_000 }
    const { pool } = standings({}, held, total)
    expect(consumptionOf(roleAt(pool.ledger, 'eng'))).toEqual(toScalars(expected))
  })

  test.each<[string, Readonly<Record<string, Resources>>]>([
    ['unused', {}],
    ['used by the role', { eng: { 'cpus(eng)': 3 } }],
    ['used by a role below', { 'eng/ads': { 'cpus(eng)': 2, 'cpus(eng/ads)': 1 } }],
  ])('what is reserved for it and below counts once: %s', (_what, held) => {
    const total = { cpus: 6, 'cpus(eng)': 3, 'cpus(eng/ads)': 1 }
    const { pool } = standings({}, held, total)
    expect(consumptionOf(roleAt(pool.ledger, 'eng')).cpus).toBe(4_000)
  })

  test('a role without a quota has no standing, and without any quota all is allowed', () => {
    const { made, pool, cut } = standings({ ops: { limits: { cpus: 1 } } })
    expect(made.standingOf(pool.client('eng'))).toBeUndefined()
    expect(made.isEmpty).toBe(false)
    expect(standings({}).made.isEmpty).toBe(true)
    expect(cut('eng', { cpus: 10, mem: 1_000 })).toEqual({ cpus: 10, mem: 1_000 })
  })

  test('a role below stands under the quota of the role at the top', () => {
    const { of } = standings({ eng: { limits: { cpus: 1 } } })
    expect(of('eng/ads')).toBe(of('eng'))
  })
})

describe('Quota: limits', () => {
  test.each<[string, Readonly<Record<string, Resources>>, Resources, Resources]>([
    ['cut what is offered', {}, { cpus: 10, mem: 500 }, { cpus: 4, mem: 500 }],
    ['to what is left of them', { eng: { cpus: 3 } }, { cpus: 7 }, { cpus: 1 }],
    ['to nothing', { 'eng/ads': { cpus: 4 } }, { cpus: 6, mem: 10 }, { mem: 10 }],
    ['and below nothing there is nothing', { eng: { cpus: 5 } }, { cpus: 5 }, {}],
    ['not for lists', { eng: { cpus: 4 } }, { ports: [[1, 9]] }, { ports: [[1, 9]] }],
    [
      'not for what is reserved or revocable',
      { eng: { cpus: 4 } },
      { cpus: 1, 'cpus(eng)': 2, 'cpus{revocable}': 3 },
      { 'cpus(eng)': 2, 'cpus{revocable}': 3 },
    ],
  ])('%s', (_what, held, part, allowed) => {
    expect(standings({ eng: { limits: { cpus: 4 } } }, held).cut('eng', part)).toEqual(allowed)
  })

  test('of nothing at all forbid the resource', () => {
    const { cut } = standings({ eng: { limits: { cpus: 0 } } })
    expect(cut('eng', { cpus: 1, mem: 1 })).toEqual({ mem: 1 })
  })

  test('do not cut gpus into pieces', () => {
    const { cut } = standings({ eng: { limits: { gpus: 2.5 } } }, {}, { gpus: 4 })
    expect(cut('eng', { gpus: 4 })).toEqual({ gpus: 2 })
    expect(cut('eng', { gpus: 1 })).toEqual({ gpus: 1 })
  })

  test('count what is given in the round at once, wherever below the role it goes', () => {
    const { made, of, cut } = standings({ eng: { limits: { cpus: 4 } } })
    made.charge(of('eng/ads'), toQuantities({ cpus: 3, 'cpus(eng)': 9, ports: [[1, 2]] }))
    expect(cut('eng', { cpus: 7 })).toEqual({ cpus: 1 })
    expect(cut('ops', { cpus: 7 })).toEqual({ cpus: 7 })
  })

  test('that are used up are named as the reason', () => {
    const { shortage } = standings({ eng: { limits: { cpus: 4 } } }, { eng: { cpus: 4 } })
    expect(shortage('eng/ads', { cpus: 6 })).toEqual({
      kind: 'limit',
      role: 'eng',
      name: 'cpus',
      limit: 4_000,
    })
    expect(shortage('eng', { mem: 1 })).toBeUndefined()
    expect(shortage('ops', { cpus: 6 })).toBeUndefined()
  })
})

describe('Quota: guarantees', () => {
  const quotas: Quotas = { eng: { guarantees: { cpus: 4, mem: 100 } } }

  test.each<[string, Readonly<Record<string, Resources>>, Resources, Resources | undefined]>([
    ['all of it', {}, { cpus: 10, mem: 500 }, { cpus: 4, mem: 100 }],
    ['what is missing', { eng: { cpus: 3 } }, { cpus: 7 }, { cpus: 1 }],
    ['what is there', {}, { cpus: 1, mem: 500 }, { cpus: 1, mem: 100 }],
    ['nothing when it is met', { 'eng/ads': { cpus: 4, mem: 100 } }, { cpus: 6 }, undefined],
    ['nothing of other resources', {}, { disk: 5, ports: [[1, 2]] }, undefined],
    [
      'nothing that is reserved or revocable',
      {},
      { 'cpus(eng)': 1, 'cpus{revocable}': 1 },
      undefined,
    ],
  ])('want %s', (_what, held, part, wanted) => {
    const { made, of } = standings(quotas, held)
    const guaranteed = made.guaranteed(of('eng'), toQuantities(part))
    expect(guaranteed && toResources(guaranteed)).toEqual(wanted)
  })

  test('want whole gpus', () => {
    const { made, of } = standings({ eng: { guarantees: { gpus: 1.5 } } }, {}, { gpus: 4 })
    expect(made.guaranteed(of('eng'), toQuantities({ gpus: 4 }))).toEqual({ gpus: 1_000 })
    made.charge(of('eng'), { gpus: 1_000 })
    expect(made.guaranteed(of('eng'), toQuantities({ gpus: 3 }))).toBeUndefined()
  })

  test('are met by what is reserved for the role', () => {
    const total = { cpus: 6, 'cpus(eng)': 3, 'cpus(eng/ads)': 1, mem: 1_000 }
    const { made, of } = standings({ eng: { guarantees: { cpus: 4 } } }, {}, total)
    expect(made.isUnmet(of('eng'))).toBe(false)
    expect(made.guaranteed(of('eng'), toQuantities({ cpus: 6 }))).toBeUndefined()
  })

  test('are wanting until they are met', () => {
    const { made, of } = standings(quotas)
    expect(made.isUnmet(of('eng'))).toBe(true)
    made.charge(of('eng'), toQuantities({ cpus: 9, mem: 50 }))
    expect(made.isUnmet(of('eng'))).toBe(true)
    made.charge(of('eng'), toQuantities({ mem: 50 }))
    expect(made.isUnmet(of('eng'))).toBe(false)
  })
})

describe('Quota: headroom, kept free for the guarantees of others', () => {
  const quotas: Quotas = { eng: { guarantees: { cpus: 4 } } }

  test.each<[string, Readonly<Record<string, Resources>>, Resources, Resources]>([
    ['what is free beyond it', {}, { cpus: 10, mem: 9 }, { cpus: 6, mem: 9 }],
    ['less when others hold some', { ops: { cpus: 5 } }, { cpus: 5 }, { cpus: 1 }],
    ['nothing when others hold too much', { ops: { cpus: 7 } }, { cpus: 3 }, {}],
    ['more when a part of it is met', { 'eng/ads': { cpus: 3 } }, { cpus: 7 }, { cpus: 6 }],
    ['all when it is met', { eng: { cpus: 4 } }, { cpus: 6 }, { cpus: 6 }],
    ['lists', { ops: { cpus: 7 } }, { ports: [[1, 2]] }, { ports: [[1, 2]] }],
  ])('leaves %s', (_what, held, part, allowed) => {
    expect(standings(quotas, held).cut('ops', part)).toEqual(allowed)
  })

  test('counts only what anybody might have: no reservations, nothing revocable', () => {
    const total = { cpus: 5, 'cpus(ops)': 3, 'cpus{revocable}': 2 }
    const { cut } = standings(quotas, {}, total)
    expect(cut('ops', { cpus: 5, 'cpus(ops)': 3 })).toEqual({ cpus: 1, 'cpus(ops)': 3 })
  })

  test('is the sum over all roles, and binds those with guarantees too beyond their own', () => {
    const both = { eng: { guarantees: { cpus: 4 } }, ops: { guarantees: { cpus: 3 } } }
    const { made, of, cut } = standings(both)
    expect(cut('ops', { cpus: 10 })).toEqual({ cpus: 3 })
    const part = toQuantities({ cpus: 10 })
    expect(made.cut(of('ops'), part, toQuantities({ cpus: 3 }))).toEqual({ cpus: 6_000 })
  })

  test('shrinks as guarantees are met in the round, and what others take comes out of the rest', () => {
    const { made, of, cut } = standings(quotas)
    made.charge(of('eng'), toQuantities({ cpus: 1 }))
    expect(cut('ops', { cpus: 9 })).toEqual({ cpus: 6 })
    made.charge(undefined, toQuantities({ cpus: 5 }))
    expect(cut('ops', { cpus: 4 })).toEqual({ cpus: 1 })
    made.charge(of('eng'), toQuantities({ cpus: 3 }))
    expect(cut('ops', { cpus: 1 })).toEqual({ cpus: 1 })
  })

  test('is the reason when nothing is left of a resource', () => {
    const { shortage } = standings(quotas, { ops: { cpus: 6 } })
    expect(shortage('ops', { cpus: 4 })).toEqual({ kind: 'headroom', name: 'cpus' })
  })
})

test('Quota: what is given out as it was cut exceeds no limit and leaves room for guarantees', () => {
  const cpus = fc.integer({ min: 0, max: 12 })
  const quota = fc.record({ limit: cpus, guarantee: cpus }).map(({ limit, guarantee }) => ({
    limits: { cpus: Math.max(limit, guarantee) },
    guarantees: { cpus: Math.min(limit, guarantee) },
  }))
  const wishes = fc.array(
    fc.record({
      role: fc.constantFrom('eng', 'eng/ads', 'ops'),
      cpus: fc.integer({ min: 1, max: 10 }),
    }),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(quota, quota, wishes, (eng, ops, wanted) => {
      const { pool, made, of, cut } = standings({ eng, ops })
      let left = 10
      const given = { eng: 0, ops: 0 }
      for (const wish of wanted) {
        const allowed = cut(wish.role, { cpus: Math.min(left, wish.cpus) }).cpus ?? 0
        const top = wish.role === 'ops' ? 'ops' : 'eng'
        if (typeof allowed !== 'number' || allowed === 0) continue
        made.charge(of(wish.role), toQuantities({ cpus: allowed }))
        left -= allowed
        given[top] += allowed
      }
      expect(pool.ledger.roles.get('eng')?.held).toEqual({})
      expect(given.eng).toBeLessThanOrEqual(eng.limits.cpus)
      expect(given.ops).toBeLessThanOrEqual(ops.limits.cpus)
      if (eng.guarantees.cpus + ops.guarantees.cpus > 10) return
      const missing = (role: 'eng' | 'ops', { guarantees }: typeof eng) =>
        Math.max(0, guarantees.cpus - given[role])
      expect(left).toBeGreaterThanOrEqual(missing('eng', eng) + missing('ops', ops))
    }),
    { seed: 1 },
  )
})
