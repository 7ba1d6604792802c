import { describe, expect, test } from 'vitest'
import { type AnyStateMachine, cancel, createActor, raise, setup } from 'xstate'
import { VirtualClock } from '../../../src/actors/virtual-clock.ts'
import { agentDutyMachine, agentDutyTable } from '../../../src/machines/agent-duty.ts'
import { agentSessionMachine, agentSessionTable } from '../../../src/machines/agent-session.ts'
import {
  executorSessionMachine,
  executorSessionTable,
} from '../../../src/machines/executor-session.ts'
import {
  frameworkSessionMachine,
  frameworkSessionTable,
} from '../../../src/machines/framework-session.ts'
import { machines } from '../../../src/machines/index.ts'
import { inverseOfferMachine, inverseOfferTable } from '../../../src/machines/inverse-offer.ts'
import { offerMachine, offerTable } from '../../../src/machines/offer.ts'
import { runMachine, runTable } from '../../../src/machines/run.ts'
import { statusUpdatesMachine, statusUpdatesTable } from '../../../src/machines/status-updates.ts'
import { statesByEvents } from '../../../src/machines/support/describe.ts'
import { deriveTable } from '../../../src/machines/support/table.ts'
import { taskMachine, taskTable } from '../../../src/machines/task.ts'
import type { StateTable, TimerCommand } from '../../../src/model/tables.ts'
import { clockOf } from './world.ts'

type Table = StateTable<string, string, string>

const tables: { name: string; machine: AnyStateMachine; table: Table }[] = [
  { name: 'offer', machine: offerMachine, table: offerTable },
  { name: 'agent-session', machine: agentSessionMachine, table: agentSessionTable },
  { name: 'agent-duty', machine: agentDutyMachine, table: agentDutyTable },
  { name: 'inverse-offer', machine: inverseOfferMachine, table: inverseOfferTable },
  { name: 'framework-session', machine: frameworkSessionMachine, table: frameworkSessionTable },
  { name: 'executor-session', machine: executorSessionMachine, table: executorSessionTable },
  { name: 'status-updates', machine: statusUpdatesMachine, table: statusUpdatesTable },
  { name: 'run', machine: runMachine, table: runTable },
  { name: 'task', machine: taskMachine, table: taskTable },
]

test('Tables: every tracked chart has one that is compared with it here', () => {
  const tracked = machines.filter(({ kind }) => kind === 'tracked').map(({ machine }) => machine)
  expect(new Set(tables.map(({ machine }) => machine))).toEqual(new Set(tracked))
})

describe('Tables: each cell says what a real actor does', () => {
  test.each(tables.map((entry) => [entry.name, entry] as const))('%s', (_name, entry) => {
    const { machine, table } = entry
    const ways = shortestWays(machine, table)
    expect([...ways.keys()].sort()).toEqual(Object.keys(machine.states).sort())
    for (const [state, way] of ways) {
      expect(table.isFinal(state), state).toBe(
        actorAfter(machine, way).getSnapshot().status === 'done',
      )
      for (const event of eventsOf(machine)) {
        const actor = actorAfter(machine, way)
        const row = table.next(state, event)
        const running = timersAfter(table, way)
        if (actor.getSnapshot().status !== 'done') actor.send({ type: event })
        const cell = `${state} on ${event}`
        expect(actor.getSnapshot().value, cell).toBe(row?.target ?? state)
        expect(pending(actor), cell).toEqual(texts(machine, apply(running, row?.timers ?? [])))
      }
    }
  })
})

describe('Tables: a chart that they could not follow is refused when it loads', () => {
  const names = { states: ['on', 'off'], events: ['press'], timers: [] } as const
  const press = setup({ types: { events: {} as { type: 'press' | 'rest' } } })

  test('a state or event that is named otherwise in the chart', () => {
    const lamp = press.createMachine({
      id: 'lamp',
      initial: 'off',
      states: { on: { on: { press: 'off' } }, off: { on: { press: 'on' } } },
    })
    expect(deriveTable(lamp, names).next('off', 'press')).toEqual({ target: 'on', timers: [] })
    expect(() => deriveTable(lamp, { ...names, states: ['on'] })).toThrow(
      'lamp: states missing in the chart: ; not named: off',
    )
    expect(() => deriveTable(lamp, { ...names, events: ['press', 'pull'] })).toThrow(
      'lamp: events missing in the chart: pull; not named: ',
    )
  })

  test('a timer without a name, or with an event that is not declared', () => {
    const withTimer = (id: string | undefined) =>
      setup({
        types: { events: {} as { type: 'press' | 'rest' } },
        actions: {
          wait:
            id === undefined
              ? raise({ type: 'rest' }, { delay: 5 })
              : raise({ type: 'rest' }, { id, delay: 'restMs' }),
          stop: cancel('rest'),
        },
        delays: { restMs: 5 },
      }).createMachine({
        id: 'lamp',
        initial: 'off',
        states: { on: { entry: 'wait', exit: 'stop' }, off: { on: { press: 'on' } } },
      })
    const named = withTimer('rest')
    const table = deriveTable(named, { ...names, timers: ['rest'] })
    expect(table.next('off', 'press')?.timers).toEqual([
      { do: 'start', name: 'rest', event: 'rest', delay: 'restMs' },
    ])
    expect(() => deriveTable(named, names)).toThrow('wait raises an event nobody declared')
    const blurred = withTimer(undefined)
    expect(() => deriveTable(blurred, { ...names, timers: ['rest'] })).toThrow(
      'the timer of wait needs an id and a named delay',
    )
  })
})

/** For each state the events that lead to it from the start. */
function shortestWays(machine: AnyStateMachine, table: Table): Map<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>([[table.initial, []]])
  for (const [state, way] of ways) {
    for (const event of eventsOf(machine)) {
      const target = table.next(state, event)?.target
      if (target !== undefined && !ways.has(target)) ways.set(target, [...way, event])
    }
  }
  return ways
}

/** All of them, while XState's own list leaves out those that are ignored on purpose. */
function eventsOf(machine: AnyStateMachine): readonly string[] {
  return statesByEvents(machine).events
}

function actorAfter(machine: AnyStateMachine, way: readonly string[]) {
  const actor = createActor(machine, { clock: clockOf(new VirtualClock()) })
  actor.start()
  for (const type of way) actor.send({ type })
  return actor
}

type Timers = Map<string, Extract<TimerCommand<string>, { do: 'start' }>>

function timersAfter(table: Table, way: readonly string[]): Timers {
  let state = table.initial
  const timers = apply(new Map(), table.initialTimers)
  for (const event of way) {
    const row = table.next(state, event)
    apply(timers, row?.timers ?? [])
    state = row?.target ?? state
  }
  return timers
}

function apply(timers: Timers, commands: readonly TimerCommand<string>[]): Timers {
  for (const command of commands) {
    if (command.do === 'start') timers.set(command.name, command)
    else timers.delete(command.name)
  }
  return timers
}

function texts(machine: AnyStateMachine, timers: Timers): string[] {
  const { delays } = machine.implementations
  return [...timers.values()]
    .map(({ name, event, delay }) => `${name}: ${event} in ${delays[delay]} ms`)
    .sort()
}

/** The timers that really run in the system of an actor. */
function pending(actor: ReturnType<typeof actorAfter>): string[] {
  return Object.values(actor.system.getSnapshot()._scheduledEvents)
    .map(({ id, event, delay }) => `${id}: ${event.type} in ${delay} ms`)
    .sort()
}
