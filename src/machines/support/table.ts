import type { AnyStateMachine } from 'xstate'
import { assert } from '../../model/assert.ts'
import type { Row, StateTable, TimerCommand } from '../../model/tables.ts'

type AnyStateNode = AnyStateMachine['root']

/** The names a chart must have, so that the table is typed and a renamed state is noticed. */
interface Names<State extends string, Event extends string, Timer extends string> {
  readonly states: readonly State[]
  readonly events: readonly Event[]
  /** The events that the chart raises with a delay. */
  readonly timers: readonly Timer[]
}

/**
 * Reads the table of a flat statechart: one row per state and event, with the timers that the
 * named raise and cancel actions on the way start and cancel. Throws when chart and names differ.
 */
export function deriveTable<State extends string, Event extends string, Timer extends string>(
  machine: AnyStateMachine,
  names: Names<State, Event, Timer>,
): StateTable<State, Event, Timer> {
  const rows = new Map<State, Map<Event, Row<State, Timer>>>()
  const finals = new Set<string>()
  const nodes = machine.root.states
  assertSame(machine, 'states', Object.keys(nodes), names.states)
  const events = new Set(Object.values(nodes).flatMap((node) => [...node.transitions.keys()]))
  assertSame(machine, 'events', [...events], names.events)
  for (const state of names.states) {
    const node = nodes[state]
    assert(node !== undefined, () => `${machine.id} has no state ${state}`)
    if (node.type === 'final') finals.add(state)
    const byEvent = new Map<Event, Row<State, Timer>>()
    rows.set(state, byEvent)
    for (const event of names.events) {
      const row = rowOf(machine, node, event, names)
      if (row !== undefined) byEvent.set(event, row)
    }
  }
  const initial = names.states.find((state) => state === machine.config.initial)
  assert(initial !== undefined, () => `${machine.id} has no initial state`)
  const entry = nodes[initial]?.entry ?? []
  return {
    name: machine.id,
    initial,
    initialTimers: entry.flatMap((action) => timerOf(machine, action, names.timers)),
    next: (state, event) => rows.get(state)?.get(event),
    isFinal: (state) => finals.has(state),
  }
}

function rowOf<State extends string, Timer extends string>(
  machine: AnyStateMachine,
  node: AnyStateNode,
  event: string,
  names: Names<State, string, Timer>,
): Row<State, Timer> | undefined {
  const transition = node.transitions.get(event)?.[0]
  if (transition === undefined) return undefined
  const to = transition.target?.[0]
  const target = names.states.find((state) => state === (to ?? node).key)
  assert(target !== undefined, () => `${machine.id}: ${event} leads to an unknown state`)
  const moves = to !== undefined && (to !== node || transition.reenter)
  const actions = moves
    ? [...node.exit, ...transition.actions, ...to.entry]
    : [...transition.actions]
  const timers = actions.flatMap((action) => timerOf(machine, action, names.timers))
  return { target, timers }
}

function timerOf<Timer extends string>(
  machine: AnyStateMachine,
  action: unknown,
  timers: readonly Timer[],
): TimerCommand<Timer>[] {
  const name = nameOfAction(action)
  const built: unknown = machine.implementations.actions[name]
  assert(typeof built === 'function', () => `${machine.id} has no action ${name}`)
  if (has(built, 'sendId') && typeof built.sendId === 'string') {
    return [{ do: 'cancel', name: built.sendId }]
  }
  if (!has(built, 'delay')) return []
  assert(
    has(built, 'id') && typeof built.id === 'string' && typeof built.delay === 'string',
    () => `${machine.id}: the timer of ${name} needs an id and a named delay`,
  )
  const raised = has(built, 'event') ? built.event : undefined
  const event = timers.find((timer) => has(raised, 'type') && raised.type === timer)
  assert(event !== undefined, () => `${machine.id}: ${name} raises an event nobody declared`)
  return [{ do: 'start', name: built.id, event, delay: built.delay }]
}

function nameOfAction(action: unknown): string {
  if (typeof action === 'string') return action
  assert(
    has(action, 'type') && typeof action.type === 'string',
    () => 'tracked charts name all their actions',
  )
  return action.type
}

function has<Key extends string>(value: unknown, key: Key): value is Record<Key, unknown> {
  return value !== null && ['object', 'function'].includes(typeof value) && key in Object(value)
}

function assertSame(
  machine: AnyStateMachine,
  what: string,
  found: readonly string[],
  named: readonly string[],
): void {
  const missing = named.filter((name) => !found.includes(name))
  const extra = found.filter((name) => !named.includes(name))
  assert(
    missing.length === 0 && extra.length === 0,
    () => `${machine.id}: ${what} missing in the chart: ${missing}; not named: ${extra}`,
  )
}
