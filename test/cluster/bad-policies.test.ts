import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { ClusterOptions } from '../../src/cluster/options.ts'
import type {
  Allocation,
  AllocationPolicy,
  AllocationRound,
} from '../../src/model/allocation/policy.ts'
import { InvalidInputError } from '../../src/model/errors.ts'
import { liveCluster } from '../support/live.ts'
import { begin, beginAll, running } from '../support/work.ts'
import { createWorld } from '../support/world.ts'

type Allocate = (round: AllocationRound) => readonly Allocation[]

function policyOf(allocate: Allocate, rest: Partial<AllocationPolicy> = {}): AllocationPolicy {
  return { name: 'own', allocate, ...rest }
}

/** Every client and agent of a round. */
function pairsOf({ clients, candidates }: AllocationRound) {
  return clients.flatMap((client) => candidates.map((candidate) => ({ client, candidate })))
}

function endless(): never {
  for (;;);
}

/** The next warnings of policies, as they are said. */
async function warning(): Promise<Error> {
  for (;;) {
    const [said] = await once(process, 'warning')
    if (said instanceof Error && said.name === 'PolicyWarning') return said
  }
}

const bad: readonly (readonly [what: string, allocate: Allocate, why: RegExp])[] = [
  [
    'throws',
    () => {
      throw new TypeError('a slip')
    },
    /^the policy own threw: a slip$/,
  ],
  [
    'makes allocations by hand',
    (round) =>
      pairsOf(round).map(({ client, candidate }) => ({
        frameworkId: client.frameworkId,
        role: client.role,
        agentId: candidate.agentId,
        resources: { cpus: 1_000 },
      })),
    /^the policy own gave m1-0000 resources of agent m1-S\d that it did not take from the round$/,
  ],
  [
    'gives more than there is',
    (round) =>
      pairsOf(round).flatMap(
        ({ client, candidate }) => round.allocate(client, candidate, { cpus: 99_000 }) ?? [],
      ),
    /^the policy own gave m1-0000 more of agent m1-S\d than it may be offered$/,
  ],
  [
    'gives the same to everybody',
    (round) => {
      const [first] = pairsOf(round)
      const one = first && round.allocate(first.client, first.candidate)
      return one === undefined ? [] : round.clients.map(() => one)
    },
    /^the policy own gave m1-000\d resources of agent m1-S\d that it did not take from the round$/,
  ],
]

describe('Policies of users: one that', () => {
  it.each(bad)('%s is not believed: drf shares the pool', async (_what, allocate, why) => {
    const said = warning()
    const options: ClusterOptions = {
      agents: Array.from({ length: 4 }, () => ({ cpus: 1 })),
      policy: policyOf(allocate),
    }
    const world = await createWorld(options)
    const [ads, web] = [world.cluster.jobs('ads'), world.cluster.jobs('web')]
    const work = [beginAll(ads, 5), beginAll(web, 5)]
    await world.settle()
    expect(work.map((each) => running(each).length)).toEqual([2, 2])
    expect(world.cluster.explain()).toMatchObject({
      policy: 'own',
      rejected: expect.stringMatching(why),
    })
    expect(world.cluster.marks()['allocation.rejected']).toBeGreaterThan(0)
    expect((await said).message).toMatch(/^the policy own .+; the policy drf decides instead$/)
  })

  it('is bad each time is warned of once', async () => {
    const messages: string[] = []
    const note = ({ name, message }: Error): void => {
      if (name === 'PolicyWarning') messages.push(message)
    }
    process.on('warning', note)
    const world = await createWorld({
      policy: policyOf(() => {
        throw new Error('a slip')
      }),
    })
    for (let job = 0; job < 3; job++) {
      expect(await world.until(world.cluster.jobs(`tenant-${job}`).call(() => 'ran'))).toBe('ran')
    }
    process.off('warning', note)
    expect(world.cluster.marks()['allocation.rejected']).toBeGreaterThan(2)
    expect(messages).toEqual(['the policy own threw: a slip; the policy drf decides instead'])
  })

  it('does not come to an end is interrupted, and never asked again', async () => {
    let asked = 0
    const cluster = await liveCluster({
      policy: policyOf(() => {
        asked++
        return endless()
      }),
    })
    const said = warning()
    const since = performance.now()
    expect(await cluster.jobs('ads').call(() => 'ran')).toBe('ran')
    expect(performance.now() - since).toBeGreaterThanOrEqual(1_000)
    expect((await said).message).toBe(
      'the policy own ran for more than 1000 ms; the policy drf decides instead',
    )
    const later = performance.now()
    expect(await cluster.jobs('web').call(() => 'ran too')).toBe('ran too')
    expect(performance.now() - later).toBeLessThan(1_000)
    expect(asked).toBe(1)
    expect(cluster.explain().rejected).toBe(
      'the policy own was dismissed, because it ran for more than 1000 ms',
    )
  })

  it('returns nothing at all is told so', async () => {
    const nothing: Allocate = () => JSON.parse('{}').allocations
    const world = await createWorld({ policy: policyOf(nothing) })
    await world.until(world.cluster.jobs('ads').call(() => 'ran'))
    expect(world.cluster.explain().rejected).toBe('the policy own returned nothing')
  })

  it.each<[string, AllocationPolicy['order']]>([
    [
      'throws when it is asked who comes first',
      () => {
        throw new Error('a slip')
      },
    ],
    ['answers that with nonsense', () => JSON.parse('"first"')],
  ])('%s: explanations do without', async (_what, order) => {
    const good = policyOf(
      (round) =>
        pairsOf(round).flatMap(({ client, candidate }) => round.allocate(client, candidate) ?? []),
      order && { order },
    )
    const world = await createWorld({ agents: [{ cpus: 1 }], policy: good })
    beginAll(world.cluster.jobs('ads'), 2)
    await world.settle()
    const { waiting, rejected } = world.cluster.explain()
    expect(waiting.map(({ why }) => why)).toEqual(['it needs 1 cpu on one agent, none is free'])
    expect(rejected).toBeUndefined()
  })

  it('counts on itself as `this` finds itself', async () => {
    class Greedy implements AllocationPolicy {
      readonly name = 'greedy'
      #rounds = 0

      allocate(round: AllocationRound): Allocation[] {
        this.#rounds++
        return pairsOf(round).flatMap(
          ({ client, candidate }) => round.allocate(client, candidate) ?? [],
        )
      }

      order({ clients }: AllocationRound) {
        return this.#rounds > 0 ? clients : []
      }
    }
    const world = await createWorld({ agents: [{ cpus: 1 }], policy: new Greedy() })
    const work = begin(world.cluster.jobs('ads'))
    await world.settle()
    expect(running([work])).toEqual([0])
    expect(world.cluster.explain().rejected).toBeUndefined()
  })

  it.each<[string, string]>([
    ['has no name', '{}'],
    ['has a name and nothing else', '{ "name": "own" }'],
    ['has an empty name', '{ "name": "", "allocate": {} }'],
    ['is nothing', 'null'],
    ['is a number', '3'],
  ])('%s is refused before anything starts', async (_what, text) => {
    const policy: AllocationPolicy = JSON.parse(text)
    await expect(createWorld({ policy })).rejects.toThrow(InvalidInputError)
    await expect(createWorld({ policy })).rejects.toThrow(
      'policy: give the name of one, or an object with a name and a function `allocate`',
    )
  })
})
