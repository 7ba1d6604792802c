import { describe, expect, test } from 'vitest'
import { drfPolicy } from '../../src/model/allocation/policies.ts'
import type {
  Allocation,
  AllocationPolicy,
  AllocationRound,
  Candidate,
  Client,
} from '../../src/model/allocation/policy.ts'
import { Stage } from '../support/stage.ts'

interface Pick {
  readonly client: Client
  readonly candidate: Candidate
}

/** The first client and candidate of a round; rounds without a client do not exist. */
function firstOf({ clients, candidates }: AllocationRound): Pick {
  const [[client], [candidate]] = [clients, candidates]
  if (client === undefined || candidate === undefined)
    throw new Error('there is nobody to offer to')
  return { client, candidate }
}

function policyOf(allocate: (round: AllocationRound, pick: Pick) => readonly Allocation[]) {
  const policy: AllocationPolicy = {
    name: 'own',
    allocate: (round) => allocate(round, firstOf(round)),
  }
  return policy
}

function listOf(allocation: Allocation | undefined): Allocation[] {
  return allocation === undefined ? [] : [allocation]
}

/** Two agents with one framework, to which a policy of somebody's own gives something. */
function stageWith(policy: AllocationPolicy) {
  const stage = new Stage({}, { policy })
  const framework = stage.scheduler('first', { minAllocatable: { first: [] } })
  for (const name of ['a', 'b']) stage.agent(name, { cpus: 2, ports: [[1, 4]], 'cpus(other)': 1 })
  return { stage, framework }
}

/** Rounds and candidates that were, kept by a policy that should not. */
const kept: { readonly rounds: WeakMap<AllocationPolicy, Pick & { round: AllocationRound }> } = {
  rounds: new WeakMap(),
}

const stale: AllocationPolicy = {
  name: 'own',
  allocate: (round) => {
    const { client, candidate } = firstOf(round)
    const before = kept.rounds.get(stale)
    kept.rounds.set(stale, { round, client, candidate })
    return before ? listOf(before.round.allocate(before.client, before.candidate)) : []
  },
}

const bad: readonly (readonly [what: string, policy: AllocationPolicy, why: RegExp])[] = [
  [
    'throws',
    policyOf(() => {
      throw new TypeError('a slip')
    }),
    /own threw: a slip/,
  ],
  [
    'takes more than it may',
    policyOf((round, { client, candidate }) =>
      listOf(round.allocate(client, candidate, { cpus: 2_001 })),
    ),
    /gave M-0000 more of agent M-S\d than it may be offered/,
  ],
  [
    'gives away what is reserved for others',
    policyOf((round, { client, candidate }) =>
      listOf(round.allocate(client, candidate, { 'cpus(other)': 1_000 })),
    ),
    /more of agent/,
  ],
  [
    'gives less than nothing',
    policyOf((round, { client, candidate }) =>
      listOf(round.allocate(client, candidate, { cpus: -1_000 })),
    ),
    /no amounts/,
  ],
  [
    'makes allocations up',
    policyOf((_round, { client: { frameworkId, role }, candidate: { agentId } }) => [
      { frameworkId, role, agentId, resources: { cpus: 1_000 } },
    ]),
    /did not take from the round/,
  ],
  [
    'gives the same away twice',
    policyOf((round, { client, candidate }) => {
      const allocations = listOf(round.allocate(client, candidate))
      return [...allocations, ...allocations]
    }),
    /did not take from the round/,
  ],
  [
    'copies an allocation, to change it',
    policyOf((round, { client, candidate }) =>
      listOf(round.allocate(client, candidate)).map((one) => ({ ...one, role: 'other' })),
    ),
    /did not take from the round/,
  ],
  ['keeps rounds, to take from them later', stale, /did not take from the round/],
  [
    'says that more is free than there is',
    policyOf((round, { client, candidate }) => {
      Object.assign(candidate, { free: { cpus: 9_000, ports: [[1, 9]] } })
      return listOf(round.allocate(client, candidate))
    }),
    /resources of agent M-S\d that are not there/,
  ],
  [
    'says that what it gave away is free again',
    policyOf((round, { client, candidate }) => {
      const free = { ...candidate.free }
      const first = listOf(round.allocate(client, candidate))
      Object.assign(candidate, { free })
      return [...first, ...listOf(round.allocate(client, candidate))]
    }),
    /resources of agent M-S\d that are not there/,
  ],
]

describe('Bad policies: one that', () => {
  test.each(bad)('%s is not believed: the default decides', (_what, policy, why) => {
    const { stage, framework } = stageWith(policy)
    stage.advance(2_000)
    const rejected = stage.marks.filter(({ name }) => name === 'allocation.rejected')
    expect(rejected.length).toBeGreaterThan(0)
    for (const { detail } of rejected) expect(detail).toMatch(why)
    expect(stage.master.ended).toBe(false)
    expect(framework.offers.map(({ resources }) => resources)).toEqual([
      { cpus: 2, ports: [[1, 4]] },
      { cpus: 2, ports: [[1, 4]] },
    ])
  })

  test('gives only a part is believed, and the rest stays free', () => {
    const { stage, framework } = stageWith(
      policyOf((round, { client, candidate }) =>
        listOf(round.allocate(client, candidate, { cpus: 500 })),
      ),
    )
    stage.advance(2_000)
    expect(stage.marks).toEqual([])
    const { offers } = framework
    expect(offers.length).toBeGreaterThan(1)
    for (const { resources } of offers) expect(resources.cpus).toBe(0.5)
  })

  test('takes something and does not give it to anybody leaves it in the pool', () => {
    const { stage, framework } = stageWith(
      policyOf((round, { client, candidate }) => {
        round.allocate(client, candidate)
        return []
      }),
    )
    stage.advance(5_000)
    expect(stage.marks).toEqual([])
    expect(framework.offers).toEqual([])
    const { agents } = stage.ledger
    expect([...agents.values()].map(({ free }) => free)).toEqual(
      [...agents.values()].map(({ total }) => total),
    )
  })

  test('is a wrapper of a good one does no harm', () => {
    const { stage, framework } = stageWith({
      name: 'own',
      allocate: (round) => drfPolicy.allocate(round).toReversed(),
    })
    stage.advance(1_000)
    expect(stage.marks).toEqual([])
    expect(framework.offers).toHaveLength(2)
  })
})
