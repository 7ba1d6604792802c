import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Resources } from '../../src/messages/index.ts'
import {
  createFairPolicy,
  drfPolicy,
  priorityPolicy,
  randomPolicy,
} from '../../src/model/allocation/policies.ts'
import type { AllocationPolicy } from '../../src/model/allocation/policy.ts'
import { Round } from '../../src/model/allocation/round.ts'
import { roleAt } from '../../src/model/ledger/roles.ts'
import { AllocationWatch, excess } from '../support/allocation-watch.ts'
import { type Move, OfferPlay, playAgents, playMoves } from '../support/offer-play.ts'
import { Stage } from '../support/stage.ts'

interface PlayWorld {
  readonly agents: readonly Resources[]
  readonly moves: readonly Move[]
  readonly quotas: Readonly<Record<string, { readonly guarantee: number; readonly limit: number }>>
  readonly weights: Readonly<Record<string, number>>
}

const cpus = fc.integer({ min: 0, max: 6 })
const quota = fc.tuple(cpus, cpus).map(([one, other]) => ({
  guarantee: Math.min(one, other),
  limit: Math.max(one, other),
}))

const worlds: fc.Arbitrary<PlayWorld> = fc.record({
  agents: fc.array(playAgents, { minLength: 1, maxLength: 4, size: 'max' }),
  moves: fc.array(playMoves, { minLength: 30, maxLength: 60, size: 'max' }),
  quotas: fc.dictionary(fc.constantFrom('eng', 'ops', '*'), quota),
  weights: fc.dictionary(fc.constantFrom('eng', 'eng/ads', 'ops'), fc.constantFrom(0.5, 2, 5)),
})

/** Plays a world and says what was ever wrong in it. */
function play(world: PlayWorld, policy: AllocationPolicy): AllocationWatch {
  const { agents, moves, quotas, weights } = world
  const ledger = { weights: new Map(Object.entries(weights)), priorities: new Map([['ops', 1]]) }
  const stage = new Stage({}, { policy, ledger })
  for (const [role, { guarantee, limit }] of Object.entries(quotas)) {
    roleAt(stage.ledger, role).quota = {
      guarantees: { cpus: guarantee * 1_000 },
      limits: { cpus: limit * 1_000 },
    }
  }
  const watch = new AllocationWatch(stage)
  const game = new OfferPlay(stage, agents, 3)
  for (const move of moves) {
    game.make(withoutReservations(move))
    watch.look(game.offers, game.running)
  }
  return watch
}

/**
 * An agent that comes later with reserved resources can lift a role above its limit, which nobody
 * can help; so reservations are there from the start, or not at all.
 */
function withoutReservations(move: Move): Move {
  if (move.do !== 'agentJoins') return move
  const { 'cpus(eng)': _reserved, ...resources } = move.resources
  return { ...move, resources }
}

describe.each([
  { policy: drfPolicy, numRuns: 10 },
  { policy: createFairPolicy('mem'), numRuns: 3 },
  { policy: priorityPolicy, numRuns: 3 },
  { policy: randomPolicy, numRuns: 3 },
])(
  'Whatever happens, under the policy $policy.name',
  { timeout: 30_000 },
  ({ policy, numRuns }) => {
    test('no resource is in two hands, books balance, and no limit is exceeded, ever', () => {
      const seen = { offers: 0, tasks: 0, steps: 0 }
      fc.assert(
        fc.property(worlds, (world) => {
          const watch = play(world, policy)
          expect(watch.problems).toEqual([])
          seen.offers += watch.seen.offers
          seen.tasks += watch.seen.tasks
          seen.steps += watch.seen.steps
        }),
        { seed: 1, numRuns },
      )
      expect(seen.steps).toBeGreaterThan(50 * numRuns)
      expect(seen.offers).toBeGreaterThan(20 * numRuns)
      expect(seen.tasks).toBeGreaterThan(5 * numRuns)
    })
  },
)

/** Says before each gift that the role gave back a hundred cpus. */
const cheating: AllocationPolicy = {
  name: 'cheating',
  allocate: (round) => {
    if (round instanceof Round) {
      for (const { standing } of round.clients) round.quotas.charge(standing, { cpus: -100_000 })
    }
    return drfPolicy.allocate(round)
  },
}

/** Gives everything to the first, and then once more to the second. */
const doubling: AllocationPolicy = {
  name: 'doubling',
  allocate: (round) =>
    round.candidates.flatMap((candidate) => {
      const free = { ...candidate.free }
      return round.clients.flatMap((client) => {
        Object.assign(candidate, { free })
        return round.allocate(client, candidate) ?? []
      })
    }),
}

describe('The watch over whatever happens', () => {
  const busy: PlayWorld = {
    agents: [{ cpus: 8, mem: 512, ports: [[1, 4]] }],
    moves: [
      { do: 'declineAll', refuseSeconds: 2 },
      { do: 'wait', ms: 6_000 },
    ],
    quotas: { eng: { guarantee: 0, limit: 1 }, '*': { guarantee: 0, limit: 1 } },
    weights: {},
  }

  test('sees nothing wrong in this world under a good policy', () => {
    expect(play(busy, drfPolicy).problems).toEqual([])
  })

  test('sees a policy that cheats about quotas', () => {
    expect(play(busy, cheating).problems[0]).toBe('eng has 8 cpus, its limit is 1')
  })

  test('sees a policy that gives the same to two, which the master refuses', () => {
    const { problems } = play({ ...busy, quotas: {} }, doubling)
    expect(new Set(problems)).toEqual(
      new Set([expect.stringMatching(/^the policy doubling gave .* that are not there$/)]),
    )
    expect(problems.length).toBeGreaterThan(0)
  })

  test('sees what is in two hands, or in one but not there, without asking the book', () => {
    const total: Resources = { cpus: 2, ports: [[1, 4]], disks: ['sda'] }
    const whole: Resources = { cpus: 2, ports: [[1, 2]], disks: ['sda'] }
    expect(excess('S', total, [whole, { ports: [[3, 4]] }])).toEqual([])
    expect(excess('S', total, [whole, { cpus: 0.001, ports: [[2, 3]], disks: ['sda'] }])).toEqual([
      'ports 2 of S is held twice',
      'disks sda of S is held twice',
      '2.001 cpus of S are held, which has 2',
    ])
    expect(excess('S', total, [{ mem: 1 }])).toEqual(['1 mem of S are held, which has undefined'])
  })

  test('sees a number in the book that changed by itself', () => {
    const stage = new Stage()
    const watch = new AllocationWatch(stage)
    const game = new OfferPlay(stage, busy.agents, 1)
    expect(watch.problems).toEqual([])
    for (const agent of stage.ledger.agents.values()) {
      agent.offered = { ...agent.offered, cpus: 9_000 }
    }
    watch.look(game.offers, game.running)
    expect(watch.problems.join()).toContain('offered is booked as')
  })
})
