import { describe, expect, it } from 'vitest'
import { maintenanceStatusOf } from '../../src/cluster/snapshot.ts'
import type { MaintenanceWindow } from '../../src/messages/index.ts'
import type { FakeScheduler } from '../support/fake-scheduler.ts'
import type { Stage } from '../support/stage.ts'
import { agentIn, agentOfTwo, lastWord, type Question } from '../support/upkeep.ts'

const agent = 'agent-1'

function schedule(...windows: MaintenanceWindow[]) {
  return { type: 'lifecycle.updateMaintenanceSchedule', windows } as const
}
const down = (...machines: string[]) => ({ type: 'lifecycle.startMaintenance', machines }) as const
const up = (...machines: string[]) => ({ type: 'lifecycle.stopMaintenance', machines }) as const
const soon: MaintenanceWindow = { machines: [agent], startMs: 1_000_000, durationMs: 60_000 }

function inverseOffersTo(scheduler: FakeScheduler) {
  return scheduler.heard('allocation.inverseOffer').flatMap(({ inverseOffers }) => inverseOffers)
}

function rescindedInverse(scheduler: FakeScheduler): string[] {
  return scheduler
    .heard('allocation.rescindInverse')
    .flatMap(({ inverseOfferIds }) => inverseOfferIds)
}

function answer(scheduler: FakeScheduler, how: 'accept' | 'decline', refuseSeconds?: number) {
  const { inverseOfferId = '' } = inverseOffersTo(scheduler).at(-1) ?? {}
  scheduler.say({
    type: how === 'accept' ? 'allocation.acceptInverse' : 'allocation.declineInverse',
    inverseOfferIds: [inverseOfferId],
    ...(refuseSeconds !== undefined && { filters: { refuseSeconds } }),
  })
}

function answersIn(stage: Stage) {
  return maintenanceStatusOf(stage.ledger).draining.flatMap(({ answers }) =>
    answers.map(({ framework, status }) => `${framework} ${status}`),
  )
}

describe('Maintenance schedule: offers of an agent in it', () => {
  it('are rescinded and made anew with the unavailability; without it when it is taken out', () => {
    const { stage, ask, first, second } = agentOfTwo()
    stage.advance(6_000)
    const open = () => [...first.offers, ...second.offers]
    const [before] = open()
    expect(before).not.toHaveProperty('unavailability')
    expect(ask(schedule(soon))).toBe('done')
    expect(open()).toMatchObject([{ unavailability: { startMs: 1_000_000, durationMs: 60_000 } }])
    expect(open()[0]?.offerId).not.toBe(before?.offerId)
    ask(schedule({ machines: ['AGENT-1'], startMs: 5 }))
    expect(open().map(({ unavailability }) => unavailability)).toEqual([{ startMs: 5 }])
    ask(schedule())
    expect(open()).toHaveLength(1)
    expect(open()[0]).not.toHaveProperty('unavailability')
  })

  it('stay when nothing changes for it', () => {
    const { stage, ask, first, second } = agentOfTwo()
    ask(schedule(soon))
    stage.advance(6_000)
    const ids = () => [...first.offers, ...second.offers].map(({ offerId }) => offerId)
    const before = ids()
    expect(before).toHaveLength(1)
    ask(schedule({ machines: ['agent-2'], startMs: 1 }, soon))
    expect(ids()).toEqual(before)
  })

  it('are made as before when the window begins and ends: nothing is automatic', () => {
    const { stage, ask, first } = agentOfTwo()
    ask(schedule({ machines: [agent], startMs: 10_000, durationMs: 10_000 }))
    stage.advance(30_000)
    expect(maintenanceStatusOf(stage.ledger).draining).toHaveLength(1)
    expect(first.states('A1').at(-1)).toBe('TASK_RUNNING')
  })
})

