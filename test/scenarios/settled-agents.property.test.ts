import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Resources } from '../../src/messages/index.ts'
import { allocateInOrder } from '../../src/model/allocation/in-order.ts'
import type { AllocationPolicy } from '../../src/model/allocation/policy.ts'
import { ShareOrder } from '../../src/model/allocation/share-order.ts'
import type { Ledger } from '../../src/model/ledger/ledger.ts'
import { roleAt } from '../../src/model/ledger/roles.ts'
import { isLong } from '../support/long.ts'
import { type Move, OfferPlay, playAgents, playMoves } from '../support/offer-play.ts'
import { Stage } from '../support/stage.ts'

/** Fair, over the agents by name: which agents are looked at changes nothing for the others. */
const policy: AllocationPolicy = {
  name: 'sorted',
  allocate: (round) => {
    const sorted = [...round.candidates].sort((left, right) =>
      left.agentId < right.agentId ? -1 : 1,
    )
    return allocateInOrder(round, new ShareOrder(round), sorted)
  },
}

interface Played {
  /** Every offer and rescission, with its time. */
  readonly log: readonly string[]
  /** How often an agent was looked at. */
  readonly looks: number
}

/** What is offered when, in a world whose agents forget that nobody wanted them, or do not. */
function play(
  { agents, moves, cpusMax }: { agents: Resources[]; moves: readonly Move[]; cpusMax: number },
  isForgetful: boolean,
): Played {
  let looks = 0
  const counting: AllocationPolicy = {
    name: policy.name,
    allocate: (round) => {
      looks += round.candidates.length
      return policy.allocate(round)
    },
  }
  const stage = new Stage({}, { policy: counting, isLong: true })
  const limits = { cpus: cpusMax * 1_000 }
  roleAt(stage.ledger, 'eng').quota = { guarantees: {}, limits }
  const log: string[] = []
  stage.road.observe(({ to, message }) => {
    if (isForgetful) forget(stage.ledger)
    if (message.type === 'allocation.offer' || message.type === 'allocation.rescind') {
      log.push(`${stage.clock.now()} ${to} ${JSON.stringify(message)}`)
    }
  })
  const game = new OfferPlay(stage, agents, 3)
  for (const move of moves) game.make(move)
  stage.advance(40_000)
  return { log, looks }
}

/** From now on these agents are looked at whenever that is possible. */
function forget(ledger: Ledger): void {
  for (const agent of ledger.agents.values()) {
    Object.defineProperty(agent, 'settled', {
      get: () => undefined,
      set: () => {},
      configurable: true,
    })
  }
}

test('Settled agents: every offer is made at the very time at which it would be without them', {
  timeout: 30_000,
}, () => {
  let [looks, looksWithout] = [0, 0]
  fc.assert(
    fc.property(
      fc.record({
        agents: fc.array(playAgents, { minLength: 1, maxLength: 3, size: 'max' }),
        moves: fc.array(playMoves, { maxLength: 40, size: 'max' }),
        cpusMax: fc.constantFrom(1, 3, 100),
      }),
      (world) => {
        const [played, reference] = [play(world, false), play(world, true)]
        expect(played.log).toEqual(reference.log)
        looks += played.looks
        looksWithout += reference.looks
      },
    ),
    { seed: 1, numRuns: isLong ? 16 : 12 },
  )
  // The runs are no proof unless agents really were passed over.
  expect(looks).toBeLessThan(0.8 * looksWithout)
})
