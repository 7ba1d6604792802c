import { type AnyActor, type AnyEventObject, type AnyMachineSnapshot, createActor } from 'xstate'
import type { Address, Envelope } from '../messages/index.ts'
import type { Mark } from '../model/turn.ts'
import { Gate } from './gate.ts'
import type { Inspection } from './inspection.ts'
import { type Effect, Outbox, type Output } from './outbox.ts'
import type { Clock, Storage, Transport } from './ports.ts'
import type { Role } from './role.ts'

/** How an actor's life ended. */
export interface Ending {
  readonly address: Address
  /** `done`: its machine came to a final state. `crashed`: an assertion or a bug. */
  readonly how: 'done' | 'stopped' | 'crashed'
  readonly reason: string
}

/** Where an actor keeps what its next life is to know, and how to find it in its snapshot. */
export interface Keeping {
  readonly storage: Storage
  readonly recordOf: (snapshot: AnyMachineSnapshot, key: string) => unknown
}

export interface HostOptions {
  readonly role: Role
  readonly address: Address
  readonly input: object
  readonly clock: Clock
  readonly transport: Transport
  readonly inspection?: Inspection
  /** Who is told of its end. */
  readonly watchers?: readonly Address[]
  /** Without it, what the machine wants kept is not. */
  readonly keeping?: Keeping
  /** Does what only this role can do. */
  readonly perform?: (type: string, params: unknown) => void
  readonly onMark?: (mark: Mark, address: Address) => void
  readonly onEnd?: (ending: Ending) => void
}

/**
 * Gives a statechart its mailbox, its clock and its voice: inbox → step → effects → outbox. What
 * an actor sends in one turn leaves when the turn is over, like kinds to one receiver as one batch;
 * with a storage, not before all is kept that it is based on.
 */
export class Host {
  readonly address: Address
  readonly #options: HostOptions
  readonly #actor: AnyActor
  readonly #unsubscribe: () => void
  #inbox: { readonly type: string }[] = []
  readonly #outbox: Outbox
  #effects: Effect[] = []
  readonly #gate: Gate<Output> | undefined
  #isInTurn = false
  #ending: Ending | undefined
  /** Its last words are said, and whoever waits for its end knows. */
  #hasLeft = false
  readonly #waiters: (() => boolean)[] = []

