import type { AnyActorScope, AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate'
import { type AdjacencyValue, getAdjacencyMap } from 'xstate/graph'
import { transitionId } from './transitions.ts'

/** How a chart is explored. */
export interface ExplorationOptions<TEvent extends EventObject> {
  /**
   * The events to try in each state, with their data. Charts tell timeouts with delayed events,
   * so these are plain events here. To take a wildcard transition, add an event of another type.
   */
  readonly events: readonly TEvent[] | ((snapshot: AnyMachineSnapshot) => readonly TEvent[])
  readonly input?: unknown
  /**
   * Two snapshots with the same text count as one state. The default tells apart whatever differs
   * in value or context. Leave out counters, times and ids, or the exploration will not end; keep
   * what guards read, or paths will lead elsewhere than they say.
   */
  readonly serializeState?: (snapshot: AnyMachineSnapshot) => string
  /** How many steps to try before giving up with an Error; 50 000 when left out. */
  readonly limit?: number
  /** Says whether to try an event in a state. */
  readonly filterEvents?: (snapshot: AnyMachineSnapshot, event: TEvent) => boolean
  /** Completes an event as its host would, for example with the time; both here and in replay. */
  readonly stamp?: (event: TEvent) => EventObject
}

/** A step from one state to another, with the ids of all transitions that were taken in it. */
export interface Edge<TEvent extends EventObject> {
  readonly event: TEvent
  readonly to: string
  readonly value: AnyMachineSnapshot['value']
  readonly taken: readonly string[]
}

/** All states that were reached, by their text, with the steps that lead on from each. */
export interface Exploration<TEvent extends EventObject> {
  readonly start: string
  readonly startValue: AnyMachineSnapshot['value']
  /** Transitions that the machine takes as it starts, before any event. */
  readonly takenAtStart: readonly string[]
  readonly edges: ReadonlyMap<string, readonly Edge<TEvent>[]>
}

/**
 * Finds every state that the events lead to, breadth first. Guards and assigns run, other actions
 * do not. `xstate/graph` does the search; it is where `@xstate/test` and `@xstate/graph` went. Its
 * `createTestModel` is not used, because that refuses charts with `after` or `invoke`.
 *
 * Throws an Error when the limit is reached or when a guard or assign throws.
 */
export function explore<TEvent extends EventObject>(
  machine: AnyStateMachine,
  options: ExplorationOptions<TEvent>,
): Exploration<TEvent> {
  const { events, input, filterEvents, limit = 50_000 } = options
  const { serializeState = stateText, stamp = (event: TEvent): EventObject => event } = options
  const takenIn = new Map<AnyMachineSnapshot, Map<EventObject, readonly string[]>>()
  const step = (snapshot: AnyMachineSnapshot, event: TEvent, scope: AnyActorScope) => {
    const [next, taken] = recording(scope, () => attempt(machine, snapshot, stamp(event), scope))
    const before = takenIn.get(snapshot) ?? new Map<EventObject, readonly string[]>()
    takenIn.set(snapshot, before.set(event, taken))
    return next
  }
  const starts: (readonly [snapshot: AnyMachineSnapshot, taken: readonly string[]])[] = []
  const begin = (scope: AnyActorScope) => {
    const start = recording(scope, () => machine.getInitialSnapshot(scope, input))
    starts.push(start)
    return start[0]
  }
  const adjacency = traverse(machine.id, limit, () =>
    getAdjacencyMap<AnyMachineSnapshot, TEvent, unknown>(
      { transition: step, getInitialSnapshot: begin, getPersistedSnapshot: (s) => s },
      {
        input,
        limit,
        serializeState: (snapshot) => serializeState(snapshot),
        // A machine that is done takes no more events, though its transition function would.
        events: (snapshot) => {
          if (snapshot.status !== 'active') return []
          return typeof events === 'function' ? events(snapshot) : events
        },
        ...(filterEvents === undefined ? {} : { filterEvents }),
      },
    ),
  )
  const [start] = starts
  if (start === undefined) throw new Error(`${machine.id} was not started by the traversal`)
  const [snapshot, takenAtStart] = start
  if (snapshot.status === 'error') {
    throw new Error(`${machine.id} failed as it started: ${snapshot.error}`, {
      cause: snapshot.error,
    })
  }
  const edgesFrom = ({ state, transitions }: AdjacencyValue<AnyMachineSnapshot, TEvent>) =>
    Object.values(transitions).map(({ event, state: next }) => ({
      event,
      to: serializeState(next),
      value: next.value,
      taken: takenIn.get(state)?.get(event) ?? [],
    }))
  return {
    start: serializeState(snapshot),
    startValue: snapshot.value,
    takenAtStart,
    edges: new Map(Object.entries(adjacency).map(([text, from]) => [text, edgesFrom(from)])),
  }
}

/** One step; an error of a guard or assign tells the event and the state it happened in. */
function attempt(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  event: EventObject,
  scope: AnyActorScope,
): AnyMachineSnapshot {
  try {
    return machine.transition(snapshot, event, scope)
  } catch (error) {
    const state = JSON.stringify(snapshot.value)
    throw new Error(`${machine.id} failed in ${state} on ${JSON.stringify(event)}: ${error}`, {
      cause: error,
    })
  }
}

/** Runs a step and returns with its result the ids of the transitions that XState took in it. */
function recording(
  scope: AnyActorScope,
  run: () => AnyMachineSnapshot,
): readonly [AnyMachineSnapshot, readonly string[]] {
  const taken: string[] = []
  const inspection = scope.system.inspect((inspected) => {
    if (inspected.type !== '@xstate.microstep' || inspected.actorRef !== scope.self) return
    taken.push(...inspected._transitions.map(transitionId))
  })
  try {
    return [run(), taken]
  } finally {
    inspection.unsubscribe()
  }
}

/** Explains XState's terse error when the traversal does not end. */
function traverse<T>(name: string, limit: number, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'Traversal limit exceeded') throw error
    throw new Error(
      `The exploration of ${name} did not end within ${limit} steps: give it fewer events, ` +
        'a serializeState that leaves out counters, times and ids, or a higher limit.',
      { cause: error },
    )
  }
}

/** Everything that can differ between two snapshots, with maps and sets, in sorted order. */
function stateText({ value, context, status }: AnyMachineSnapshot): string {
  return JSON.stringify({ value, status, context }, (_key, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`
    if (part instanceof Set) return [...part].map((item) => JSON.stringify(item)).sort()
    const entries = part instanceof Map ? [...part] : undefined
    if (entries === undefined && (typeof part !== 'object' || part === null)) return part
    if (Array.isArray(part)) return part
    const pairs = entries ?? Object.entries(part ?? {})
    return Object.fromEntries(
      pairs
        .map(([key, item]): [string, unknown] => [String(key), item])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  })
}
