import { describe, expect, test } from 'vitest'
import type { Offer } from '../../src/messages/index.ts'
import type { LedgerOptions } from '../../src/model/ledger/ledger.ts'
import { toScalars } from '../../src/model/resources/quantities.ts'
import type { Timeouts } from '../../src/model/timeouts.ts'
import { addDecliner } from '../support/decliner.ts'
import { commandOn } from '../support/fake-scheduler.ts'
import { Stage } from '../support/stage.ts'
import { Taker } from '../support/taker.ts'
import { createTimedRunner, labelledMs } from '../support/timed-runner.ts'

/**
 * Known ways in which frameworks starved under Mesos and its kin. Each test says who is in danger,
 * and when it is served: all times are virtual, and counted from its arrival.
 */
function stageOf(ledger: Partial<LedgerOptions> = {}, timeouts: Partial<Timeouts> = {}): Stage {
  return new Stage(timeouts, {
    ledger,
    isLong: true,
    runner: (clock, calls) => createTimedRunner(clock, calls, labelledMs),
  })
}

/** When the taker launched its tasks, counted from a time. */
function since(start: number, { launchedAt }: Taker): number[] {
  return launchedAt.map((at) => at - start)
}

/** Lets time pass; the books must be right at the end of it. */
function pass(stage: Stage, ms: number): void {
  stage.advance(ms)
  stage.check()
}

/**
 * The scenario `filter_starvation` of nqn/mesos-drf-model: idle frameworks refuse everything for
 * five seconds, the pool is looked at every second, and so the sixth one never has its turn.
 */
describe('Starvation by filters: idle frameworks and one worker on an agent <9 cpus, 18 GB>', () => {
  function worker(idle: number, thinksMs: number, taskMs: number) {
    const stage = stageOf()
    stage.agent('agent-1', { cpus: 9, mem: 18_000 })
    for (let index = 0; index < idle; index++) addDecliner(stage, `idle-${index}`, { thinksMs })
    const start = stage.clock.now()
    const taker = new Taker(stage, 'worker', { cpus: 1, mem: 2_000 }, { taskMs })
    pass(stage, 60_000)
    return since(start, taker)
  }

  test('5 that decline at once: the worker has everything after 0 ms, and never waits', () => {
    const times = worker(5, 0, 2_000)
    expect(times.slice(0, 10)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 2_000])
    expect(times).toHaveLength(9 * 31)
  })

  test('20 that decline at once: the same', () => {
    expect(worker(20, 0, 10_000)).toHaveLength(9 * 7)
  })

  test('5 that think for a second each: it has everything after 5,000 ms', () => {
    expect(worker(5, 1_000, 60_000)).toEqual(Array.from({ length: 9 }, () => 5_000))
  })

  test('20 that think for a second each, longer than they refuse: served every 20,000 ms', () => {
    // Each comes back with a smaller share before all have had their turn. Whoever was allocated
    // something least often comes first among those with nothing, so the worker has its turn too.
    expect(worker(20, 1_000, 2_000)).toEqual([20_000, 40_000, 60_000])
  })
})

test('Starvation by filters: 30 small applications with a task each, and the last one (SPARK-13001)', () => {
  const stage = stageOf()
  stage.agents(5, { cpus: 8, mem: 8_000 })
  for (let index = 0; index < 30; index++) {
    const name = `app-${index}`
    new Taker(stage, name, { cpus: 1, mem: 100 }, { wanted: 1, refuseSeconds: 5 })
  }
  stage.settle()
  const start = stage.clock.now()
  const last = new Taker(stage, 'zz', { cpus: 1, mem: 100 }, { taskMs: 1_000 })
  pass(stage, 20_000)
  // Ten cpus are left; all others have a smaller share, and are asked first each time.
  const times = since(start, last)
  expect(times.slice(0, 11)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1_000])
  expect(times).toHaveLength(10 * 21)
})

describe('Starvation by filters that end before they did anything (MESOS-4302)', () => {
  /** Who is offered the agent when the one with the smaller share has declined it. */
  function afterDecline(timeouts: Partial<Timeouts>, refuseSeconds: number): string[] {
    const stage = stageOf({}, timeouts)
    const asked: string[] = []
    stage.road.observe(({ to, message }) => {
      if (message.type === 'allocation.offer') asked.push(to)
    })
    stage.agent('mine', { cpus: 1 })
    new Taker(stage, 'busy', { cpus: 1 })
    pass(stage, 60_000)
    const idle = addDecliner(stage, 'idle', { refuseSeconds })
    asked.length = 0
    stage.agent('agent-1', { cpus: 4 })
    pass(stage, 60_000)
    expect(idle.heard('allocation.offer').length).toBeGreaterThan(0)
    return asked.slice(0, 2)
  }

  test('a filter far shorter than the batch interval lasts for one batch: the next one is asked', () => {
    expect(afterDecline({}, 0.001)).toEqual(['scheduler/idle', 'scheduler/busy'])
    expect(afterDecline({ allocationIntervalMs: 20_000 }, 5)).toEqual([
      'scheduler/idle',
      'scheduler/busy',
    ])
  })

  test('a filter shorter than an allocation takes to come lasts until then', () => {
    expect(afterDecline({ allocationDelayMs: 10_000 }, 5)).toEqual([
      'scheduler/idle',
      'scheduler/busy',
    ])
  })
})

