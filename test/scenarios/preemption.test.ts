import { describe, expect, test } from 'vitest'
import type { FrameworkInfo, Resources } from '../../src/messages/index.ts'
import { preemptivePolicy } from '../../src/model/allocation/policies.ts'
import type { LedgerOptions } from '../../src/model/ledger/ledger.ts'
import { commandOn, type FakeScheduler } from '../support/fake-scheduler.ts'
import { Stage } from '../support/stage.ts'

/** `high` comes before `low`; what it asks for is made free by ending tasks of `low`. */
function stageOf(ledger: Partial<LedgerOptions> = {}): Stage {
  const priorities = new Map([
    ['high', 10],
    ['low', 0],
  ])
  return new Stage({}, { policy: preemptivePolicy, ledger: { priorities, ...ledger } })
}

/** A scheduler that fills whatever it is offered with tasks of one size. */
function filler(stage: Stage, name: string, size: Resources, info: Partial<FrameworkInfo> = {}) {
  const scheduler = stage.scheduler(name, info)
  let launched = 0
  const answer = (offer: Parameters<FakeScheduler['decline']>[0]): void => {
    const room = Math.min(
      ...Object.entries(size).map(([key, amount]) => {
        const has = offer.resources[key]
        return typeof has === 'number' && typeof amount === 'number' ? Math.floor(has / amount) : 0
      }),
    )
    const tasks = Array.from({ length: room }, () =>
      commandOn(offer, `${name}-${++launched}`, size),
    )
    if (tasks.length > 0) scheduler.launch(offer, tasks)
    else scheduler.decline(offer)
  }
  scheduler.answer = answer
  for (const offer of scheduler.offers) answer(offer)
  return scheduler
}

function asks(scheduler: FakeScheduler, ...requests: Resources[]): void {
  scheduler.say({
    type: 'allocation.request',
    requests: requests.map((resources) => ({ resources })),
  })
}

/** Tasks that were asked to end so far. */
function ended(stage: Stage): string[] {
  return stage.puppets.asked.filter((what) => what.startsWith('terminate'))
}

function running(stage: Stage, prefix: string): string[] {
  return [...stage.puppets.running.keys()].filter((id) => id.startsWith(prefix)).sort()
}