  constructor(options: HostOptions) {
    const { role, address, input, clock, transport } = options
    this.#options = options
    this.address = address
    this.#outbox = new Outbox(address)
    this.#gate = options.keeping && this.#gateOf(options.keeping)
    this.#actor = createActor(role.logic, {
      id: address,
      input,
      clock: {
        setTimeout: (callback, delayMs) =>
          clock.setTimer(() => this.#turn(() => this.#step(callback)), delayMs),
        clearTimeout: (timer) => clock.clearTimer(timer),
      },
    })
    role.bind(this.#actor, {
      send: (to, message) => this.#outbox.queue(to, message),
      mark: (mark) => options.onMark?.(mark, address),
      persist: (keys) => this.#gate?.note(keys),
      perform: (type, params) => this.#effects.push({ type, params }),
    })
    this.#actor.subscribe({
      error: (error) => this.#end('crashed', reasonOf(error)),
      complete: () => this.#end('done', `${address} is ${String(this.#actor.getSnapshot().value)}`),
    })
    this.#unsubscribe = transport.subscribe(address, (envelopes) => this.#receive(envelopes))
    options.inspection?.add(this.#actor)
  }

  /** Begins its life; what it says at once leaves like everything else. */
  start(): this {
    this.#turn(() => this.#step(() => this.#actor.start()))
    return this
  }

  /** Puts an event of the world around into the inbox: a call, a report, never a message. */
  post<Event extends { readonly type: string }>(event: Event): void {
    if (this.#ending !== undefined) return
    this.#inbox.push(event)
    if (this.#inbox.length === 1) this.#options.clock.soon(() => this.#drain())
  }

  /** The machine's snapshot, to look at. */
  snapshot(): AnyMachineSnapshot {
    return this.#actor.getSnapshot()
  }

  /** Resolves as soon as a turn leaves the machine in such a state, or when it has left. */
  when(isReached: (snapshot: AnyMachineSnapshot) => boolean): Promise<void> {
    return new Promise((resolve) => this.once(isReached, resolve))
  }

  /** Like `when`, and in the same turn: also where nobody waits for promises. */
  once(isReached: (snapshot: AnyMachineSnapshot) => boolean, then: () => void): void {
    const waiter = (): boolean => {
      const over = this.#hasLeft || isReached(this.#actor.getSnapshot())
      if (over) then()
      return over
    }
    if (!waiter()) this.#waiters.push(waiter)
  }

  get ended(): boolean {
    return this.#ending !== undefined
  }

  /** Ends it from outside, at once; what it had still to say is lost. */
  stop(reason: string): void {
    this.#breakOff('stopped', reason)
  }

  #receive(envelopes: readonly Envelope[]): void {
    this.#turn(() => {
      for (const { from, message } of envelopes) {
        if (this.#ending !== undefined) return
        // The role would copy it once more for the time of the step.
        const event: AnyEventObject = { ...message, from, at: this.#options.clock.now() }
        this.#step(() => this.#actor.send(event))
      }
    })
  }

  #drain(): void {
    const events = this.#inbox
    this.#inbox = []
    this.#turn(() => {
      for (const event of events) {
        if (this.#ending === undefined) this.#step(() => this.#actor.send(event))
      }
    })
  }

  /** One event through the machine; what only this role can do is done when the step is over. */
  #step(work: () => void): void {
    work()
    if (this.#gate !== undefined || this.#effects.length === 0) return
    const effects = this.#effects
    this.#effects = []
    this.#perform(effects)
  }

  #perform(effects: readonly Effect[]): void {
    try {
      for (const { type, params } of effects) this.#options.perform?.(type, params)
    } catch (error) {
      this.#end('crashed', reasonOf(error))
    }
  }

  #turn(work: () => void): void {
    this.#isInTurn = true
    work()
    this.#isInTurn = false
    const envelopes = this.#outbox.take()
    if (this.#gate === undefined) this.#say(envelopes)
    else {
      const effects = this.#effects
      this.#effects = []
      this.#gate.pass({ effects, envelopes, isLast: this.#ending !== undefined })
    }
    if (this.#waiters.length > 0) this.#tellWaiters()
  }

  /** Those that are told may wait for something else. */
  #tellWaiters(): void {
    const waiters = this.#waiters.splice(0)
    for (const waiter of waiters) if (!waiter()) this.#waiters.push(waiter)
  }

  #say(envelopes: readonly Envelope[]): void {
    for (const envelope of envelopes) this.#options.transport.send(envelope)
  }

  #gateOf({ storage, recordOf }: Keeping): Gate<Output> {
    return new Gate<Output>({
      storage,
      recordOf: (key) => recordOf(this.#actor.getSnapshot(), key),
      release: ({ effects, envelopes, isLast }) => {
        this.#perform(effects)
        this.#say(envelopes)
        if (isLast) this.#leave()
      },
      fail: (error) => this.#breakOff('crashed', reasonOf(error)),
    })
  }

  #end(how: Ending['how'], reason: string): void {
    if (this.#ending !== undefined) return
    this.#ending = { address: this.address, how, reason }
    this.#inbox = []
    if (this.#actor.getSnapshot().status === 'active') this.#actor.stop()
    this.#announce(reason)
    if (!this.#isInTurn) this.#takeLeave()
    else if (this.#gate === undefined) this.#leave()
  }

  /** Ends it, or its end: last words that are not safe yet are lost. */
  #breakOff(how: Ending['how'], reason: string): void {
    if (this.#ending === undefined) return this.#end(how, reason)
    if (this.#hasLeft) return
    this.#ending = { address: this.address, how, reason }
    this.#announce(reason)
    this.#takeLeave()
  }

  #announce(reason: string): void {
    const { address } = this
    for (const to of this.#options.watchers ?? []) {
      this.#outbox.queue(to, { type: 'lifecycle.exited', address, reason })
    }
  }

  /** Its watchers hear of its end at once; what was held back is lost with it. */
  #takeLeave(): void {
    this.#gate?.close()
    this.#effects = []
    this.#say(this.#outbox.take())
    this.#leave()
  }

  /** Its address is free, and whoever waits for its end hears of it: after its last words. */
  #leave(): void {
    if (this.#hasLeft || this.#ending === undefined) return
    this.#hasLeft = true
    this.#unsubscribe()
    this.#options.inspection?.remove(this.#actor)
    for (const waiter of this.#waiters) waiter()
    this.#options.onEnd?.(this.#ending)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
