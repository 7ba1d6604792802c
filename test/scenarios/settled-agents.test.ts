import { describe, expect, test } from 'vitest'
import type { FrameworkInfo } from '../../src/messages/index.ts'
import { drfPolicy } from '../../src/model/allocation/policies.ts'
import type { AllocationPolicy } from '../../src/model/allocation/policy.ts'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage } from '../support/stage.ts'

/**
 * An agent that everybody refused is settled: it costs nothing until somebody may want it again,
 * and then it is looked at in that very allocation.
 */
function stageThatLooks() {
  const looks: [at: number, agents: string][] = []
  const policy = {
    ...drfPolicy,
    allocate: (round: Parameters<typeof drfPolicy.allocate>[0]) => {
      looks.push([
        round.at,
        round.candidates
          .map(({ hostname }) => hostname)
          .sort()
          .join(' '),
      ])
      return drfPolicy.allocate(round)
    },
  }
  const stage = new Stage({}, { policy })
  return { stage, looks }
}

/** One agent that one framework refuses for so long, as of now; another agent is in use. */
function settledStage(refuseSeconds: number, info: Partial<FrameworkInfo> = {}) {
  const { stage, looks } = stageThatLooks()
  stage.agent('a', { cpus: 4, mem: 4_096 })
  stage.advance(1_000)
  const first = stage.scheduler('first', info)
  first.decline(first.offer, { refuseSeconds })
  stage.settle()
  const refusedAt = stage.clock.now()
  looks.length = 0
  return { stage, looks, first, refusedAt }
}

describe('Settled agents: one that everybody refused', () => {
  test('is looked at again only when the refusal is over, at the first batch after that', () => {
    const { stage, looks, first, refusedAt } = settledStage(60)
    stage.advance(59_000)
    expect(looks).toEqual([])
    stage.advance(3_000)
    expect(looks).toHaveLength(1)
    const [[at] = [0]] = looks
    expect(at).toBeGreaterThanOrEqual(refusedAt + 60_000)
    expect(at).toBeLessThan(refusedAt + 61_000)
    expect(first.offers).toHaveLength(1)
  })

  test('by two is looked at when the first refusal of them is over', () => {
    const { stage, looks, first, refusedAt } = settledStage(100)
    const second = stage.scheduler('second')
    second.decline(second.offer, { refuseSeconds: 20 })
    stage.settle()
    looks.length = 0
    stage.advance(19_900)
    expect(looks).toEqual([])
    stage.advance(1_200)
    expect(looks).toHaveLength(1)
    expect(second.offers).toHaveLength(1)
    second.decline(second.offer, { refuseSeconds: 3_600 })
    stage.settle()
    looks.length = 0
    stage.advance(refusedAt + 99_900 - stage.clock.now())
    expect(looks).toEqual([])
    stage.advance(1_200)
    expect(first.offers).toHaveLength(1)
  })

  test('is looked at at once for a new framework', () => {
    const { stage, looks } = settledStage(3_600)
    stage.advance(10_000)
    const second = stage.scheduler('second')
    expect(second.offers).toHaveLength(1)
    expect(looks).toHaveLength(1)
  })

  test('is looked at at once when its refuser revives', () => {
    const { stage, first } = settledStage(3_600)
    stage.advance(10_000)
    first.say({ type: 'allocation.revive' })
    stage.settle()
    expect(first.offers).toHaveLength(1)
  })

  test('is considered for the one who revives alone: others are not asked again', () => {
    const { stage, looks, first } = settledStage(3_600)
    const second = stage.scheduler('second')
    second.decline(second.offer, { refuseSeconds: 3_600 })
    stage.settle()
    looks.length = 0
    second.say({ type: 'allocation.revive' })
    stage.settle()
    second.decline(second.offer, { refuseSeconds: 3_600 })
    stage.settle()
    expect(looks).toHaveLength(2)
    expect(first.heard('allocation.offer')).toHaveLength(1)
  })

  test('is looked at at once when its refuser comes back with other roles', () => {
    const { stage, first } = settledStage(3_600)
    first.say({
      type: 'lifecycle.reregister',
      frameworkId: first.frameworkId,
      framework: { name: 'first', roles: ['first', 'more'] },
    })
    stage.settle()
    expect(first.offers.map(({ role }) => role)).toEqual(['more'])
  })

  test('is looked at again when its refuser returns after it was gone, whose filters went too', () => {
    const { stage, first } = settledStage(3_600, { failoverTimeoutMs: 60_000 })
    const { frameworkId } = first
    first.crash()
    stage.advance(5_000)
    const heir = stage.mailbox('scheduler/heir')
    const framework = { name: 'first', roles: ['first'], failoverTimeoutMs: 60_000 }
    heir.say({ type: 'lifecycle.reregister', frameworkId, framework })
    stage.settle()
    expect(heir.offers).toHaveLength(1)
  })

  test('is looked at again when it returns after it was given up, as a new one would be', () => {
    const { stage, first } = settledStage(3_600)
    const heal = stage.road.drop('lifecycle.pong')
    stage.advance(100_000)
    heal()
    stage.advance(20_000)
    expect(first.offers).toEqual([])
    stage.advance(80_000)
    expect(first.offers).toHaveLength(1)
  })

  test('is looked at at once when a task on it ends', () => {
    const { stage, looks } = stageThatLooks()
    stage.agent('a', { cpus: 4, mem: 4_096 })
    const first = stage.scheduler('first')
    const { offer } = first
    first.launch(offer, [commandOn(offer, 'T', { cpus: 1 })], { refuseSeconds: 3_600 })
    stage.advance(20_000)
    looks.length = 0
    stage.advance(20_000)
    expect(looks).toEqual([])
    stage.puppets.exit('T')
    stage.settle()
    expect(looks.map(([, agents]) => agents)).toEqual(['a'])
    expect(first.offer.resources).toEqual({ cpus: 4, mem: 4_096 })
  })

  test('does not keep another agent from being looked at', () => {
    const { stage, looks, first } = settledStage(3_600)
    stage.agent('b', { cpus: 1, mem: 64 })
    expect(first.offer.hostname).toBe('b')
    first.decline(first.offer, { refuseSeconds: 2 })
    stage.settle()
    looks.length = 0
    stage.advance(4_000)
    expect(looks.map(([, agents]) => agents)).toEqual(['b'])
  })
})