describe('Preemption: room for who asks', () => {
  test('a task of the lower role ends, and the one who asked is offered its room', () => {
    const stage = stageOf()
    stage.agent('a', { cpus: 4, mem: 2_048 })
    filler(stage, 'low', { cpus: 2, mem: 1_024 })
    stage.advance(2_000)
    const high = stage.scheduler('high')
    asks(high, { cpus: 2, mem: 1_024 })
    stage.advance(2_000)
    expect(ended(stage)).toEqual(['terminate low-2'])
    expect(high.offer.resources.cpus).toBe(2)
  })

  test('who only holds its peace causes nothing', () => {
    const stage = stageOf()
    stage.agent('a', { cpus: 4, mem: 2_048 })
    filler(stage, 'low', { cpus: 2, mem: 1_024 })
    stage.advance(2_000)
    stage.scheduler('high')
    stage.advance(5_000)
    expect(ended(stage)).toEqual([])
  })

  test('a task that takes its time to end is not joined by others meanwhile', () => {
    const stage = stageOf()
    stage.puppets.manner = 'stubborn'
    stage.agent('a', { cpus: 4, mem: 2_048 })
    stage.agent('b', { cpus: 4, mem: 2_048 })
    filler(stage, 'low', { cpus: 2, mem: 1_024 })
    stage.advance(2_000)
    const high = stage.scheduler('high')
    asks(high, { cpus: 2, mem: 1_024 })
    stage.advance(2_900)
    expect(ended(stage)).toHaveLength(1)
    stage.advance(3_000)
    expect(ended(stage)).toHaveLength(1)
    expect(high.offer.resources.cpus).toBe(2)
  })

  test('an offer that the one who asked has not answered yet is room enough', () => {
    const stage = stageOf()
    stage.agent('a', { cpus: 2, mem: 1_024 })
    filler(stage, 'low', { cpus: 2, mem: 1_024 })
    stage.advance(2_000)
    const high = stage.scheduler('high')
    stage.agent('b', { cpus: 2, mem: 1_024 })
    expect(high.offer.hostname).toBe('b')
    asks(high, { cpus: 2, mem: 1_024 })
    stage.advance(5_000)
    expect(ended(stage)).toEqual([])
  })

  test('what a lower role was offered and has not answered is taken back before tasks end', () => {
    const stage = stageOf()
    stage.agent('a', { cpus: 2, mem: 1_024 })
    const low = stage.scheduler('low')
    expect(low.offers).toHaveLength(1)
    const high = stage.scheduler('high')
    asks(high, { cpus: 2, mem: 1_024 })
    stage.advance(2_000)
    expect(low.offers).toEqual([])
    expect(high.offer.resources.cpus).toBe(2)
  })

  test('a request counts once, in however many roles its framework is', () => {
    const stage = stageOf({
      priorities: new Map([
        ['high', 10],
        ['higher', 11],
      ]),
    })
    for (const name of ['a', 'b']) stage.agent(name, { cpus: 2, mem: 1_024 })
    filler(stage, 'low', { cpus: 2, mem: 1_024 })
    stage.advance(2_000)
    stage.puppets.manner = 'stubborn'
    const high = stage.scheduler('high', { roles: ['high', 'higher'] })
    asks(high, { cpus: 2, mem: 1_024 })
    stage.advance(2_500)
    expect(ended(stage)).toHaveLength(1)
  })

  test('what one asked before another instance took over is forgotten', () => {
    const stage = stageOf()
    stage.agent('a', { cpus: 2, mem: 1_024 })
    filler(stage, 'low', { cpus: 2, mem: 1_024 })
    stage.advance(1_100)
    const high = stage.scheduler('high', { failoverTimeoutMs: 60_000 })
    asks(high, { cpus: 2, mem: 1_024 })
    stage.settle()
    const { frameworkId } = high
    high.crash()
    const heir = stage.mailbox('scheduler/heir')
    const framework = { name: 'high', roles: ['high'], failoverTimeoutMs: 60_000 }
    heir.say({ type: 'lifecycle.reregister', frameworkId, framework })
    stage.advance(5_000)
    expect(ended(stage)).toEqual([])
  })
})

