import { describe, expect, test } from 'vitest'
import { type AnyStateMachine, createActor } from 'xstate'
import { createMasterMachine } from '../../../src/machines/master.ts'
import { timeoutsWith } from '../../../src/machines/support/delays.ts'
import type { Envelope } from '../../../src/messages/index.ts'
import type { Ledger } from '../../../src/model/ledger/ledger.ts'
import { actionOf, codeOf, seatOf } from '../../../src/simulation/explore/actions.ts'
import { left, pack, spent } from '../../../src/simulation/explore/budget.ts'
import { Codec, frozen } from '../../../src/simulation/explore/codec.ts'
import { Lanes, Messages } from '../../../src/simulation/explore/lanes.ts'
import { type Part, Stepper, standstillMs } from '../../../src/simulation/explore/machine-part.ts'
import { eventOf, Outbox } from '../../../src/simulation/explore/process.ts'
import { WorldStore } from '../../../src/simulation/explore/world-store.ts'

describe('Exploration: books as text', () => {
  interface Node {
    name: string | undefined
    until: number
    next: Node | undefined
    others: Map<Node, Set<string>>
  }

  test('cycles, shared objects, maps with objects as keys, infinity and undefined come back', () => {
    const first: Node = { name: 'first', until: Infinity, next: undefined, others: new Map() }
    const second: Node = { name: undefined, until: 1, next: first, others: new Map() }
    first.next = second
    first.others.set(second, new Set(['b', 'a']))
    const codec = new Codec()
    const text = codec.encode({ list: [first, second, null] })
    const copy = codec.decode<{ list: [Node, Node, null] }>(text)
    expect(copy).toEqual({ list: [first, second, null] })
    expect(copy.list[0].next).toBe(copy.list[1])
    expect(copy.list[1].next).toBe(copy.list[0])
    expect([...copy.list[0].others.keys()]).toEqual([copy.list[1]])
    expect(codec.encode(copy)).toBe(text)
  })

  test('a copy may be changed and shares nothing but constants', () => {
    const codec = new Codec()
    const constant = frozen({ taskId: 'T1', resources: { cpus: 1 } })
    const book = { task: constant, queue: [constant], counts: new Map([['a', { n: 1 }]]) }
    const copy = codec.decode<typeof book>(codec.encode(book))
    expect(copy.task).toBe(constant)
    expect(copy.queue[0]).toBe(constant)
    const count = copy.counts.get('a')
    if (count !== undefined) count.n = 2
    expect(book.counts.get('a')).toEqual({ n: 1 })
  })

  test('constants with the same content are one, wherever they were made', () => {
    const codec = new Codec()
    const make = () => ({ status: frozen({ state: 'TASK_RUNNING' }) })
    expect(codec.encode(make())).toBe(codec.encode(make()))
    expect(codec.encode(make())).not.toBe(codec.encode({ status: frozen({ state: 'TASK_LOST' }) }))
  })
})

