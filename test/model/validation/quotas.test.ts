import { describe, expect, test } from 'vitest'
import type { QuotaInfo } from '../../../src/messages/index.ts'
import {
  problemWithFeasibility,
  problemWithPromises,
  problemWithQuotas,
  quotaOf,
} from '../../../src/model/validation/quotas.ts'
import { Pool } from '../../support/pool.ts'

/** What a caller in plain JavaScript may pass, whatever the types say. */
function untyped(text: string): QuotaInfo {
  const value: QuotaInfo = JSON.parse(text)
  return value
}

describe('Quotas by themselves', () => {
  test.each<[string, QuotaInfo[]]>([
    ['of a role that is promised something', [{ role: 'eng', guarantees: { cpus: 4 } }]],
    ['of a role that may not have all', [{ role: 'eng', limits: { cpus: 4.5, gpus: 2 } }]],
    ['that promise all they allow', [{ role: 'a', guarantees: { cpus: 1 }, limits: { cpus: 1 } }]],
    ['that are taken away', [{ role: 'eng' }]],
    ['that allow nothing', [{ role: 'eng', limits: { cpus: 0 } }]],
    ['of several roles', [{ role: 'a' }, { role: 'b' }, { role: '*' }]],
    ['of one role twice', [{ role: 'a', limits: { cpus: 1 } }, { role: 'a' }]],
  ])('%s are legal', (_what, quotas) => {
    expect(problemWithQuotas(quotas)).toBeUndefined()
  })

  const eng = (rest: Omit<QuotaInfo, 'role'>): QuotaInfo[] => [{ role: 'eng', ...rest }]
  test.each<[string, QuotaInfo[], string]>([
    [
      'a promise above the limit',
      eng({ guarantees: { mem: 64, cpus: 3 }, limits: { cpus: 2 } }),
      'eng is guaranteed 3 cpus, which is more than its limit of 2',
    ],
    [
      'a role below another',
      [{ role: 'eng/ads' }],
      'the role eng/ads lies below another; only roles at the top, such as eng, have quotas',
    ],
    ['a role that is illegal', [{ role: 'a b' }], 'the role "a b" has white space in it'],
    [
      'less than nothing',
      eng({ limits: { cpus: -1 } }),
      'the limits of eng: cpus is -1; an amount cannot be negative',
    ],
    [
      'parts of gpus',
      eng({ guarantees: { gpus: 0.5 } }),
      'the guarantees of eng: gpus is 0.5; gpus come as whole units',
    ],
    [
      'a name with a kind',
      eng({ limits: { 'cpus(eng)': 1 } }),
      'the limits of eng name cpus(eng); quotas count plain names such as cpus',
    ],
    [
      'ports',
      eng({ limits: { ports: 3 } }),
      'the limits of eng name ports; quotas count numbers such as cpus, not lists',
    ],
    [
      'a list',
      [untyped('{ "role": "eng", "limits": { "licences": ["a"] } }')],
      'the limits of eng name licences; quotas count numbers such as cpus, not lists',
    ],
    [
      'amounts that are none',
      [untyped('{ "role": "eng", "guarantees": null }')],
      'the guarantees of eng: give amounts by name, such as { cpus: 4 }',
    ],
    [
      'a text for an amount',
      [untyped('{ "role": "eng", "limits": { "cpus": "4" } }')],
      'the limits of eng: cpus is "4"; give a number',
    ],
  ])('%s: refused', (_what, quotas, sentence) => {
    expect(problemWithQuotas(quotas)).toBe(sentence)
  })

  test('the books keep them in thousandths', () => {
    expect(quotaOf({ role: 'eng', guarantees: { cpus: 0.5 }, limits: { mem: 64 } })).toEqual({
      guarantees: { cpus: 500 },
      limits: { mem: 64_000 },
    })
    expect(quotaOf({ role: 'eng' })).toEqual({ guarantees: {}, limits: {} })
  })
})

describe('Quotas that the cluster cannot keep', () => {
  /** Two agents of two cpus; `eng/ads` has been offered one of them. */
  function poolOf(): Pool {
    const pool = new Pool()
    for (const name of ['a', 'b']) pool.agent(name, { cpus: 2, mem: 64 })
    pool.framework('ads', { roles: ['eng/ads'] })
    return pool
  }

  test('promises of all roles together count, those from before too', () => {
    const { ledger } = poolOf()
    const promise = (role: string, cpus: number): QuotaInfo => ({ role, guarantees: { cpus } })
    expect(problemWithFeasibility(ledger, [promise('a', 2), promise('b', 2)])).toBeUndefined()
    expect(problemWithFeasibility(ledger, [promise('a', 2), promise('b', 2.5)])).toBe(
      'the guarantees of all roles come to 4.5 cpus, but the cluster has 4 cpus; force it if agents are to come',
    )
    const pool = poolOf()
    pool.quota('a', { guarantees: { cpus: 3 } })
    expect(problemWithFeasibility(pool.ledger, [promise('b', 2)])).toMatch(/come to 5 cpus/)
    expect(problemWithFeasibility(pool.ledger, [promise('a', 1), promise('b', 2)])).toBeUndefined()
  })

  test('a resource that no agent has cannot be promised', () => {
    expect(
      problemWithPromises({ cpus: 4_000 }, [quotaOf({ role: 'a', guarantees: { gpus: 1 } })]),
    ).toMatch(/come to 1 gpu, but the cluster has 0 gpus/)
  })

  test('what a role has been offered does not count against a new limit: it can be taken back', () => {
    const pool = poolOf()
    pool.give({ to: 'ads', on: 'a', resources: { cpus: 2 } }, 'eng/ads')
    const limit = [{ role: 'eng', limits: { cpus: 1 } }]
    expect(problemWithFeasibility(pool.ledger, limit)).toBeUndefined()
  })

  test('what is reserved for it does, used or not', () => {
    const pool = poolOf()
    pool.agent('c', { 'cpus(eng/web)': 2 })
    expect(problemWithFeasibility(pool.ledger, [{ role: 'eng', limits: { cpus: 1 } }])).toBe(
      'eng uses or has reserved 2 cpus, which is more than the limit of 1 cpu; force it to let that shrink',
    )
    pool.give({ to: 'ads', on: 'a', resources: { cpus: 2 } }, 'eng/ads')
    expect(
      problemWithFeasibility(pool.ledger, [{ role: 'eng', limits: { cpus: 2 } }]),
    ).toBeUndefined()
  })

  test('a role that nobody has may get any limit', () => {
    expect(
      problemWithFeasibility(poolOf().ledger, [{ role: 'nobody', limits: { cpus: 0 } }]),
    ).toBeUndefined()
  })
})