describe('Preemption: only tasks that make room', () => {
  test('one that holds nothing of what is short is spared', () => {
    const stage = stageOf()
    stage.agent('a', { cpus: 2, mem: 4_096 })
    const low = stage.scheduler('low')
    const { offer } = low
    low.launch(offer, [
      commandOn(offer, 'busy', { cpus: 2, mem: 64 }),
      commandOn(offer, 'idle', { mem: 64 }),
    ])
    stage.advance(1_000)
    const high = stage.scheduler('high')
    asks(high, { cpus: 2, mem: 64 })
    stage.advance(2_000)
    expect(ended(stage)).toEqual(['terminate busy'])
  })

  test.each<[string, Partial<FrameworkInfo>, Resources]>([
    ['an agent with gpus, which it cannot use', {}, { cpus: 4, mem: 4_096, gpus: 1 }],
    [
      'room that is less than it finds worth an offer',
      { minAllocatable: { high: [{ cpus: 100 }] } },
      { cpus: 4, mem: 4_096 },
    ],
  ])('none for %s', (_what, info, total) => {
    const stage = stageOf()
    stage.agent('a', total)
    filler(stage, 'low', { cpus: 2, mem: 1_024 }, { capabilities: ['GPU_RESOURCES'] })
    stage.advance(2_000)
    const high = stage.scheduler('high', info)
    asks(high, { cpus: 2, mem: 1_024 })
    stage.advance(10_000)
    expect(ended(stage)).toEqual([])
  })

  test('none on an agent that the one who asks has refused for longer', () => {
    const stage = stageOf()
    stage.agent('a', { cpus: 4, mem: 4_096 })
    const high = stage.scheduler('high')
    high.decline(high.offer, { refuseSeconds: 3_600 })
    stage.settle()
    filler(stage, 'low', { cpus: 2, mem: 1_024 })
    stage.advance(2_000)
    asks(high, { cpus: 2, mem: 1_024 })
    stage.advance(10_000)
    expect(ended(stage)).toEqual([])
  })

  test('none for somebody whose quota is used up', () => {
    const stage = stageOf({
      quotas: new Map([['high', { guarantees: {}, limits: { cpus: 1_000 } }]]),
    })
    stage.agent('a', { cpus: 4, mem: 4_096 })
    filler(stage, 'low', { cpus: 2, mem: 1_024 })
    stage.advance(2_000)
    const high = stage.scheduler('high')
    asks(high, { cpus: 2, mem: 1_024 })
    stage.advance(10_000)
    expect(ended(stage)).toEqual([])
  })

  test('none of a role below, where the order does not put its parent first', () => {
    const stage = stageOf({
      priorities: new Map([
        ['high', 10],
        ['high/ads', 5],
      ]),
    })
    stage.agent('a', { cpus: 4, mem: 4_096 })
    filler(stage, 'ads', { cpus: 2, mem: 1_024 }, { roles: ['high/ads'] })
    stage.advance(2_000)
    const high = stage.scheduler('high')
    asks(high, { cpus: 2, mem: 1_024 })
    stage.advance(10_000)
    expect(ended(stage)).toEqual([])
  })
})

describe('Preemption: never below a guarantee', () => {
  const quotas = new Map([['low', { guarantees: { cpus: 4_000 }, limits: {} }]])

  test('two requests of one turn count together', () => {
    const stage = stageOf({ quotas })
    stage.puppets.manner = 'stubborn'
    for (const name of ['a', 'b']) stage.agent(name, { cpus: 4, mem: 4_096 })
    filler(stage, 'low', { cpus: 4, mem: 1_024 })
    stage.advance(2_000)
    expect(running(stage, 'low')).toHaveLength(2)
    const high = stage.scheduler('high')
    asks(high, { cpus: 4, mem: 1_024 }, { cpus: 4, mem: 1_024 })
    stage.advance(2_500)
    expect(ended(stage)).toHaveLength(1)
  })

  test('a task that is about to end counts as ended', () => {
    const stage = stageOf({ quotas })
    stage.puppets.manner = 'stubborn'
    for (const name of ['a', 'b']) stage.agent(name, { cpus: 4, mem: 4_096 })
    filler(stage, 'low', { cpus: 4, mem: 1_024 })
    stage.advance(2_000)
    const high = stage.scheduler('high')
    asks(high, { cpus: 4, mem: 1_024 })
    stage.advance(1_100)
    expect(ended(stage)).toHaveLength(1)
    asks(high, { cpus: 4, mem: 1_024 }, { cpus: 4, mem: 1_024 })
    stage.advance(1_400)
    expect(ended(stage)).toHaveLength(1)
  })

  test('an offer that is taken back counts as lost, too', () => {
    const stage = stageOf({ quotas })
    stage.agent('a', { cpus: 8, mem: 4_096 })
    const low = stage.scheduler('low')
    const { offer } = low
    low.launch(offer, [commandOn(offer, 'T', { cpus: 4, mem: 64 })], { refuseSeconds: 0 })
    stage.advance(1_500)
    expect(low.offers).toHaveLength(1)
    const high = stage.scheduler('high')
    asks(high, { cpus: 8, mem: 64 })
    stage.advance(2_000)
    expect(ended(stage)).toEqual([])
    expect(low.offers).toHaveLength(1)
  })
})
