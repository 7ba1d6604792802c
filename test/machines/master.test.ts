import { describe, expect, test } from 'vitest'
import { createMasterMachine } from '../../src/machines/master.ts'
import { bookOffer } from '../../src/model/ledger/accounts.ts'
import { audit } from '../../src/model/ledger/audit.ts'
import { clientOf } from '../../src/model/ledger/roles.ts'
import { Stage } from './support/stage.ts'
import {
  acknowledge,
  agentId,
  agentReturns,
  comesBack,
  firstId,
  from,
  gone,
  joins,
  masterInput,
  task,
  update,
} from './support/told-master.ts'
import {
  membership,
  offers,
  partition,
  reservations,
  strays,
  work,
} from './support/universe-master.ts'
import { programs, words } from './support/universe-programs.ts'
import { settings } from './support/universe-settings.ts'
import { duties, upkeep } from './support/universe-upkeep.ts'
import { coverWith } from './support/world.ts'

const machine = createMasterMachine()
const launch = { type: 'task.launch', from: from.one, offerIds: ['m-O0'], tasks: [task] }
const pong = { type: 'lifecycle.pong', from: from.agent }

/** A master with an agent and framework one. */
function joined(): Stage {
  return new Stage(machine, masterInput).tell(joins.agent, joins.one)
}

/** … and with task T1, which runs. */
function working(): Stage {
  return joined().tell(launch, update('TASK_RUNNING', 'TASK_RUNNING'))
}

describe('Master: in every state of small worlds', () => {
  test('nothing it is told makes it fail, its accounts balance, and each transition is taken', () => {
    const states = coverWith(machine, {
      membership,
      offers,
      work,
      partition,
      reservations,
      programs,
      words,
      settings,
      duties,
      upkeep,
      strays,
    })
    // A world that shrinks to a few states would make this test say nothing.
    expect(states.membership).toBeGreaterThan(100)
    expect(states.offers).toBeGreaterThan(100)
    expect(states.partition).toBeGreaterThan(100)
    expect(states.reservations).toBeGreaterThan(100)
  })

  test('an account that does not balance is noticed', () => {
    const stage = joined().tell(launch)
    expect(audit(stage.book)).toEqual([])
    const agent = stage.book.agents.get(agentId)
    agent.used = { ...agent.used, cpus: 1_001 }
    expect(audit(stage.book)).toEqual([
      'm-S0 used is booked as {"cpus":1001,"mem":32000} but comes to {"cpus":1000,"mem":32000}',
      'm-S0 free + offered + used is booked as {"cpus":2001,"mem":64000} but comes to {"cpus":2000,"mem":64000}',
    ])
    const offer = {
      id: 'O',
      frameworkId: firstId,
      agentId,
      role: 'one',
      resources: { cpus: 5_000 },
      batch: { id: 'B', offerIds: [], outstanding: 0 },
      client: clientOf(stage.book, { frameworkId: firstId, role: 'one' }),
    }
    expect(() => bookOffer(stage.book, { ...offer, state: 'outstanding' })).toThrow(
      'more cpus taken than is there',
    )
  })
})

