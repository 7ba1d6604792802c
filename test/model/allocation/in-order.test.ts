import { describe, expect, test } from 'vitest'
import type { ClientOrder } from '../../../src/model/allocation/in-order.ts'
import { allocateInOrder, listInOrder } from '../../../src/model/allocation/in-order.ts'
import type { Client } from '../../../src/model/allocation/policy.ts'
import { toResources } from '../../../src/model/resources/quantities.ts'
import { candidateOf, Pool, partOf } from '../../support/pool.ts'

/** Always the same order; remembers who was credited with what, and when it was visited. */
class Row implements ClientOrder {
  readonly events: string[] = []
  readonly #clients: readonly Client[]

  constructor(clients: readonly Client[]) {
    this.#clients = clients
  }

  visit(visitor: (client: Client) => boolean): void {
    this.events.push('visit')
    for (const client of this.#clients) if (visitor(client)) return
  }

  credit({ frameworkId }: Client, resources: Parameters<ClientOrder['credit']>[1]): void {
    this.events.push(`${frameworkId} got ${JSON.stringify(toResources(resources))}`)
  }
}

function poolOf(): Pool {
  const pool = new Pool()
  pool.agent('plain', { cpus: 1 })
  pool.agent('mixed', { cpus: 2, 'cpus(B)': 3 })
  for (const id of ['A', 'B', 'C']) pool.framework(id)
  return pool
}

describe('Allocating in order', () => {
  test('the first who may have an agent gets all it may have, the others what that leaves', () => {
    const round = poolOf().round()
    const order = new Row(round.clients)
    const lots = [candidateOf(round, 'mixed')]
    expect(allocateInOrder(round, order, lots).map(partOf)).toEqual([
      { to: 'A', on: 'mixed', resources: { cpus: 2 } },
      { to: 'B', on: 'mixed', resources: { 'cpus(B)': 3 } },
    ])
  })

  test('the order is looked at anew for each agent, after what was given was credited', () => {
    const round = poolOf().round()
    const order = new Row(round.clients)
    allocateInOrder(round, order, [candidateOf(round, 'mixed'), candidateOf(round, 'plain')])
    expect(order.events).toEqual([
      'visit',
      'A got {"cpus":2}',
      'B got {"cpus(B)":3}',
      'visit',
      'A got {"cpus":1}',
    ])
  })

  test('a visit ends when nothing is left of the agent', () => {
    const round = poolOf().round()
    allocateInOrder(round, new Row(round.clients), [candidateOf(round, 'plain')])
    expect(round.considered).toBe(1)
  })

  test('takes all agents of the round, in its order, unless others are named', () => {
    const round = poolOf().round()
    const parts = allocateInOrder(round, new Row(round.clients)).map(partOf)
    const agents = round.candidates.map(({ agentId }) => agentId)
    expect([...new Set(parts.map(({ on }) => on))]).toEqual(agents)
  })

  test('how much a client gets may be another rule than all of it', () => {
    const round = poolOf().round()
    const parts = allocateInOrder(round, new Row(round.clients), round.candidates, (client, lot) =>
      client.frameworkId === 'A' ? undefined : round.allocate(client, lot, { cpus: 1_000 }),
    )
    expect(parts.map(({ frameworkId }) => frameworkId)).not.toContain('A')
  })

  test('can be listed without allocating anything', () => {
    const round = poolOf().round()
    expect(listInOrder(new Row(round.clients)).map(({ frameworkId }) => frameworkId)).toEqual([
      'A',
      'B',
      'C',
    ])
    expect(candidateOf(round, 'plain').free).toEqual({ cpus: 1_000 })
  })
})
