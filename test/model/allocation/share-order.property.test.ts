import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Resources } from '../../../src/messages/index.ts'
import { listInOrder } from '../../../src/model/allocation/in-order.ts'
import type { Client } from '../../../src/model/allocation/policy.ts'
import { ShareOrder, shareOrderOf } from '../../../src/model/allocation/share-order.ts'
import { isWithin, reservedRole } from '../../../src/model/resources/kinds.ts'
import { toQuantities } from '../../../src/model/resources/quantities.ts'
import { Pool } from '../../support/pool.ts'

const roles = ['a', 'a/x', 'a/x/p', 'a/y', 'b', 'b/x', 'c'] as const
const keys = ['cpus', 'mem', 'cpus{revocable}', 'cpus(a)', 'mem(a/x)', 'cpus(b)'] as const

const total: Resources = Object.fromEntries(keys.map((key) => [key, 1_000]))

const weights = fc.dictionary(fc.constantFrom(...roles), fc.constantFrom(0.5, 2, 3))
const inRoles = fc.array(fc.constantFrom(...roles), { minLength: 1, maxLength: 7 })
const credits = fc.array(
  fc.record({
    pick: fc.nat(6),
    parts: fc.dictionary(fc.constantFrom(...keys), fc.integer({ min: 1, max: 9 }), { minKeys: 1 }),
  }),
  { minLength: 1, maxLength: 12 },
)

/** The part of the resources that the client may be given at all. */
function permitted(parts: Readonly<Record<string, number>>, { role }: Client): Resources {
  const entries = Object.entries(parts).filter(([key]) => {
    const owner = reservedRole(key)
    return owner === undefined || isWithin(role, owner)
  })
  return Object.fromEntries(entries)
}

function names(order: ShareOrder): string {
  return listInOrder(order)
    .map(({ frameworkId }) => frameworkId)
    .join(' ')
}

test('Share order: after each credit it stands as if it were sorted anew from the book', () => {
  fc.assert(
    fc.property(weights, inRoles, credits, fc.boolean(), (weighted, chosen, given, priorities) => {
      const pool = new Pool({
        weights: new Map(Object.entries(weighted)),
        priorities: new Map([['b', 1]]),
      })
      pool.agent('agent', total)
      for (const [index, role] of chosen.entries()) {
        pool.framework(`F${index}`, { roles: [role], capabilities: ['REVOCABLE_RESOURCES'] })
      }
      const round = pool.round()
      const order = new ShareOrder(round, { priorities })
      for (const { pick, parts } of given) {
        const client = round.clients[pick % round.clients.length]
        if (client === undefined) throw new Error('there are no clients')
        const resources = permitted(parts, client)
        order.credit(client, toQuantities(resources))
        pool.give({ to: client.frameworkId, on: 'agent', resources }, client.role)
        const anew = new ShareOrder(pool.round(), { priorities })
        expect(names(order)).toBe(names(anew))
      }
    }),
    { seed: 1, numRuns: 300 },
  )
})

test('Share order: kept from round to round it stands as if it were made anew, credits that came to nothing included', () => {
  const moves = fc.array(
    fc.record({
      pick: fc.nat(6),
      cpus: fc.integer({ min: 1, max: 9 }),
      happens: fc.boolean(),
      joins: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  )
  fc.assert(
    fc.property(weights, inRoles, moves, (weighted, chosen, given) => {
      const pool = new Pool({ weights: new Map(Object.entries(weighted)) })
      pool.agent('agent', total)
      for (const [index, role] of chosen.entries()) pool.framework(`F${index}`, { roles: [role] })
      for (const [index, { pick, cpus, happens, joins }] of given.entries()) {
        const round = pool.round()
        const kept = shareOrderOf(round, 'kept')
        expect(names(kept)).toBe(names(new ShareOrder(pool.round())))
        const client = round.clients[pick % round.clients.length]
        if (client === undefined) throw new Error('there are no clients')
        kept.credit(client, toQuantities({ cpus }))
        const resources = { cpus }
        if (happens) pool.give({ to: client.frameworkId, on: 'agent', resources }, client.role)
        if (joins) pool.framework(`late${index}`, { roles: ['a/x'] })
      }
    }),
    { seed: 2, numRuns: 300 },
  )
})
