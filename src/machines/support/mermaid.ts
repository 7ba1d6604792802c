import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { mermaidIds } from './mermaid-ids.ts'
import { actionName, delayedEvents, guardName, isIgnore, ownTransitions } from './names.ts'

export { type JsonAction, type JsonState, type JsonTransition, toJson } from './definition.ts'

/** Longer descriptions would make the drawing about the notes instead of about the states. */
const NOTE_LENGTH_MAX = 72

/** What all parts of one drawing share. */
interface Drawing {
  readonly idOf: (node: AnyStateNode) => string
  readonly delays: ReadonlyMap<string, string>
}

/**
 * Draws a chart as a Mermaid `stateDiagram-v2`.
 *
 * A transition with a target is an arrow labelled `event [guard] / actions`; one without a target
 * stands as a line inside its state, as UML does it, next to `entry /` and `exit /`. An event that
 * the chart raises to itself later carries `(after <delay>)`. Events that a state ignores on
 * purpose are left out: the table of states and events has them.
 */
export function toMermaid(machine: AnyStateMachine): string {
  const { root } = machine
  const drawing = { idOf: mermaidIds(machine), delays: delayedEvents(machine) }
  const framed = root.type === 'parallel' || linesInside(root, drawing).length > 0
  const leavesFrame = ownTransitions(root).some((transition) => transition.target !== undefined)
  const body =
    framed || leavesFrame || root.type === 'atomic' ? state(root, drawing) : inside(root, drawing)
  return ['stateDiagram-v2', ...indent([...body, ...crossing(root, drawing)]), ''].join('\n')
}

/** A state with everything below it, but without the arrows that leave its parent. */
function state(node: AnyStateNode, drawing: Drawing): string[] {
  const id = drawing.idOf(node)
  const lines = linesInside(node, drawing)
  const { description } = node
  const note =
    description !== undefined && description.length <= NOTE_LENGTH_MAX ? [description] : []
  const named = `state "${asLabel(node.key)}" as ${id}`
  if (node.type === 'compound' || node.type === 'parallel') {
    const head = id === node.key ? `state ${id}` : named
    // Mermaid shows no lines inside a composite state, so they stand in its note.
    return [`${head} {`, ...indent(inside(node, drawing)), '}', ...noteAt(id, [...note, ...lines])]
  }
  // With lines below it, Mermaid shows the name of a state only when it is given as a label.
  const head = id === node.key && lines.length === 0 ? id : named
  return [head, ...lines.map((line) => `${id} : ${asLabel(line)}`), ...noteAt(id, note)]
}

/** The content of a composite state: its regions, or its states and the arrows between them. */
function inside(node: AnyStateNode, drawing: Drawing): string[] {
  const children = Object.values<AnyStateNode>(node.states)
  if (node.type === 'parallel') {
    return children.flatMap((child, place) => [
      ...(place === 0 ? [] : ['--']),
      ...state(child, drawing),
      ...arrows(child, (target) => target === child, drawing),
    ])
  }
  const starts = node.initial.target.map((child) => `[*] --> ${drawing.idOf(child)}`)
  const ends = children
    .filter((child) => child.type === 'final')
    .map((child) => `${drawing.idOf(child)} --> [*]`)
  return [
    ...children.flatMap((child) => state(child, drawing)),
    ...starts,
    ...children.flatMap((child) => arrows(child, (target) => target.parent === node, drawing)),
    ...ends,
  ]
}

/**
 * The arrows that cross the border of a composite state. They come last and outside of all
 * states, because Mermaid would otherwise move a state to where an arrow mentions it.
 */
function crossing(node: AnyStateNode, drawing: Drawing): string[] {
  const { parent } = node
  const isDrawn = (target: AnyStateNode) =>
    parent?.type === 'parallel' ? target === node : parent !== undefined && target.parent === parent
  return [
    ...arrows(node, (target) => !isDrawn(target), drawing),
    ...Object.values<AnyStateNode>(node.states).flatMap((child) => crossing(child, drawing)),
  ]
}

/** The arrows from a node itself to those of its targets that are asked for. */
function arrows(
  node: AnyStateNode,
  isWanted: (target: AnyStateNode) => boolean,
  drawing: Drawing,
): string[] {
  return ownTransitions(node).flatMap((transition) =>
    (transition.target ?? [])
      .filter(isWanted)
      .map(
        (target) =>
          `${drawing.idOf(node)} --> ${drawing.idOf(target)} : ${asLabel(label(transition, drawing))}`,
      ),
  )
}

/** What a state does without being left, one line each. */
function linesInside(node: AnyStateNode, drawing: Drawing): string[] {
  const around = [
    ...(node.entry.length > 0 ? [`entry / ${node.entry.map(actionName).join(', ')}`] : []),
    ...(node.exit.length > 0 ? [`exit / ${node.exit.map(actionName).join(', ')}`] : []),
  ]
  const internal = ownTransitions(node)
    .filter((transition) => transition.target === undefined && !isIgnore(transition))
    .map((transition) => label(transition, drawing))
  return [...around, ...internal]
}

function label(transition: AnyTransitionDefinition, drawing: Drawing): string {
  const guard = guardName(transition.guard)
  return [
    eventLabel(transition, drawing) || (guard === '' ? 'always' : ''),
    guard === '' ? '' : `[${guard}]`,
    transition.actions.length === 0 ? '' : `/ ${transition.actions.map(actionName).join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function eventLabel(transition: AnyTransitionDefinition, drawing: Drawing): string {
  const { eventType, source } = transition
  const delay = drawing.delays.get(eventType)
  if (eventType === `xstate.done.state.${source.id}`) return 'done'
  if (eventType.startsWith('xstate.after.')) return `after ${delay ?? eventType.slice(13)}`
  return delay === undefined ? eventType : `${eventType} (after ${delay})`
}

function noteAt(id: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`note right of ${id}`, ...indent(lines.map(asNote)), 'end note']
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

/** The signs that Mermaid would read become its entity codes; a label has one line. */
function asLabel(text: string): string {
  return encode(text, /[#;:"<>{}%]/g)
}

/** In a note of several lines Mermaid reads almost nothing, so it stays legible as text. */
function asNote(text: string): string {
  return encode(text, /[#<>{}%]/g)
}

function encode(text: string, signs: RegExp): string {
  return text
    .replaceAll(signs, (sign) => `#${sign.codePointAt(0)};`)
    .replaceAll(/\s+/g, ' ')
    .trim()
}
