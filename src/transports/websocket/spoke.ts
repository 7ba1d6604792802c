import type { Clock, Link, LinkWatcher, Receive, Timer, Transport } from '../../actors/ports.ts'
import type { Address, Envelope } from '../../messages/index.ts'
import type { Mark } from '../../model/turn.ts'
import { type EnvelopeCheck, MemoryTransport, type Observer } from '../memory.ts'
import { dial, type LinkTls } from './dial.ts'
import { closeCodes, type FromHub, type FromSpoke, hubFrames, protocolVersion } from './frames.ts'
import { inspect } from './inspect.ts'
import { defaultLimits, type LinkLimits } from './limits.ts'
import { Seats } from './seats.ts'
import type { Wire } from './wire.ts'

/** How a link stands, for whoever shows it. */
export type LinkNews =
  | { readonly type: 'open' }
  /** It broke or could not be made; it is tried again. `denied`: the master does not want it. */
  | { readonly type: 'down'; readonly reason: string; readonly denied: boolean }
  /** Somebody else has an address; it is asked for again. */
  | {
      readonly type: 'refused'
      readonly address: Address
      readonly reason: string
      readonly times: number
    }

export interface SpokeOptions {
  readonly clock: Clock
  /** Where the master's server listens, as `host:port`. */
  readonly master: string
  /** Over TLS, if there is something here. */
  readonly tls?: LinkTls
  /** Asked for at each attempt: the next master there may want another one. */
  readonly token: () => string | undefined
  /** A random id of this process. */
  readonly instance: string
  /** From 0 to below 1: spreads those who come back at the same time. */
  readonly random: () => number
  readonly check: EnvelopeCheck
  readonly limits?: Partial<LinkLimits>
  /** The cluster of whoever lives here, if that is known; asked for at each greeting. */
  readonly clusterId?: () => string | undefined
  /** Addresses that only this process knows; by default none. */
  readonly isPrivate?: (address: Address) => boolean
  readonly onMark?: (mark: Mark) => void
  readonly onNews?: (news: LinkNews) => void
}

/** A link that lasted for so long was a good one: the next is tried at once again. */
const settledAfterMs = 5_000

/**
 * The road of a process without the master: what is not for somebody here goes over the link to
 * the hub. A link that breaks is made anew for ever; what is said meanwhile is lost.
 */
export class WebSocketSpoke implements Transport, Link {
  readonly #options: SpokeOptions
  readonly #limits: LinkLimits
  readonly #local: MemoryTransport
  readonly #parse = hubFrames()
  readonly #seats: Seats
  readonly #watchers = new Map<Address, Set<LinkWatcher>>()
  /** The open link, once the hub has welcomed it. */
  #wire: Wire | undefined
  /** The one in the making. */
  #attempt: { readonly cancel: () => void } | undefined
  #attempts = 0
  #retry: Timer | undefined
  #openedAtMs = 0
  #flushing = false
  #lost = 0
  #isClosed = false

