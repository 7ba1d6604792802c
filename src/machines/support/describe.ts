import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { guardName, isIgnore, pathName, stateNodesOf } from './names.ts'

/** What a chart does with every event in every state. */
export interface StatesByEvents {
  /** Dotted paths of the atomic states, in the order of the chart. */
  readonly states: readonly string[]
  /** The event types that the chart names, sorted; without `*` and XState's internal events. */
  readonly events: readonly string[]
  /**
   * The answer of one state to one event: target states, `stays` (handled without change of
   * state), `ignored` (left alone on purpose, with a reason in the chart), each with its guard in
   * brackets and separated by `; `. Empty: the event is not expected here and falls to the
   * wildcard, if the chart has one. Throws for a state or event that the chart does not know.
   */
  cell(state: string, event: string): string
}

/**
 * Tabulates a chart. A compound state answers through the atomic states below it, for an event
 * climbs from a state to its parents. In a parallel chart a row is an atomic state of one region,
 * and the cell speaks of that region and its ancestors. Final states of the machine itself have no
 * row: after them nothing arrives.
 */
export function statesByEvents(machine: AnyStateMachine): StatesByEvents {
  const nodes = stateNodesOf(machine)
  const rows = new Map(nodes.filter(isRow).map((node) => [pathName(node), node]))
  const known = new Set(nodes.flatMap((node) => [...node.transitions.keys()]))
  const events = [...known].filter((type) => type !== '*' && !type.startsWith('xstate.')).sort()
  return {
    states: [...rows.keys()],
    events,
    cell(state, event) {
      const row = rows.get(state)
      if (row === undefined) throw new Error(`${machine.id} has no atomic state ${state}`)
      if (!events.includes(event)) throw new Error(`${machine.id} knows no event ${event}`)
      return candidates(row, event)
        .map((transition) => answer(transition, row))
        .join('; ')
    },
  }
}

/** Writes the table as Markdown, with the longer of the two lists going down the page. */
export function toTable(table: StatesByEvents): string {
  const { states, events } = table
  const eventsDown = events.length >= states.length
  const [across, down] = eventsDown ? [states, events] : [events, states]
  const rows = down.map((name) => [
    `\`${name}\``,
    ...across.map((other) => (eventsDown ? table.cell(other, name) : table.cell(name, other))),
  ])
  const head = [eventsDown ? 'event \\ state' : 'state \\ event', ...across.map((a) => `\`${a}\``)]
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('')
}

function isRow(node: AnyStateNode): boolean {
  if (node.type === 'final') return node.parent?.parent !== undefined
  return node.type === 'atomic'
}

/** The transitions XState would try in turn, up to the first one that is taken for certain. */
function candidates(state: AnyStateNode, event: string): AnyTransitionDefinition[] {
  const found: AnyTransitionDefinition[] = []
  for (let node: AnyStateNode | undefined = state; node !== undefined; node = node.parent) {
    for (const transition of matching(node, event)) {
      if (transition.eventType === '*') return found
      found.push(transition)
      if (transition.guard === undefined) return found
    }
  }
  return found
}

/** The transitions of one node for an event: the exact type first, then the longest wildcard. */
function matching(node: AnyStateNode, event: string): AnyTransitionDefinition[] {
  const matches = [...node.transitions.keys()].filter(
    (descriptor) =>
      descriptor === event ||
      descriptor === '*' ||
      (descriptor.endsWith('.*') && `${event}.`.startsWith(descriptor.slice(0, -1))),
  )
  const rank = (descriptor: string) => (descriptor === event ? Infinity : descriptor.length)
  return matches
    .sort((a, b) => rank(b) - rank(a))
    .flatMap((descriptor) => node.transitions.get(descriptor) ?? [])
}

function answer(transition: AnyTransitionDefinition, row: AnyStateNode): string {
  const { target, guard } = transition
  const condition = guard === undefined ? '' : ` [${guardName(guard)}]`
  if (isIgnore(transition)) return `ignored${condition}`
  if (target === undefined) return `stays${condition}`
  const names = target.map((node) => (node.parent === row.parent ? node.key : pathName(node)))
  return `${names.join(' + ')}${condition}`
}
