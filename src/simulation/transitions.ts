import type { AnyStateMachine, AnyTransitionDefinition } from 'xstate'
import { guardName, isIgnore, ownTransitions, stateNodesOf } from '../machines/support/names.ts'

/** One transition of a chart, under a name that stays the same as long as the chart does. */
export interface Transition {
  /** For example `#master.leading.idle --allocation.wanted[0]--> pending`. */
  readonly id: string
  /** Id of the state that defines it, with a leading `#`. */
  readonly source: string
  /** The event type or wildcard; `always` for a transition that needs no event. */
  readonly event: string
  /** Name of its guard; empty when it has none. */
  readonly guard: string
  readonly description?: string
}

/**
 * Lists every transition that a chart defines, in the order of the chart: of all states, with
 * wildcards, eventless transitions and events that are ignored on purpose.
 */
export function transitionsOf(machine: AnyStateMachine): Transition[] {
  return stateNodesOf(machine)
    .flatMap(ownTransitions)
    .map((transition) => ({
      id: transitionId(transition),
      source: `#${transition.source.id}`,
      event: eventOf(transition),
      guard: guardName(transition.guard),
      ...(transition.description === undefined ? {} : { description: transition.description }),
    }))
}

/**
 * The id of a transition definition: its source, its event, its place among the transitions for
 * that event, and where it leads. Two machines made from the same chart by `provide` agree on it.
 */
export function transitionId(transition: AnyTransitionDefinition): string {
  const { source, target, eventType } = transition
  const siblings = eventType === '' ? source.always : source.transitions.get(eventType)
  const place = siblings?.indexOf(transition) ?? -1
  const names = target?.map((node) =>
    node === source || node.parent === source.parent ? node.key : `#${node.id}`,
  )
  const end = names?.join(' + ') ?? (isIgnore(transition) ? '(ignored)' : '(stays)')
  return `#${source.id} --${eventOf(transition)}[${place}]--> ${end}`
}

function eventOf(transition: AnyTransitionDefinition): string {
  return transition.eventType === '' ? 'always' : transition.eventType
}

/** How much of a chart was taken. */
export interface Coverage {
  readonly total: number
  readonly covered: number
  /** Ids of the transitions that were not taken, in the order of the chart. */
  readonly missing: readonly string[]
}

/** Compares the transitions that were taken with those that the chart defines. */
export function coverage(machine: AnyStateMachine, taken: Iterable<string>): Coverage {
  const seen = new Set(taken)
  const ids = transitionsOf(machine).map((transition) => transition.id)
  const missing = ids.filter((id) => !seen.has(id))
  return { total: ids.length, covered: ids.length - missing.length, missing }
}

/**
 * Throws an Error that lists, one sentence each, the transitions that were not taken.
 *
 * `unreachable` maps the ids of transitions that cannot be taken to the reason. A reason that no
 * longer holds is an error too: the transition was taken after all, or is not in the chart.
 */
export function expectFullCoverage(
  machine: AnyStateMachine,
  taken: Iterable<string>,
  unreachable: Readonly<Record<string, string>> = {},
): void {
  const { total, missing } = coverage(machine, taken)
  const left = new Set(missing)
  const untaken = transitionsOf(machine).filter(({ id }) => left.has(id) && !(id in unreachable))
  const stale = Object.keys(unreachable).filter((id) => !left.has(id))
  const sentences = [
    ...untaken.map(sentenceFor),
    ...stale.map((id) => `${id} is listed as unreachable, but it was taken or does not exist.`),
  ]
  if (sentences.length === 0) return
  throw new Error(
    `${machine.id} has ${total} transitions, and ${untaken.length} of them were never taken:\n` +
      sentences.map((sentence) => `- ${sentence}`).join('\n'),
  )
}

function sentenceFor({ id, source, event, guard }: Transition): string {
  const condition = guard === '' ? '' : ` while ${guard} is true`
  if (event === 'always') return `No path passes through ${source}${condition}: ${id}`
  const what = event === '*' ? 'an event that nothing else handles' : event
  return `No path sends ${what} to ${source}${condition}: ${id}`
}
