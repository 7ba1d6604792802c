import { describe, expect, test } from 'vitest'
import { type AnyStateMachine, createActor } from 'xstate'
import { VirtualClock } from '../../src/actors/virtual-clock.ts'
import {
  agentSessionMachine,
  executorSessionMachine,
  frameworkSessionMachine,
  inverseOfferMachine,
  machines,
  offerMachine,
  runMachine,
  statusUpdatesMachine,
} from '../../src/machines/index.ts'
import { statesByEvents } from '../../src/machines/support/describe.ts'
import { defaultTimeouts } from '../../src/model/timeouts.ts'
import { expectFullCoverage, runPath, transitionPaths } from '../../src/simulation/paths.ts'
import { clockOf } from './support/world.ts'

const tracked = machines
  .filter(({ kind }) => kind === 'tracked')
  .map(({ name, machine }) => [name, machine] as const)

test.each(tracked)('%s: generated paths take every transition on a real actor', (_, machine) => {
  const events = statesByEvents(machine).events.map((type) => ({ type }))
  const taken = transitionPaths(machine, { events }).flatMap((path) => [
    ...runPath(path, { machine, clock: clockOf(new VirtualClock()) }),
  ])
  expectFullCoverage(machine, taken)
})

/** Timers of tracked charts: where each starts, what it leads to, and what cancels it. */
const timers = [
  {
    what: 'an offer that nobody answers for 30 s is rescinded',
    machine: offerMachine,
    into: [],
    state: 'outstanding',
    ms: 30_000,
    becomes: 'rescinded',
    instead: ['offer.accepted', 'accepted'],
  },
  {
    what: 'an inverse offer that nobody answers for 30 s is rescinded',
    machine: inverseOfferMachine,
    into: [],
    state: 'outstanding',
    ms: 30_000,
    becomes: 'rescinded',
    instead: ['inverseOffer.declined', 'declined'],
  },
  {
    what: 'an agent that is away for 10 min is unreachable',
    machine: agentSessionMachine,
    into: ['agent.registered', 'agent.disconnected'],
    state: 'disconnected',
    ms: 600_000,
    becomes: 'unreachable',
    instead: ['agent.reregistered', 'connected'],
  },
  {
    what: 'a framework that asked for no failover time is removed as soon as its scheduler is gone',
    machine: frameworkSessionMachine,
    into: ['framework.registered', 'framework.disconnected'],
    state: 'disconnected',
    ms: 0,
    becomes: 'completed',
    instead: ['framework.reregistered', 'connected'],
  },
  {
    what: 'an executor that does not register within 60 s is given up',
    machine: executorSessionMachine,
    into: [],
    state: 'registering',
    ms: 60_000,
    becomes: 'terminating',
    instead: ['executor.registered', 'running'],
  },
  {
    what: 'an update that is not acknowledged within 10 s is sent again, and waits again',
    machine: statusUpdatesMachine,
    into: ['update.appended'],
    state: 'waiting',
    ms: 10_000,
    becomes: 'waiting',
    instead: ['update.allAcknowledged', 'idle'],
  },
  {
    what: 'work that does not stop within 3 s is forced',
    machine: runMachine,
    into: ['run.killRequested'],
    state: 'stopping',
    ms: 3_000,
    becomes: 'killing',
    instead: ['run.exited', 'ended'],
  },
] as const

const named = timers.map((timer) => [timer.what, timer] as const)

describe('Timers of tracked charts', () => {
  test.each(named)('%s', (_, { machine, into, state, ms, becomes }) => {
    const { actor, clock, fired } = started(machine, into)
    expect(actor.getSnapshot().value).toBe(state)
    if (ms > 0) clock.advance(ms - 1)
    expect([actor.getSnapshot().value, fired.length]).toEqual([state, 0])
    clock.advance(1)
    expect([actor.getSnapshot().value, fired.length]).toEqual([becomes, 1])
  })

  test.each(named)('left in time, it does not happen that %s', (_, { machine, into, instead }) => {
    const { actor, clock, fired } = started(machine, into)
    const [event, state] = instead
    actor.send({ type: event })
    expect(actor.getSnapshot().value).toBe(state)
    clock.advance(3_600_000)
    expect([actor.getSnapshot().value, fired.length]).toEqual([state, 0])
  })

  test('the grace of an executor is 5 s; its end is due afterwards all the same', () => {
    const { actor, clock, fired } = started(executorSessionMachine, ['executor.shutdownRequested'])
    clock.advance(defaultTimeouts.executorShutdownGraceMs - 1)
    expect(fired).toEqual([])
    clock.advance(1)
    expect([actor.getSnapshot().value, fired]).toEqual(['terminating', [5_000]])
    actor.send({ type: 'executor.exited' })
    expect(actor.getSnapshot().status).toBe('done')
  })
})

/** An actor of its own after some events; `fired` gets the time whenever a timer fires. */
function started(machine: AnyStateMachine, into: readonly string[]) {
  const clock = new VirtualClock()
  const fired: number[] = []
  const { setTimeout, clearTimeout } = clockOf(clock)
  const actor = createActor(machine, {
    clock: {
      clearTimeout,
      setTimeout: (callback: () => void, delayMs: number) =>
        setTimeout(() => {
          fired.push(clock.now())
          callback()
        }, delayMs),
    },
  })
  actor.start()
  for (const type of into) actor.send({ type })
  return { actor, clock, fired }
}
