import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition, StateValue } from 'xstate'

/**
 * How the parts of a chart are called where people read them: in diagrams, in tables and in the
 * reports of path tests. Charts name their guards, actions and delays; what is written inline is
 * shown as such, so that a reader sees that a name is missing.
 */

const INLINE = '(inline)'

/** All state nodes in the order of the chart, the root first. */
export function stateNodesOf(machine: AnyStateMachine): AnyStateNode[] {
  const below = (node: AnyStateNode): AnyStateNode[] => [
    node,
    ...Object.values<AnyStateNode>(node.states).flatMap(below),
  ]
  return below(machine.root)
}

/** The transitions that one state node defines itself: by event, then the eventless ones. */
export function ownTransitions(node: AnyStateNode): AnyTransitionDefinition[] {
  return [...[...node.transitions.values()].flat(), ...(node.always ?? [])]
}

/**
 * Says whether a transition does nothing on purpose: no target, no action, but a description
 * that gives the reason.
 */
export function isIgnore(transition: AnyTransitionDefinition): boolean {
  const { target, actions, description } = transition
  return target === undefined && actions.length === 0 && description !== undefined
}

/** The dotted path of a state node; the root goes by the id of its machine. */
export function pathName(node: AnyStateNode): string {
  return node.path.length === 0 ? node.key : node.path.join('.')
}

/** A state value in dotted form; regions of a parallel state stand side by side in braces. */
export function valueText(value: StateValue): string {
  if (typeof value === 'string') return value
  const parts = Object.entries(value).map(([key, below]) =>
    below === undefined || Object.keys(below).length === 0 ? key : `${key}.${valueText(below)}`,
  )
  return parts.length === 1 ? parts.join('') : `{${parts.join(', ')}}`
}

/** Reads a field of something whose shape is not known. */
function field(thing: unknown, name: string): unknown {
  if (typeof thing !== 'function' && (typeof thing !== 'object' || thing === null)) return undefined
  return Reflect.get(thing, name)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The name of an action; XState's own actions written inline go by what they do. */
export function actionName(action: unknown): string {
  if (typeof action === 'string') return action
  const type = text(field(action, 'type'))
  const raised = text(field(field(action, 'event'), 'type'))
  if (type === 'xstate.raise') return `raise(${raised ?? INLINE})`
  if (type === 'xstate.cancel') return `cancel(${text(field(action, 'sendId')) ?? INLINE})`
  return type?.replace('xstate.', '') ?? INLINE
}

/** The name of a guard, `a && b`, `a || b` and `!a` for XState's combinations; '' for none. */
export function guardName(guard: unknown): string {
  if (guard === undefined) return ''
  if (typeof guard === 'string') return guard
  const parts: unknown = field(guard, 'guards')
  if (!Array.isArray(parts)) return text(field(guard, 'type')) ?? INLINE
  const names = parts.map((part) => {
    const name = guardName(part)
    return / (?:&&|\|\|) /.test(name) ? `(${name})` : name
  })
  const combination = field(guard, 'name')
  if (combination === 'not') return `!${names.join('')}`
  return names.join(combination === 'or' ? ' || ' : ' && ')
}

/**
 * The events that a chart raises to itself after a while, with the name of the delay. The raise
 * is found in named and in inline actions, as long as its event is written out.
 */
export function delayedEvents(machine: AnyStateMachine): Map<string, string> {
  const written = stateNodesOf(machine).flatMap((node) => [
    ...node.entry,
    ...node.exit,
    ...ownTransitions(node).flatMap((transition) => transition.actions),
  ])
  const found = new Map<string, string>()
  for (const action of [...Object.values(machine.implementations.actions), ...written]) {
    const event = text(field(field(action, 'event'), 'type'))
    const delay = field(action, 'delay')
    if (field(action, 'type') !== 'xstate.raise' || event === undefined) continue
    if (typeof delay === 'number') found.set(event, `${delay} ms`)
    else if (delay !== undefined) found.set(event, text(delay) ?? 'a computed delay')
  }
  return found
}
