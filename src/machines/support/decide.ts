import {
  type ActionArgs,
  enqueueActions,
  type ParameterizedObject,
  type ProvidedActor,
} from 'xstate'
import type { Address, Message } from '../../messages/index.ts'
import { assert } from '../../model/assert.ts'
import type { Mark, Step, Turn } from '../../model/turn.ts'

/** A book that an explorer copies before each step, and production changes in place. */
export interface Book {
  /** True when steps must leave earlier snapshots alone (exploration, path generation). */
  readonly explorable: boolean
}

/** An event as a machine sees it: the host stamps the time of the step on each. */
export type Stamped<Event> = Event & { readonly at?: number }

/** A message as its receiver sees it: with its sender. */
export type Received<M extends Message> = M & { readonly from: Address }

/** The closed list of what machines can cause, as actions the host provides. */
export const effects = {
  send: (_: unknown, _params: { to: Address; message: Message }): void => {},
  mark: (_: unknown, _params: Mark): void => {},
  persist: (_: unknown, _params: { keys: readonly string[] }): void => {},
}

/**
 * Turns a decision of the model into a named action: opens the book, lets the decision change it,
 * and enqueues what the turn collected. The one place where live and explored steps differ.
 * `noteSending` may write down in the book what is sent.
 */
export function decision<
  B extends Book,
  All extends Stamped<{ type: string }>,
  Timer extends All,
  Effect extends { type: string },
  Params extends object | undefined,
>(
  decide: (step: Step<B, Timer, Effect>, params: Params) => void,
  noteSending?: (book: B, to: Address, message: Message) => void,
): (args: ActionArgs<{ book: B }, All, All>, params: Params) => void {
  return enqueueActions<
    { book: B },
    All,
    Params,
    All,
    ProvidedActor,
    ParameterizedObject,
    ParameterizedObject,
    string
  >(({ context, event, enqueue }, params) => {
    const book = context.book.explorable ? structuredClone(context.book) : context.book
    // One action for all of them: a crowd of tasks would pay for as many.
    const kept: string[] = []
    const turn: Turn<Timer, Effect> = {
      get at() {
        const { at } = event
        assert(at !== undefined, () => `${event.type} reached the machine without a time`)
        return at
      },
      send: (to, message) => {
        noteSending?.(book, to, message)
        enqueue({ type: 'send', params: { to, message } })
      },
      startTimer: (id, timer, delay) => enqueue.raise(timer, { id, delay }),
      cancelTimer: (id) => enqueue.cancel(id),
      raise: (raised) => enqueue.raise(raised),
      persist: (key) => kept.push(key),
      perform: (effect) => enqueue({ type: effect.type, params: { ...effect } }),
      mark: (name, detail) => enqueue({ type: 'mark', params: { name, detail } }),
    }
    decide({ book, turn }, params)
    if (kept.length > 0) enqueue({ type: 'persist', params: { keys: kept } })
    if (book !== context.book) enqueue.assign({ book })
  })
}
