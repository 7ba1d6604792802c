import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { actionName, guardName } from './names.ts'

/** An action or guard by name; `params` are there when the chart gives them as plain data. */
export interface JsonAction {
  readonly type: string
  readonly params?: unknown
}

/** One transition: targets are ids with a leading `#`; without a target the state stays. */
export interface JsonTransition {
  readonly target?: readonly string[]
  readonly guard?: JsonAction
  readonly actions?: readonly JsonAction[]
  readonly reenter?: true
  readonly description?: string
}

/** A state with everything below it, in the order of the chart. */
export interface JsonState {
  readonly id: string
  readonly type: AnyStateNode['type']
  readonly description?: string
  readonly tags?: readonly string[]
  readonly initial?: string
  readonly entry?: readonly JsonAction[]
  readonly exit?: readonly JsonAction[]
  readonly on?: Readonly<Record<string, readonly JsonTransition[]>>
  readonly always?: readonly JsonTransition[]
  readonly states?: Readonly<Record<string, JsonState>>
  /** Names of all delays of the machine; on the root only. */
  readonly delays?: readonly string[]
}

/**
 * Writes a chart as plain JSON data in the shape of an XState config, with the keys in the order
 * of the chart. Implementations are left out: `createMachine` of the result has the same states
 * and transitions, and a viewer needs no more.
 */
export function toJson(machine: AnyStateMachine): JsonState {
  const delays = Object.keys(machine.implementations.delays)
  return { ...stateOf(machine.root), ...(delays.length > 0 ? { delays } : {}) }
}

function stateOf(node: AnyStateNode): JsonState {
  const { id, type, description, tags, entry, exit, always } = node
  const start = node.type === 'compound' ? node.initial.target[0]?.key : undefined
  const events = [...node.transitions].map(
    ([event, transitions]) => [event, transitions.map(transitionOf)] as const,
  )
  const children = Object.entries<AnyStateNode>(node.states).map(
    ([key, child]) => [key, stateOf(child)] as const,
  )
  return {
    id,
    type,
    ...(description === undefined ? {} : { description }),
    ...(tags.length > 0 ? { tags } : {}),
    ...(start === undefined ? {} : { initial: start }),
    ...(entry.length > 0 ? { entry: entry.map(actionOf) } : {}),
    ...(exit.length > 0 ? { exit: exit.map(actionOf) } : {}),
    ...(events.length > 0 ? { on: Object.fromEntries(events) } : {}),
    ...(always === undefined ? {} : { always: always.map(transitionOf) }),
    ...(children.length > 0 ? { states: Object.fromEntries(children) } : {}),
  }
}

function transitionOf(transition: AnyTransitionDefinition): JsonTransition {
  const { target, guard, actions, reenter, description } = transition
  return {
    ...(target === undefined ? {} : { target: target.map((node) => `#${node.id}`) }),
    ...(guard === undefined ? {} : { guard: { type: guardName(guard), ...paramsOf(guard) } }),
    ...(actions.length > 0 ? { actions: actions.map(actionOf) } : {}),
    ...(reenter ? { reenter } : {}),
    ...(description === undefined ? {} : { description }),
  }
}

function actionOf(action: unknown): JsonAction {
  return { type: actionName(action), ...paramsOf(action) }
}

/** Params that are computed from the event are code, not data: they are left out. */
function paramsOf(part: unknown): { params?: unknown } {
  if (typeof part !== 'object' || part === null || !('params' in part)) return {}
  return part.params === undefined || typeof part.params === 'function'
    ? {}
    : { params: part.params }
}
