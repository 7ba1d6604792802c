import { expect, test, vi } from 'vitest'
import { ShareOrder } from '../../../src/model/allocation/share-order.ts'
import { toQuantities } from '../../../src/model/resources/quantities.ts'
import { Pool } from '../../support/pool.ts'

/** How often something is sorted while 200 frameworks are given something, three times each. */
function sortsInRound(roles: number): number {
  const pool = new Pool()
  pool.agent('a', { cpus: 1_000 })
  for (let index = 0; index < 200; index++) {
    pool.framework(`F${index}`, { roles: [`role-${index % roles}`] })
  }
  const round = pool.round()
  const order = new ShareOrder(round)
  const sort = vi.spyOn(Array.prototype, 'sort')
  for (let turn = 0; turn < 3; turn++) {
    for (const client of round.clients) order.credit(client, toQuantities({ cpus: 1 }))
  }
  const { length } = sort.mock.calls
  sort.mockRestore()
  return length
}

test('Share order: nothing is sorted again while a round goes on (MESOS-9249)', () => {
  expect(sortsInRound(1)).toBe(0)
  expect(sortsInRound(100)).toBe(0)
})