describe('Starvation by a hoarder that never answers its offers', () => {
  test('another framework has all agents 30,000 ms after they were offered', () => {
    const stage = stageOf()
    stage.agents(3, { cpus: 4 })
    const hoarder = stage.scheduler('hoarder')
    expect(hoarder.offers).toHaveLength(3)
    const start = stage.clock.now()
    const taker = new Taker(stage, 'taker', { cpus: 4 })
    pass(stage, 120_000)
    expect(since(start, taker)).toEqual([30_000, 30_000, 30_000])
  })

  test('several of them delay it by 30,000 ms each, not for ever', () => {
    const stage = stageOf()
    stage.agent('agent-1', { cpus: 4 })
    for (const name of ['hoarder-1', 'hoarder-2', 'hoarder-3']) stage.scheduler(name)
    const start = stage.clock.now()
    const taker = new Taker(stage, 'taker', { cpus: 4 })
    pass(stage, 120_000)
    expect(since(start, taker)).toEqual([90_000])
  })

  test('a shorter offer timeout is a shorter wait', () => {
    const stage = stageOf({}, { offerTimeoutMs: 2_000 })
    stage.agent('agent-1', { cpus: 4 })
    stage.scheduler('hoarder')
    const start = stage.clock.now()
    const taker = new Taker(stage, 'taker', { cpus: 4 })
    pass(stage, 10_000)
    expect(since(start, taker)).toEqual([2_000])
  })
})

/** Hindman et al., NSDI 2011, §4.6: big tasks starve unless offers have a least size. */
describe('Starvation of a big task among small ones, on 4 agents of 4 cpus', () => {
  interface Minimums {
    readonly small?: { cpus: number }
    readonly big?: { cpus: number }
    readonly master?: { cpus: number }
  }

  /** Small tasks of one cpu end at all times, and there is always another one. */
  function bigAmongSmall({ small, big, master }: Minimums) {
    const stage = stageOf(master && { minAllocatable: [toScalars(master)] })
    stage.agents(4, { cpus: 4 })
    const crowd = stage.mailbox('scheduler/small')
    let launched = 0
    const task = (offer: Offer) => {
      const ms = String(launched < 16 ? 1_000 + 500 * launched : 8_000)
      return commandOn(offer, `small-${++launched}`, { cpus: 1 }, { labels: { ms } })
    }
    crowd.answer = (offer) =>
      crowd.launch(
        offer,
        Array.from({ length: Number(offer.resources.cpus) }, () => task(offer)),
      )
    const info = { name: 'small', roles: ['small'] }
    const own = small && { minAllocatable: { small: [small] } }
    crowd.say({ type: 'lifecycle.register', framework: { ...info, ...own } })
    stage.settle()
    const start = stage.clock.now()
    const options = {
      taskMs: 5_000,
      refuseSeconds: 5,
      ...(big && { minAllocatable: { big: [big] } }),
    }
    const taker = new Taker(stage, 'big', { cpus: 4 }, options)
    pass(stage, 60_000)
    return { times: since(start, taker), launched }
  }

  test('without a least size it is offered crumbs alone, and never served', () => {
    const { times, launched } = bigAmongSmall({})
    expect(times).toEqual([])
    expect(launched).toBeGreaterThan(100)
  })

  test('its own wish for large offers is no help: the crumbs go to the others', () => {
    expect(bigAmongSmall({ big: { cpus: 4 } }).times).toEqual([])
  })

  test('with a least size for all, set at the master, it is served after 2,500 ms', () => {
    const { times, launched } = bigAmongSmall({ master: { cpus: 4 } })
    expect(times[0]).toBe(2_500)
    expect(times.length).toBeGreaterThan(20)
    expect(launched).toBeGreaterThan(60)
  })

  test('with a least size that the small ones ask for themselves, the same', () => {
    const { times, launched } = bigAmongSmall({ small: { cpus: 4 } })
    expect(times[0]).toBe(2_500)
    expect(times.length).toBeGreaterThan(20)
    expect(launched).toBeGreaterThan(60)
  })
})
