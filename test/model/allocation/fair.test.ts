import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fairPolicy } from '../../../src/model/allocation/fair.ts'
import type { AllocationView, Client } from '../../../src/model/allocation/policy.ts'

function client(frameworkId: string, changes: Partial<Client> = {}): Client {
  return { frameworkId, role: frameworkId, weight: 1, allocated: {}, allocations: 0, ...changes }
}

function view(clients: readonly Client[], changes: Partial<AllocationView> = {}): AllocationView {
  return {
    at: 0,
    capacity: { cpus: 10_000, mem: 10_000 },
    candidates: [{ agentId: 'S1', free: { cpus: 1_000, mem: 1_000 } }],
    clients,
    mayReceive: () => true,
    ...changes,
  }
}

/** Who gets the agents, in their order. */
function winners(given: AllocationView): string[] {
  return fairPolicy.allocate(given).map(({ frameworkId }) => frameworkId)
}

function agents(count: number) {
  const free = { cpus: 1_000, mem: 1_000 }
  return Array.from({ length: count }, (_, n) => ({ agentId: `S${n}`, free }))
}

describe('Fair policy', () => {
  test('the whole remainder of an agent goes to the neediest client', () => {
    const free = { cpus: 3_000, mem: 500, ports: [[1, 9]] as const }
    const given = view([client('rich', { allocated: { cpus: 1_000 } }), client('poor')], {
      candidates: [{ agentId: 'S1', free }],
    })
    expect(fairPolicy.allocate(given)).toEqual([
      { frameworkId: 'poor', role: 'poor', agentId: 'S1', resources: free },
    ])
  })

  test('the share that counts is the largest of all resources', () => {
    const manyCpus = client('cpus', { allocated: { cpus: 4_000, mem: 100 } })
    const muchMem = client('mem', { allocated: { cpus: 100, mem: 3_000 } })
    expect(winners(view([manyCpus, muchMem]))).toEqual(['mem'])
  })

  test('what was given counts for the next agent', () => {
    expect(winners(view([client('a'), client('b')], { candidates: agents(4) }))).toEqual([
      'a',
      'b',
      'a',
      'b',
    ])
  })

  test('a client of weight 2 is due twice as much', () => {
    const clients = [client('a'), client('b', { weight: 2 })]
    const got = winners(view(clients, { candidates: agents(9) }))
    expect([got.filter((id) => id === 'a').length, got.filter((id) => id === 'b').length]).toEqual([
      3, 6,
    ])
  })

  test('equal shares: who was allocated something less often comes first', () => {
    const often = client('often', { allocations: 5 })
    expect(winners(view([often, client('seldom', { allocations: 4 })]))).toEqual(['seldom'])
  })

  test('who may not receive an agent is passed over, and an agent nobody may have stays', () => {
    const refusesFirst = view([client('a'), client('b')], {
      candidates: agents(3),
      mayReceive: ({ frameworkId }, agentId) =>
        agentId !== 'S2' && (frameworkId !== 'a' || agentId !== 'S0'),
    })
    expect(fairPolicy.allocate(refusesFirst).map((a) => [a.agentId, a.frameworkId])).toEqual([
      ['S0', 'b'],
      ['S1', 'a'],
    ])
  })

  test('a framework in two roles is charged in both', () => {
    const clients = [client('a', { role: 'x' }), client('a', { role: 'y' }), client('b')]
    expect(winners(view(clients, { candidates: agents(4) }))).toEqual(['a', 'b', 'a', 'b'])
  })

  test('resources that the cluster has none of do not count', () => {
    const odd = client('odd', { allocated: { bananas: 5_000 } })
    expect(winners(view([client('a', { allocated: { cpus: 1 } }), odd]))).toEqual(['odd'])
  })

  const amounts = fc.record({ cpus: fc.nat(5_000), mem: fc.nat(5_000) })
  const clients = fc.array(
    fc.record({
      weight: fc.integer({ min: 1, max: 4 }),
      allocated: amounts,
      allocations: fc.nat(3),
    }),
    { maxLength: 5 },
  )
  const views = fc
    .tuple(clients, fc.array(amounts, { maxLength: 6 }), fc.func(fc.boolean()))
    .map(([list, free, allows]) =>
      view(
        list.map((each, n) => client(`F${n}`, each)),
        {
          candidates: free.map((each, n) => ({ agentId: `S${n}`, free: each })),
          mayReceive: ({ frameworkId }, agentId) => allows(frameworkId, agentId),
        },
      ),
    )

  test('it changes nothing it sees, and the same view gives the same answer', () => {
    fc.assert(
      fc.property(views, (given) => {
        const plain = () => JSON.stringify([given.capacity, given.candidates, given.clients])
        const before = plain()
        const answer = fairPolicy.allocate(given)
        expect(fairPolicy.allocate(given)).toEqual(answer)
        expect(plain()).toBe(before)
      }),
    )
  })

  test('each agent goes as a whole to at most one client who may have it, and none is kept back', () => {
    fc.assert(
      fc.property(views, (given) => {
        const answer = fairPolicy.allocate(given)
        const byAgent = new Map(answer.map((allocation) => [allocation.agentId, allocation]))
        expect(byAgent.size).toBe(answer.length)
        for (const { agentId, free } of given.candidates) {
          const takers = given.clients.filter((c) => given.mayReceive(c, agentId, free))
          const allocation = byAgent.get(agentId)
          expect(allocation !== undefined).toBe(takers.length > 0)
          if (allocation === undefined) continue
          expect(allocation.resources).toEqual(free)
          expect(takers.map((c) => c.frameworkId)).toContain(allocation.frameworkId)
        }
      }),
    )
  })
})