describe('Settled agents: other reasons that nobody wants one', () => {
  test.each<[string, Partial<FrameworkInfo>, Parameters<Stage['agent']>[1]]>([
    ['gpus that nobody can use', {}, { cpus: 1, gpus: 1 }],
    ['reservations for a role that nobody is in', {}, { 'cpus(nobody)': 4 }],
    ['too little to be worth an offer', {}, { cpus: 0.001 }],
    [
      'constraints',
      { offerConstraints: { f: [[{ attributeName: 'ssd', exists: true }]] } },
      { cpus: 4 },
    ],
  ])('%s: it is looked at once, until somebody comes who wants it', (_what, info, resources) => {
    const { stage, looks } = stageThatLooks()
    const picky = stage.scheduler('f', info)
    stage.agent('a', resources)
    stage.advance(1_000)
    looks.length = 0
    stage.advance(600_000)
    expect(looks).toEqual([])
    expect(picky.offers).toEqual([])
    const glad = stage.scheduler('glad', {
      roles: ['nobody'],
      capabilities: ['GPU_RESOURCES'],
      minAllocatable: { nobody: [] },
    })
    expect(glad.offer.resources).toEqual(resources)
  })

  test('a quota that forbids it is no reason to look away: the quota may change', () => {
    const { stage, looks } = stageThatLooks()
    const role = { guarantees: {}, limits: { cpus: 1_000 } }
    const first = stage.scheduler('first')
    const record = stage.ledger.roles.get('first')
    if (record === undefined) throw new Error('the role is not in the book')
    record.quota = role
    stage.agent('a', { cpus: 4 })
    const { offer } = first
    expect(offer.resources).toEqual({ cpus: 1 })
    first.launch(offer, [commandOn(offer, 'T', { cpus: 1 })])
    stage.advance(10_000)
    looks.length = 0
    stage.advance(10_000)
    expect(looks.length).toBeGreaterThanOrEqual(9)
    record.quota = { ...role, limits: { cpus: 3_000 } }
    stage.advance(1_000)
    expect(first.offer.resources).toEqual({ cpus: 2 })
  })

  test('refusals of nothing at all: with refuseSeconds 0 it is looked at in every batch', () => {
    const { stage, looks, first } = settledStage(0)
    first.answer = (offer) => first.decline(offer, { refuseSeconds: 0 })
    stage.advance(10_000)
    expect(looks.length).toBeGreaterThanOrEqual(9)
  })

  test.each([1, 2])(
    'a policy that asks one framework at a time, %i times: not before all of them refused',
    (times) => {
      let turn = 0
      const policy: AllocationPolicy = {
        name: 'one at a time',
        allocate: (round) => {
          const client = round.clients[turn++ < 3 ? 0 : 1]
          const asked = client === undefined ? [] : Array.from({ length: times }, () => client)
          return round.candidates.flatMap((agent) =>
            asked.flatMap((one) => round.allocate(one, agent) ?? []),
          )
        },
      }
      const stage = new Stage({}, { policy })
      const [first, second] = [stage.scheduler('first'), stage.scheduler('second')]
      first.answer = (offer) => first.decline(offer, { refuseSeconds: 3_600 })
      stage.agent('a', { cpus: 4 })
      stage.advance(5_000)
      expect(second.offers).toHaveLength(1)
    },
  )
})
