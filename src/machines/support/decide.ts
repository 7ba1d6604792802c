import {
  type ActionArgs,
  enqueueActions,
  type ParameterizedObject,
  type ProvidedActor,
} from 'xstate'
import type { Address, Message } from '../../messages/index.ts'
import { assert } from '../../model/assert.ts'
import { copyOf } from '../../model/copy.ts'
import type { Delay, Mark, Step, Turn } from '../../model/turn.ts'

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
    const book = context.book.explorable ? copyOf(context.book) : context.book
    const turn = new Collected<Timer, Effect>(event, enqueue, (to, message) =>
      noteSending?.(book, to, message),
    )
    decide({ book, turn }, params)
    turn.keep()
    if (book !== context.book) enqueue.assign({ book })
  })
}

/** The queue of actions of one transition, as XState gives it. */
interface Queue<Timer> {
  (action: ParameterizedObject): void
  raise(event: Timer, options?: { readonly id: string; readonly delay: Delay }): void
  cancel(id: string): void
}

/** A turn that turns into actions. A class, because steps are many and closures add up. */
class Collected<Timer extends { type: string }, Effect extends { type: string }>
  implements Turn<Timer, Effect>
{
  readonly #event: Stamped<{ type: string }>
  readonly #enqueue: Queue<Timer>
  readonly #noteSending: (to: Address, message: Message) => void
  #kept: string[] | undefined

  constructor(
    event: Stamped<{ type: string }>,
    enqueue: Queue<Timer>,
    noteSending: (to: Address, message: Message) => void,
  ) {
    this.#event = event
    this.#enqueue = enqueue
    this.#noteSending = noteSending
  }

  get at(): number {
    const { at, type } = this.#event
    assert(at !== undefined, () => `${type} reached the machine without a time`)
    return at
  }

  send(to: Address, message: Message): void {
    this.#noteSending(to, message)
    this.#enqueue({ type: 'send', params: { to, message } })
  }

  startTimer(id: string, event: Timer, delay: Delay): void {
    this.#enqueue.raise(event, { id, delay })
  }

  cancelTimer(id: string): void {
    this.#enqueue.cancel(id)
  }

  raise(event: Timer): void {
    this.#enqueue.raise(event)
  }

  persist(key: string): void {
    this.#kept ??= []
    this.#kept.push(key)
  }

  perform(effect: Effect): void {
    this.#enqueue({ type: effect.type, params: { ...effect } })
  }

  mark(name: string, detail: string): void {
    this.#enqueue({ type: 'mark', params: { name, detail } })
  }

  /** One action for all that is to be kept: a crowd of tasks would pay for as many. */
  keep(): void {
    if (this.#kept !== undefined) {
      this.#enqueue({ type: 'persist', params: { keys: this.#kept } })
    }
  }
}
