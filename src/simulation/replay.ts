import { isDeepStrictEqual } from 'node:util'
import {
  type Actor,
  type ActorOptions,
  type AnyStateMachine,
  createActor,
  type EventObject,
  type StateValue,
} from 'xstate'
import { valueText } from '../machines/support/names.ts'
import { transitionId } from './transitions.ts'

/** A walk through a chart from its start. */
export interface Path<TEvent extends EventObject = EventObject> {
  /** Where the path leads and by which events: a title for a test. */
  readonly description: string
  readonly startValue: StateValue
  readonly steps: readonly { readonly event: TEvent; readonly expectedValue: StateValue }[]
  /** Ids of the transitions that the path takes and no earlier path does. */
  readonly takes: readonly string[]
}

/** How a path is replayed. */
export interface ReplayOptions<TEvent extends EventObject> {
  /** The machine, with the caller's own actions if it needs any (`machine.provide`). */
  readonly machine: AnyStateMachine
  readonly input?: unknown
  /**
   * What delayed events wait on. Left out, time stands still: timers are set but never fire, and
   * the path sends their events itself.
   */
  readonly clock?: NonNullable<ActorOptions<AnyStateMachine>['clock']>
  /** Starts the actor, for callers who want to watch it first; `actor.start()` when left out. */
  readonly start?: (actor: Actor<AnyStateMachine>) => void
  /** Completes an event as its host would; see `ExplorationOptions`. */
  readonly stamp?: (event: TEvent) => EventObject
}

/**
 * Replays a path on a real XState actor and returns the ids of all transitions it took.
 *
 * Throws an Error when the actor is in another state than the path says, or when it failed; a
 * guard or action that is not a function of state and event shows up here.
 */
export function runPath<TEvent extends EventObject>(
  path: Pick<Path<TEvent>, 'description' | 'startValue' | 'steps'>,
  options: ReplayOptions<TEvent>,
): Set<string> {
  const { machine, input, clock = frozenClock(), stamp = (event) => event } = options
  const { start = (actor) => actor.start() } = options
  const taken = new Set<string>()
  const actor = createActor(machine, {
    input,
    clock,
    inspect: (inspected) => {
      if (inspected.type !== '@xstate.microstep') return
      for (const transition of inspected._transitions) taken.add(transitionId(transition))
    },
  })
  // Without an observer for errors XState would throw them again, out of reach of the caller.
  actor.subscribe({ error: () => {} })
  const expectValue = (expected: StateValue, when: string) => {
    const { status, value, error } = actor.getSnapshot()
    const where = `Path "${path.description}", ${when}`
    if (status === 'error')
      throw new Error(`${where}: the actor failed: ${error}`, { cause: error })
    if (isDeepStrictEqual(value, expected)) return
    throw new Error(
      `${where}: the actor is in ${valueText(value)}, but the path expects ${valueText(expected)}.`,
    )
  }
  start(actor)
  expectValue(path.startValue, 'at the start')
  for (const [place, { event, expectedValue }] of path.steps.entries()) {
    actor.send(stamp(event))
    const when = `step ${place + 1} of ${path.steps.length}, after ${JSON.stringify(event)}`
    expectValue(expectedValue, when)
  }
  actor.stop()
  return taken
}

function frozenClock() {
  return { setTimeout: () => 0, clearTimeout: () => {} }
}