describe('Master: timers', () => {
  test('an offer nobody answers is rescinded after 30 s, and is another’s next', () => {
    const stage = joined().tell(joins.two)
    stage.advance(29_999)
    expect(stage.times('allocation.rescind')).toEqual([])
    stage.advance(1)
    expect(stage.times('allocation.rescind')).toEqual([30_000])
    const [first, second] = stage.sent('allocation.offer')
    expect([first?.to, second?.to]).toEqual([from.one, from.two])
    expect(stage.times('allocation.offer')).toEqual([0, 30_000])
  })

  test('an offer nobody answers comes back at once where nobody else waits', () => {
    const stage = joined().advance(30_000)
    expect(stage.times('allocation.rescind')).toEqual([30_000])
    expect(stage.times('allocation.offer')).toEqual([0, 30_000])
  })

  test('an offer that was declined in time is not rescinded, and comes again when its filter ends', () => {
    const stage = joined().advance(1_000)
    stage.tell({ type: 'allocation.decline', from: from.one, offerIds: ['m-O0'] })
    stage.advance(34_000)
    expect(stage.times('allocation.rescind')).toEqual([])
    expect(stage.times('allocation.offer')).toEqual([0, 6_000])
  })

  test('schedulers hear a heartbeat when they join and every 15 s, and none after their link broke', () => {
    const stage = joined().advance(45_000)
    expect(stage.times('lifecycle.heartbeat')).toEqual([0, 15_000, 30_000, 45_000])
    stage.tell(gone(from.one)).advance(15_000)
    expect(stage.times('lifecycle.heartbeat')).toHaveLength(4)
  })

  test('an agent that leaves five pings unanswered is unreachable 75 s after the first', () => {
    const stage = working().advance(15_000)
    const [first = Number.NaN, ...others] = stage.times('lifecycle.ping')
    expect(first).toBeLessThanOrEqual(15_000)
    expect(others).toEqual([])
    stage.advance(first + 74_999 - stage.clock.now())
    expect(stage.times('lifecycle.ping')).toEqual([0, 1, 2, 3, 4].map((n) => first + n * 15_000))
    expect(stage.book.agents.get(agentId).state).toBe('connected')
    stage.advance(1)
    expect(stage.book.agents.get(agentId).state).toBe('unreachable')
    const at = first + 75_000
    const last = stage.said.filter(({ message }) => message.type === 'task.update').at(-1)
    expect(last).toMatchObject({
      at,
      message: { updates: [{ state: 'TASK_UNREACHABLE', unreachableTimeMs: at }] },
    })
  })

  test('one pong starts the count of missed pings anew', () => {
    const stage = working().advance(75_000).tell(pong).advance(75_000)
    expect(stage.book.agents.get(agentId).state).toBe('connected')
    stage.advance(15_000)
    expect(stage.book.agents.get(agentId).state).toBe('unreachable')
  })

  test('an agent whose link broke is unreachable after 10 min, unless it comes back', () => {
    const quiet = (stage: Stage, minutes: number) => {
      for (let minute = 0; minute < minutes; minute++) stage.tell(pong).advance(60_000)
      return stage.book.agents.get(agentId).state
    }
    const lost = working().tell(gone(from.agent))
    expect(quiet(lost, 9)).toBe('disconnected')
    expect(quiet(lost, 1)).toBe('unreachable')
    expect(quiet(working().tell(gone(from.agent), agentReturns()), 11)).toBe('connected')
  })

  test('a framework that does not come back within its failover timeout is removed', () => {
    const stage = working().tell(gone(from.one))
    stage.advance(59_999)
    expect(stage.times('lifecycle.shutdownFramework')).toEqual([])
    stage.advance(1)
    expect(stage.times('lifecycle.shutdownFramework')).toEqual([60_000])
    expect(stage.book.frameworks.size).toBe(0)
  })

  test('a framework that only its agent knows gets as long as agents do, and is removed', () => {
    const stage = new Stage(machine, masterInput).tell(agentReturns('TASK_RUNNING'))
    const pass = (minutes: number): void => {
      for (let minute = 0; minute < minutes; minute++) stage.tell(pong).advance(60_000)
    }
    pass(9)
    expect(stage.book.frameworks.get(firstId).tasks.size).toBe(1)
    pass(1)
    expect(stage.times('lifecycle.shutdownFramework')).toEqual([600_000])
    expect(stage.book.frameworks.size).toBe(0)
  })

  test('a framework that comes back in time keeps its tasks', () => {
    const stage = working().tell(gone(from.one)).advance(59_999)
    const spare = 'scheduler/spare'
    stage.tell(comesBack(spare))
    stage.tell(pong).advance(60_000)
    expect(stage.times('lifecycle.shutdownFramework')).toEqual([])
    expect([...stage.book.frameworks.get(firstId).tasks.keys()]).toEqual(['T1'])
  })
})

describe('Master: agents that come back', () => {
  test('a kill is repeated until the task is over, and never afterwards', () => {
    const kill = { type: 'task.kill', from: from.one, kills: [{ taskId: 'T1' }] }
    const stage = working().tell(kill).advance(90_000)
    expect(stage.book.agents.get(agentId).state).toBe('unreachable')
    stage.tell(agentReturns('TASK_RUNNING'))
    stage.tell(update('TASK_KILLED', 'TASK_KILLED'), acknowledge('U-TASK_KILLED'))
    expect(stage.book.frameworks.get(firstId).tasks.size).toBe(0)
    stage.heard()
    stage.tell(agentReturns())
    expect(stage.heard()).not.toContain('agent/a task.kill')
  })

  test('a task that was reported lost when the link broke is killed when its agent returns', () => {
    const stage = working().tell(gone(from.agent))
    expect(stage.hear('task.update').at(-1)?.updates[0]).toMatchObject({
      state: 'TASK_LOST',
      reason: 'AGENT_DISCONNECTED',
    })
    stage.tell(agentReturns('TASK_RUNNING'))
    expect(stage.hear('task.kill')).toEqual([
      { type: 'task.kill', frameworkId: firstId, kills: [{ taskId: 'T1' }] },
    ])
  })

  test('a task whose agent was unreachable goes on where it was', () => {
    const stage = working().advance(90_000)
    stage.heard()
    stage.tell(agentReturns('TASK_RUNNING'))
    expect(stage.hear('task.update')[0]?.updates[0]).toMatchObject({
      state: 'TASK_RUNNING',
      reason: 'AGENT_REREGISTERED',
    })
    expect(stage.book.agents.get(agentId).used).toEqual({ cpus: 1_000, mem: 32_000 })
  })
})

describe('Master: schedulers that come back', () => {
  test('one that registers anew at the address of a disconnected one can be offered to', () => {
    const stage = joined().tell(gone(from.one))
    stage.heard()
    stage.tell(joins.one)
    expect(stage.heard()).toEqual([
      'scheduler/one lifecycle.registered',
      'scheduler/one lifecycle.heartbeat',
      'scheduler/one allocation.offer',
    ])
  })
})
