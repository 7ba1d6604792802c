import {
  type AnyActorRef,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type EventObject,
  type StateValue,
  setup,
} from 'xstate'
import type { Address, Message } from '../../messages/index.ts'

/** The time of every explored step; far enough from zero that there is a past. */
export const standstillMs = 1_000_000

/** A statechart in the middle of its life: plain data. */
export interface Part<Book> {
  value: StateValue
  isDone: boolean
  book: Book
  /** The timers that are set, by id, with what they raise. */
  timers: Map<string, EventObject>
}

/** What a step causes outside of its machine. */
export interface PartSink {
  send(to: Address, message: Message): void
  mark(name: string, detail: string): void
  perform(type: string, params: unknown): void
}

/**
 * Takes single steps of a production machine, on data: no actor lives between them. Books are
 * changed in place, as in production, so whoever wants to keep one hands in a copy.
 */
export class Stepper<Book> {
  readonly #machine: AnyStateMachine
  readonly #self: AnyActorRef = createActor(setup({}).createMachine({}))
  readonly #templates = new Map<string, AnyMachineSnapshot>()

  constructor(machine: AnyStateMachine) {
    this.#machine = machine
  }

  begin(input: object, sink: PartSink): Part<Book> {
    const timers = new Map<string, EventObject>()
    const initial = this.#machine.getInitialSnapshot(this.#scope(timers, sink), input)
    if (initial.status === 'error') throw initial.error
    const { value, context, status } = initial
    return { value, isDone: status === 'done', book: context.book, timers }
  }

  /** One event; throws what the machine throws. */
  step(part: Part<Book>, event: EventObject, sink: PartSink): void {
    const stamped = { ...event, at: standstillMs }
    const scope = this.#scope(part.timers, sink)
    const next = this.#machine.transition(this.#snapshotOf(part), stamped, scope)
    if (next.status === 'error') throw next.error
    part.value = next.value
    part.isDone = next.status === 'done'
    part.book = next.context.book
  }

  /** The timer fires. */
  fire(part: Part<Book>, id: string, sink: PartSink): void {
    const event = part.timers.get(id)
    if (event === undefined) return
    part.timers.delete(id)
    this.step(part, event, sink)
  }

  #scope(timers: Map<string, EventObject>, sink: PartSink): AnyActorScope {
    const self = this.#self
    return {
      self,
      id: self.id,
      sessionId: self.sessionId,
      system: self.system,
      logger: () => {},
      defer: () => {},
      emit: () => {},
      stopChild: () => {},
      actionExecutor: ({ type, params }) => perform(type, params, timers, sink),
    }
  }

  #snapshotOf({ value, book }: Part<Book>): AnyMachineSnapshot {
    const key = typeof value === 'string' ? value : JSON.stringify(value)
    const context = { book }
    const known = this.#templates.get(key)
    if (known !== undefined) return Object.assign({}, known, { context })
    const fresh = this.#machine.resolveState({ value, context })
    this.#templates.set(key, Object.assign({}, fresh, { context: {} }))
    return fresh
  }
}

function perform(
  type: string,
  params: unknown,
  timers: Map<string, EventObject>,
  sink: PartSink,
): void {
  if (type === 'send' && isSend(params)) sink.send(params.to, params.message)
  else if (type === 'mark' && isMark(params)) sink.mark(params.name, params.detail)
  else if (type === 'xstate.raise' && isRaise(params)) timers.set(params.id, params.event)
  else if (type === 'xstate.cancel' && isCancel(params)) timers.delete(params.sendId)
  else if (!type.startsWith('xstate.')) sink.perform(type, params)
}

function isSend(params: unknown): params is { readonly to: Address; readonly message: Message } {
  return typeof params === 'object' && params !== null && 'to' in params && 'message' in params
}

function isMark(params: unknown): params is { readonly name: string; readonly detail: string } {
  return typeof params === 'object' && params !== null && 'name' in params && 'detail' in params
}

/** Without a delay it was raised at once, within the step. */
function isRaise(params: unknown): params is { readonly id: string; readonly event: EventObject } {
  return (
    typeof params === 'object' &&
    params !== null &&
    'delay' in params &&
    typeof params.delay === 'number' &&
    'id' in params
  )
}

function isCancel(params: unknown): params is { readonly sendId: string } {
  return typeof params === 'object' && params !== null && 'sendId' in params
}
