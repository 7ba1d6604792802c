import { type AnyEventObject, type AnyStateMachine, createActor } from 'xstate'
import type { Sink } from '../../../src/actors/role.ts'
import { Role } from '../../../src/actors/role.ts'
import { VirtualClock } from '../../../src/actors/virtual-clock.ts'
import type { Address, Message, TaskStatus } from '../../../src/messages/index.ts'
import { clockOf } from './world.ts'

/** Something an actor said or did, and when in milliseconds since it started. */
export interface Said {
  readonly at: number
  readonly to: Address
  readonly message: Message
}
export interface Done {
  readonly at: number
  readonly type: string
  readonly params: unknown
}

/** One actor of a role with its clock, as a host runs it, but without a world around it. */
export class Stage {
  readonly clock = new VirtualClock()
  readonly said: Said[] = []
  readonly done: Done[] = []
  readonly marks: string[] = []
  /** The keys under which something changed, in order. */
  readonly kept: string[] = []
  readonly #actor

  constructor(machine: AnyStateMachine, input: object, effects: readonly string[] = []) {
    const role = new Role(machine, effects, this.clock)
    this.#actor = createActor(role.logic, { input, clock: clockOf(this.clock) })
    const sink: Sink = {
      send: (to, message) => this.said.push({ at: this.clock.now(), to, message }),
      perform: (type, params) => this.done.push({ at: this.clock.now(), type, params }),
      persist: (keys) => this.kept.push(...keys),
      mark: ({ name }) => this.marks.push(name),
    }
    role.bind(this.#actor, sink)
    // Without an observer for errors XState would throw them again, out of reach of the test.
    this.#actor.subscribe({ error: () => {} })
    this.#actor.start()
    this.clock.settle()
  }

  /** Tells the actor things in order, with all that follows at this time. Throws when it fails. */
  tell(...events: readonly AnyEventObject[]): this {
    for (const event of events) {
      this.#actor.send(event)
      this.clock.settle()
    }
    const { status, error } = this.#actor.getSnapshot()
    if (status === 'error') throw error
    return this
  }

  advance(ms: number): this {
    this.clock.advance(ms)
    return this.tell()
  }

  /** Dotted value of a flat or compound chart. */
  get state() {
    return this.#actor.getSnapshot().value
  }

  get book() {
    return this.#actor.getSnapshot().context.book
  }

  /** What was said of this type, to whom. */
  sent<Type extends Message['type']>(
    type: Type,
  ): { readonly to: Address; readonly message: Extract<Message, { type: Type }> }[] {
    const isOne = (message: Message): message is Extract<Message, { type: Type }> =>
      message.type === type
    return this.said.flatMap(({ to, message }) => (isOne(message) ? [{ to, message }] : []))
  }

  /** When a message of this type was said. */
  times(type: string): number[] {
    return this.said.filter(({ message }) => message.type === type).map(({ at }) => at)
  }

  /** The types of what was said, each with its receiver, since the last look. */
  heard(): string[] {
    return this.said.splice(0).map(({ to, message }) => `${to} ${message.type}`)
  }

  /** The task states that were told to a scheduler or an agent since the last look. */
  statuses(): TaskStatus[] {
    const isStatus = (update: object): update is TaskStatus => 'state' in update
    return this.hear('task.update').flatMap(({ updates }) => {
      const list: readonly object[] = updates
      return list.filter(isStatus)
    })
  }

  /** Everything of this type that was said since the last look. */
  hear<Type extends Message['type']>(type: Type): Extract<Message, { type: Type }>[] {
    const isWanted = (message: Message): message is Extract<Message, { type: Type }> =>
      message.type === type
    return this.said
      .splice(0)
      .map(({ message }) => message)
      .filter(isWanted)
  }
}
