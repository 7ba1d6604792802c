import { describe, expect, it } from 'vitest'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage } from '../support/stage.ts'

/** One agent, and one scheduler that is the first to be offered it. */
function stageWithOne() {
  const stage = new Stage()
  stage.agent('agent-1', { cpus: 4, mem: 4_096 })
  const first = stage.scheduler('first')
  return { stage, first }
}

describe('Offers: an offer that nobody answers', () => {
  it('is rescinded after the offer timeout and goes to another framework', () => {
    const { stage, first } = stageWithOne()
    const { offerId, resources } = first.offer
    const second = stage.scheduler('second')
    stage.advance(29_999)
    expect(first.heard('allocation.rescind')).toEqual([])
    expect(second.offers).toEqual([])
    stage.advance(1)
    expect(first.heard('allocation.rescind')).toEqual([
      { type: 'allocation.rescind', offerIds: [offerId] },
    ])
    expect(first.offers).toEqual([])
    expect(second.offer.resources).toEqual(resources)
  })

  it('comes back at once where nobody else wants any', () => {
    const { stage, first } = stageWithOne()
    const { offerId } = first.offer
    stage.advance(30_000)
    expect(first.offer.offerId).not.toBe(offerId)
  })

  it('counts as declined where somebody does', () => {
    const { stage, first } = stageWithOne()
    const second = stage.scheduler('second')
    stage.advance(30_000)
    expect(first.offers).toEqual([])
    expect(second.offers).toHaveLength(1)
  })

  it('that is answered just in time is not rescinded', () => {
    const { stage, first } = stageWithOne()
    const { offer } = first
    stage.advance(29_999)
    first.launch(offer, [commandOn(offer, 'T1', { cpus: 4, mem: 4_096 })])
    stage.advance(60_000)
    expect(first.heard('allocation.rescind')).toEqual([])
    expect(first.states('T1')).toEqual(['TASK_STARTING', 'TASK_RUNNING'])
  })
})

describe('Offers: a declined offer', () => {
  it('comes back after five seconds, at the next look at the whole pool', () => {
    const { stage, first } = stageWithOne()
    first.decline(first.offer)
    stage.settle()
    const declinedAt = stage.clock.now()
    expect(first.offers).toEqual([])
    stage.advance(5_000)
    expect(first.offers).toEqual([])
    while (first.offers.length === 0) stage.advance(20)
    const waitedMs = stage.clock.now() - declinedAt
    expect(waitedMs).toBeGreaterThan(5_000)
    expect(waitedMs).toBeLessThanOrEqual(6_000)
  })

  it('goes to another framework at once', () => {
    const { stage, first } = stageWithOne()
    const second = stage.scheduler('second')
    first.decline(first.offer)
    stage.settle()
    expect(first.offers).toEqual([])
    expect(second.offer.resources).toEqual({ cpus: 4, mem: 4_096 })
  })

  it('with refuseSeconds 0 is not filtered: it comes back at the next look at the pool', () => {
    const { stage, first } = stageWithOne()
    const { offerId } = first.offer
    first.decline(first.offer, { refuseSeconds: 0 })
    stage.settle()
    expect(first.offers).toEqual([])
    stage.advance(1_000)
    expect(first.offer.offerId).not.toBe(offerId)
  })

  it('with refuseSeconds 0 goes to another framework at the next look at the pool', () => {
    const { stage, first } = stageWithOne()
    const second = stage.scheduler('second')
    first.decline(first.offer, { refuseSeconds: 0 })
    stage.advance(1_000)
    expect(first.offers).toEqual([])
    expect(second.offers).toHaveLength(1)
  })

  it('that is declined with refuseSeconds 0 time and again does not keep the master busy', () => {
    const { stage, first } = stageWithOne()
    first.answer = (offer) => first.decline(offer, { refuseSeconds: 0 })
    first.decline(first.offer, { refuseSeconds: 0 })
    stage.advance(10_000)
    expect(first.heard('allocation.offer').length).toBeGreaterThanOrEqual(10)
    expect(first.heard('allocation.offer').length).toBeLessThanOrEqual(12)
  })

  it('with refuseSeconds 20 stays away for as long', () => {
    const { stage, first } = stageWithOne()
    first.decline(first.offer, { refuseSeconds: 20 })
    stage.advance(20_000)
    expect(first.offers).toEqual([])
    stage.advance(1_000)
    expect(first.offers).toHaveLength(1)
  })

  it('with a negative refuseSeconds is filtered for the default time', () => {
    const { stage, first } = stageWithOne()
    first.decline(first.offer, { refuseSeconds: -1 })
    stage.advance(4_900)
    expect(first.offers).toEqual([])
    stage.advance(1_200)
    expect(first.offers).toHaveLength(1)
  })

  it('comes back at once when a task ends and there is more than was declined', () => {
    const { stage, first } = stageWithOne()
    first.launch(first.offer, [commandOn(first.offer, 'T1', { cpus: 1, mem: 1_024 })], {
      refuseSeconds: 3_600,
    })
    stage.advance(10_000)
    expect(first.offers).toEqual([])
    stage.puppets.exit('T1')
    stage.settle()
    expect(first.offer.resources).toEqual({ cpus: 4, mem: 4_096 })
  })

  it('stays away when a task of another framework took a part of it', () => {
    const { stage, first } = stageWithOne()
    first.decline(first.offer, { refuseSeconds: 3_600 })
    const second = stage.scheduler('second')
    second.launch(second.offer, [commandOn(second.offer, 'T2', { cpus: 1, mem: 1_024 })])
    stage.advance(4_000)
    expect(second.states('T2')).toContain('TASK_RUNNING')
    expect(first.offers).toEqual([])
  })
})