describe('Exploration: the memory of worlds', () => {
  test('a row is new once, also when the memory has grown, and knows the way it was reached', () => {
    const store = new WorldStore(3)
    const rowOf = (number: number) => Int32Array.of(number & 7, number >> 3, number % 5)
    const count = 70_000
    let added = 0
    for (let number = 0; number < count; number++) {
      if (store.add(rowOf(number), number - 1, number * 2)) added++
    }
    expect(added).toBe(count)
    expect(store.size).toBe(count)
    for (let number = 0; number < count; number += 997) {
      expect(store.add(rowOf(number), 0, 0)).toBe(false)
      const row = new Int32Array(3)
      store.read(number, row)
      expect(row).toEqual(rowOf(number))
      expect(store.stepTo(number)).toEqual({ parent: number - 1, action: number * 2 })
    }
  })

  test('lanes are first in, first out, and the same content has the same number', () => {
    const messages = new Messages()
    const lanes = new Lanes(messages)
    const offer = (offerId: string): Envelope => ({
      from: 'master',
      to: 'scheduler/a',
      message: { type: 'allocation.rescind', offerIds: [offerId] },
    })
    const [one, two] = [messages.numberOf(offer('M-O1')), messages.numberOf(offer('M-O2'))]
    expect(messages.numberOf(offer('M-O1'))).toBe(one)
    const both = lanes.push(lanes.push(0, one), two)
    expect(lanes.push(lanes.push(0, one), two)).toBe(both)
    expect([lanes.head(both), lanes.itemsOf(lanes.rest(both))]).toEqual([one, [two]])
    expect(lanes.rest(lanes.rest(both))).toBe(0)
    expect(lanes.offersOf(both)).toBe(0b110)
  })

  test('actions and budgets are numbers and come back', () => {
    const action = { name: 'early', place: 3, index: 7 } as const
    expect(actionOf(codeOf(action.name, action.place, action.index))).toEqual(action)
    expect(seatOf(actionOf(codeOf('deliver', 2)))).toBe(0)
    expect(seatOf(actionOf(codeOf('deliver', 3)))).toBe(2)
    const budget = pack({
      faults: 1,
      losses: 2,
      duplicates: 0,
      timeouts: 3,
      kills: 1,
      agentCrashes: 1,
      schedulerCrashes: 1,
      executorCrashes: 1,
      masterCrashes: 0,
    })
    expect([left(budget, 'losses'), left(budget, 'kills'), left(budget, 'masterCrashes')]).toEqual([
      1, 1, 0,
    ])
    const later = spent(budget, 'losses')
    expect([left(later, 'losses'), left(later, 'timeouts'), left(later, 'kills')]).toEqual([
      0, 0, 1,
    ])
  })
})

describe('Exploration: steps on data', () => {
  const timeouts = frozen(timeoutsWith({}))
  const input = { masterId: 'M', timeouts, seed: 1 }
  const story: Envelope[] = [
    {
      from: 'agent/a',
      to: 'master',
      message: {
        type: 'lifecycle.registerAgent',
        agent: { hostname: 'a', resources: { cpus: 2, mem: 512 } },
        instance: 'a1',
      },
    },
    {
      from: 'scheduler/f',
      to: 'master',
      message: { type: 'lifecycle.register', framework: { name: 'f', roles: ['f'] } },
    },
    {
      from: 'scheduler/f',
      to: 'master',
      message: { type: 'allocation.suppress' },
    },
    {
      from: 'agent/a',
      to: 'master',
      message: { type: 'lifecycle.unregisterAgent', agentId: 'M-S0' },
    },
  ]

  test('lead to the same book as the same steps of a live actor, also through text', () => {
    const machine: AnyStateMachine = createMasterMachine()
    const actor = createActor(machine, {
      input,
      clock: { setTimeout: () => 0, clearTimeout: () => {} },
    })
    actor.start()
    const stepper = new Stepper<Ledger>(createMasterMachine())
    const codec = new Codec()
    let part: Part<Ledger> = stepper.begin(input, new Outbox())
    for (const envelope of story) {
      const event = eventOf(envelope)
      actor.send(Object.assign({}, event, { at: standstillMs }))
      part = codec.decode<Part<Ledger>>(codec.encode(part))
      stepper.step(part, event, new Outbox())
      expect(part.value).toEqual(actor.getSnapshot().value)
      expect(part.book).toEqual(actor.getSnapshot().context.book)
    }
    actor.stop()
  })

  test('a timer is set and cancelled as the machine says', () => {
    const stepper = new Stepper<Ledger>(createMasterMachine())
    const outbox = new Outbox().speakAs('master')
    const part = stepper.begin(input, outbox)
    for (const envelope of story.slice(0, 2)) stepper.step(part, eventOf(envelope), outbox)
    expect([...part.timers.keys()]).toContain('allocation')
    stepper.fire(part, 'allocation', outbox)
    expect(part.timers.get('M-B0/expiry')).toEqual({ type: 'offer.expired', batchId: 'M-B0' })
    expect([...part.timers.keys()]).not.toContain('allocation')
    const lost: Envelope = {
      from: 'scheduler/f',
      to: 'master',
      message: { type: 'allocation.decline', offerIds: ['M-O0'] },
    }
    stepper.step(part, eventOf(lost), outbox)
    expect([...part.timers.keys()]).not.toContain('M-B0/expiry')
  })
})