describe('Inverse offers: frameworks with something on the agent', () => {
  it('get one each, at once; who has nothing there gets none', () => {
    const { stage, ask, first, second } = agentOfTwo()
    stage.agent('agent-2', { cpus: 1 })
    const third = stage.scheduler('third')
    // What it is offered would be something.
    for (const offer of third.offers) third.decline(offer, { refuseSeconds: 3_600 })
    stage.settle()
    ask(schedule(soon))
    for (const scheduler of [first, second]) {
      expect(inverseOffersTo(scheduler)).toMatchObject([
        {
          frameworkId: scheduler.frameworkId,
          agentId: agentIn(stage).id,
          hostname: agent,
          unavailability: { startMs: 1_000_000, durationMs: 60_000 },
        },
      ])
    }
    expect(inverseOffersTo(third)).toEqual([])
  })

  it('have ids of their own among those of offers', () => {
    const { stage, ask, first, second } = agentOfTwo()
    ask(schedule(soon))
    stage.advance(6_000)
    const ids = [
      ...[first, second].flatMap((each) =>
        inverseOffersTo(each).map(({ inverseOfferId }) => inverseOfferId),
      ),
      ...stage.sent('allocation.offer').flatMap(({ offers }) => offers.map((each) => each.offerId)),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('are made again to one that revives, whatever it answered', () => {
    const { stage, ask, first } = agentOfTwo()
    ask(schedule(soon))
    answer(first, 'decline', 3_600)
    stage.advance(10_000)
    const asked = inverseOffersTo(first).length
    first.say({ type: 'allocation.revive' })
    stage.advance(2_000)
    expect(inverseOffersTo(first)).toHaveLength(asked + 1)
  })

  it.each([
    ['accept', undefined, 5_000],
    ['decline', undefined, 5_000],
    ['accept', 60, 60_000],
    ['decline', 0, 1_000],
  ] as const)('are recorded when they %s, and asked again after %s s', (how, seconds, ms) => {
    const { stage, ask, first } = agentOfTwo()
    ask(schedule(soon))
    answer(first, how, seconds)
    stage.settle()
    expect(answersIn(stage)).toEqual([`aware ${how.toUpperCase()}`])
    const asked = inverseOffersTo(first).length
    stage.advance(ms - 1_001)
    expect(inverseOffersTo(first)).toHaveLength(asked)
    stage.advance(2_002)
    expect(inverseOffersTo(first)).toHaveLength(asked + 1)
    expect(rescindedInverse(first)).toEqual([])
    expect(first.states('A1').at(-1)).toBe('TASK_RUNNING')
  })

  it('are rescinded when nobody answers for 30 s, and asked again', () => {
    const { stage, ask, first } = agentOfTwo()
    ask(schedule(soon))
    const [{ inverseOfferId } = { inverseOfferId: '' }] = inverseOffersTo(first)
    stage.advance(29_999)
    expect(rescindedInverse(first)).toEqual([])
    stage.advance(2_000)
    expect(rescindedInverse(first)).toEqual([inverseOfferId])
    expect(inverseOffersTo(first)).toHaveLength(2)
  })

  const ends: [string, Question][] = [
    ['the schedule changes', schedule({ ...soon, startMs: 7 })],
    ['its agent is deactivated', { type: 'lifecycle.deactivateAgent', agent }],
    ['its agent is gone', { type: 'lifecycle.markAgentGone', agent }],
    ['its agent leaves the schedule', schedule()],
  ]
  it.each(ends)('are rescinded when %s', (_what, question) => {
    const { stage, ask, first } = agentOfTwo()
    ask(schedule(soon))
    const [{ inverseOfferId } = { inverseOfferId: '' }] = inverseOffersTo(first)
    ask(question)
    expect(rescindedInverse(first)).toEqual([inverseOfferId])
    first.say({ type: 'allocation.acceptInverse', inverseOfferIds: [inverseOfferId] })
    stage.settle()
    expect(answersIn(stage)).toEqual([])
  })

  it('are made anew when the schedule changes, also to who has answered', () => {
    const { stage, ask, first } = agentOfTwo()
    ask(schedule(soon))
    answer(first, 'decline', 3_600)
    stage.settle()
    expect(answersIn(stage)).toEqual(['aware DECLINE'])
    ask(schedule({ ...soon, startMs: 7 }))
    expect(answersIn(stage)).toEqual([])
    expect(inverseOffersTo(first).map(({ unavailability }) => unavailability.startMs)).toEqual([
      1_000_000, 7,
    ])
  })

  it('that another framework has cannot be answered', () => {
    const { stage, ask, first, second } = agentOfTwo()
    ask(schedule(soon))
    const [{ inverseOfferId } = { inverseOfferId: '' }] = inverseOffersTo(first)
    second.say({ type: 'allocation.acceptInverse', inverseOfferIds: [inverseOfferId, 'none'] })
    stage.settle()
    expect(answersIn(stage)).toEqual([])
    expect(stage.ledger.inverseOffers.size).toBe(2)
  })

  it('are forgotten with a framework whose link breaks, and asked again when it is back', () => {
    const { stage, ask, first } = agentOfTwo()
    ask(schedule(soon))
    expect(stage.ledger.inverseOffers.size).toBe(2)
    first.crash()
    stage.settle()
    expect(stage.ledger.inverseOffers.size).toBe(1)
  })
})

describe('Machine down: an agent on it', () => {
  it('is shut down; its tasks are TASK_LOST, to the aware too; it is no agent any more', () => {
    const { stage, ask, first, second } = agentOfTwo()
    ask(schedule(soon))
    expect(ask(down('Agent-1'))).toBe('done')
    expect(lastWord(first, 'A1')).toBe('TASK_LOST AGENT_REMOVED MASTER')
    expect(lastWord(second, 'U1')).toBe('TASK_LOST AGENT_REMOVED MASTER')
    expect(stage.ledger.agents.size).toBe(0)
    expect(stage.puppets.running.size).toBe(0)
    expect(stage.ledger.inverseOffers.size).toBe(0)
    expect(maintenanceStatusOf(stage.ledger)).toEqual({ draining: [], down: [agent] })
  })

  it('may not register, with or without its id, until the machine is up', () => {
    const { stage, ask } = agentOfTwo()
    const { id, info } = agentIn(stage)
    ask(schedule(soon))
    ask(down(agent))
    const late = stage.mailbox('agent/late')
    const returns = { agentId: id, agent: info, tasks: [], frameworks: [] }
    late.say({ type: 'lifecycle.registerAgent', agent: info })
    late.say({ type: 'lifecycle.reregisterAgent', ...returns })
    stage.settle()
    expect(late.heard('lifecycle.shutdown').map(({ message }) => message)).toEqual(
      Array(2).fill('refused: the machine agent-1 is down'),
    )
    expect(stage.ledger.agents.size).toBe(0)
    expect(ask(up(agent))).toBe('done')
    late.say({ type: 'lifecycle.registerAgent', agent: info })
    stage.settle()
    expect(late.heard('lifecycle.agentRegistered')).toHaveLength(1)
    expect(maintenanceStatusOf(stage.ledger)).toEqual({ draining: [], down: [] })
    expect(stage.ledger.maintenance).toEqual({ windows: [], down: [] })
  })

  it('that was unreachable then is refused when it comes back', () => {
    const { stage, ask, first } = agentOfTwo()
    const heal = stage.road.lose(({ from, to }) => [from, to].includes('agent/agent-1'))
    stage.advance(100_000)
    ask(schedule(soon))
    ask(down(agent))
    expect(lastWord(first, 'A1')).toBe('TASK_UNREACHABLE AGENT_REMOVED MASTER')
    heal()
    stage.advance(100_000)
    expect(stage.puppets.running.size).toBe(0)
    expect(agentIn(stage).state).toBe('unreachable')
  })
})