describe('Offers: a framework that wants none', () => {
  it('gets none while it is suppressed, and one at once when it revives', () => {
    const { stage, first } = stageWithOne()
    first.say({ type: 'allocation.suppress' })
    first.decline(first.offer, { refuseSeconds: 0 })
    stage.advance(60_000)
    expect(first.offers).toEqual([])
    first.say({ type: 'allocation.revive' })
    stage.settle()
    expect(first.offers).toHaveLength(1)
  })

  it('keeps an offer that it got before it suppressed itself', () => {
    const { stage, first } = stageWithOne()
    const { offer } = first
    first.say({ type: 'allocation.suppress' })
    stage.advance(10_000)
    first.launch(offer, [commandOn(offer, 'T1', { cpus: 1, mem: 64 })])
    stage.settle()
    expect(first.states('T1')).toContain('TASK_RUNNING')
  })

  it('gets an offer at once that it filtered, when it revives', () => {
    const { stage, first } = stageWithOne()
    first.decline(first.offer, { refuseSeconds: 3_600 })
    stage.advance(60_000)
    expect(first.offers).toEqual([])
    first.say({ type: 'allocation.revive' })
    stage.settle()
    expect(first.offers).toHaveLength(1)
  })

  it('registers as suppressed and hears nothing of the pool', () => {
    const { stage, first } = stageWithOne()
    first.decline(first.offer, { refuseSeconds: 3_600 })
    const quiet = stage.mailbox('scheduler/quiet')
    quiet.say({
      type: 'lifecycle.register',
      framework: { name: 'quiet', roles: ['quiet'] },
      suppressedRoles: ['quiet'],
    })
    stage.advance(5_000)
    expect(quiet.heard('lifecycle.registered')).toHaveLength(1)
    expect(quiet.heard('allocation.offer')).toEqual([])
  })

  it('that names a role of somebody else is not suppressed at all', () => {
    const { stage, first } = stageWithOne()
    first.decline(first.offer, { refuseSeconds: 0 })
    first.say({ type: 'allocation.suppress', roles: ['first', 'stranger'] })
    stage.advance(1_000)
    expect(first.offers).toHaveLength(1)
    expect(stage.marks.map(({ name }) => name)).toEqual(['call.strangeRole'])
  })
})

describe('Offers: what is too small to be of use', () => {
  it('less than 0.01 cpus and 32 MB is not offered', () => {
    const { stage, first } = stageWithOne()
    const { offer } = first
    first.launch(offer, [commandOn(offer, 'T1', { cpus: 3.995, mem: 4_080 })], { refuseSeconds: 0 })
    stage.advance(60_000)
    expect(first.offers).toEqual([])
    stage.puppets.exit('T1')
    stage.settle()
    expect(first.offer.resources).toEqual({ cpus: 4, mem: 4_096 })
  })
})

describe('Offers: a scheduler that nobody registered', () => {
  it('is told so when it speaks of offers, and gets nothing', () => {
    const { stage, first } = stageWithOne()
    const { offer } = first
    const ghost = stage.mailbox('scheduler/ghost')
    ghost.say({ type: 'allocation.decline', offerIds: [offer.offerId] })
    ghost.launch(offer, [commandOn(offer, 'T1', { cpus: 1 })])
    stage.settle()
    expect(ghost.heard('lifecycle.error')).toHaveLength(2)
    expect(ghost.heard('lifecycle.error')[0]?.message).toMatch(/is not registered.*register before/)
    expect(first.offer).toEqual(offer)
  })
})