  constructor(options: SpokeOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#local = new MemoryTransport({ clock: options.clock })
    this.#seats = new Seats({
      clock: options.clock,
      isPrivate: options.isPrivate ?? (() => false),
      retryMs: this.#limits.probeTimeoutMs,
      tell: (frame) => this.#wire?.tell(frame),
      opened: (address) => {
        for (const watcher of this.#watchers.get(address) ?? []) watcher.opened()
      },
      refused: (address, reason, times) =>
        this.#note({ type: 'refused', address, reason, times }, 'link.refused', reason),
    })
    this.#dial()
  }

  get isOpen(): boolean {
    return this.#wire !== undefined
  }

  /** Messages that were lost, because nobody lived there or the link was not open. */
  get undeliverable(): number {
    return this.#lost + this.#local.undeliverable
  }

  send(envelope: Envelope): void {
    if (this.#isClosed) return
    if (this.#local.hosts(envelope.to)) return this.#local.send(envelope)
    if (this.#wire === undefined || !this.#seats.speaksFor(envelope.from)) {
      this.#lost++
      return
    }
    this.#local.show(envelope)
    this.#wire.queue(envelope)
    this.#flushSoon()
  }

  subscribe(address: Address, receive: Receive): () => void {
    const leave = this.#local.subscribe(address, receive)
    this.#seats.take(address)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      leave()
      this.#seats.leave(address)
      this.#flushSoon()
    }
  }

  watch(address: Address, watcher: LinkWatcher): () => void {
    const watchers = this.#watchers.get(address) ?? new Set()
    this.#watchers.set(address, watchers.add(watcher))
    return () => {
      watchers.delete(watcher)
      if (watchers.size === 0) this.#watchers.delete(address)
    }
  }

  /** Shows each envelope as it is delivered here or sent over the link. */
  observe(observer: Observer): () => void {
    return this.#local.observe(observer)
  }

  /** Sends what was said, and says goodbye. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#flush()
    this.#attempt?.cancel()
    if (this.#retry !== undefined) this.#options.clock.clearTimer(this.#retry)
    this.#wire?.end(closeCodes.done, 'it leaves')
    this.#seats.close()
    this.#watchers.clear()
    this.#local.close()
  }

  /** Before whatever this process has to do next: this has the longest way. */
  #flushSoon(): void {
    if (this.#flushing || this.#isClosed) return
    this.#flushing = true
    queueMicrotask(() => this.#flush())
  }

  /** Goodbyes come last: what an actor said with its last breath is said in its name. */
  #flush(): void {
    this.#flushing = false
    this.#wire?.flush()
    this.#seats.flush()
  }

  #dial(): void {
    const { master, tls, clock } = this.#options
    const token = this.#options.token()
    this.#attempt = dial({
      master,
      tls,
      token,
      clock,
      limits: this.#limits,
      opened: (wire) => {
        const { instance } = this.#options
        const clusterId = this.#options.clusterId?.()
        this.#say(wire, {
          type: 'hello',
          version: protocolVersion,
          instance,
          addresses: this.#seats.all(),
          ...(clusterId !== undefined && { clusterId }),
        })
      },
      received: (text, wire) => this.#receive(text, wire),
      // One that left its token just now was not there yet when this attempt looked for it.
      ended: (reason, denied) => this.#lose(reason, denied && token === this.#options.token()),
    })
  }

  #say(wire: Wire, frame: FromSpoke): void {
    wire.tell(frame)
  }

  #receive(text: string | undefined, wire: Wire): void {
    const frame = this.#parse(text)
    if (frame.kind === 'problem') return this.#reject(wire, closeCodes.badFrame, frame.problem)
    if (frame.kind === 'control') return this.#hear(frame.control, wire)
    for (const value of frame.envelopes) {
      if (wire.isOver) return
      const inspected = inspect(value, this.#options.check, () => true)
      if ('problem' in inspected) return this.#reject(wire, inspected.code, inspected.problem)
      this.#local.send(inspected.envelope)
    }
  }

  #hear(control: FromHub, wire: Wire): void {
    if (control.type === 'joined') return this.#seats.joined(control.address)
    if (control.type === 'refused') return this.#seats.refused(control.address, control.reason)
    if (this.#wire === wire) return this.#reject(wire, closeCodes.badFrame, 'it says welcome twice')
    this.#wire = wire
    this.#openedAtMs = this.#options.clock.now()
    this.#options.onNews?.({ type: 'open' })
    this.#seats.welcome(control.refused)
  }

  #reject(wire: Wire, code: number, problem: string): void {
    this.#mark('link.rejected', `the master at ${this.#options.master}: ${problem}`)
    wire.end(code, problem)
  }

  #lose(reason: string, denied: boolean): void {
    const { clock, random, master } = this.#options
    const { reconnectMinMs, reconnectMaxMs } = this.#limits
    const wasOpen = this.#wire !== undefined
    this.#wire = undefined
    this.#attempt = undefined
    this.#seats.lost()
    if (this.#isClosed) return
    if (wasOpen) this.#closed()
    if (wasOpen && clock.now() - this.#openedAtMs >= settledAfterMs) this.#attempts = 0
    const ceilingMs = Math.min(reconnectMaxMs, reconnectMinMs * 2 ** Math.min(this.#attempts++, 30))
    this.#retry = clock.setTimer(() => this.#dial(), ceilingMs * (0.5 + random() / 2))
    const detail = `the link to the master at ${master}: ${reason}`
    this.#note({ type: 'down', reason, denied }, wasOpen ? 'link.lost' : undefined, detail)
  }

  /** Later, because a link may break while somebody sends. */
  #closed(): void {
    this.#options.clock.soon(() => {
      for (const watchers of this.#watchers.values()) {
        for (const watcher of watchers) watcher.closed()
      }
    })
  }

  #note(news: LinkNews, mark: string | undefined, detail: string): void {
    if (mark !== undefined) this.#mark(mark, detail)
    this.#options.onNews?.(news)
  }

  #mark(name: string, detail: string): void {
    this.#options.onMark?.({ name, detail })
  }
}
