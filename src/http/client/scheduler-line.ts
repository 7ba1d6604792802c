import type { Clock, Link, LinkWatcher, Receive, Transport } from '../../actors/ports.ts'
import {
  type Address,
  type Envelope,
  type FrameworkInfo,
  MASTER,
  type Message,
  type SchedulerMessage,
} from '../../messages/index.ts'
import type { Mark } from '../../model/turn.ts'
import type { FromScheduler } from '../wire/call-writer.ts'
import type { RefusedError } from './errors.ts'
import type { StreamEnding } from './event-stream.ts'
import type { Server } from './server.ts'
import { defaultSubscriptionLimits, Subscription, type SubscriptionLimits } from './subscription.ts'

/** How the way to a master stands. */
export type LineNews =
  | { readonly type: 'open'; readonly place: string }
  /** It broke or could not be made; it is tried again, unless the master does not want it. */
  | { readonly type: 'down'; readonly reason: string; readonly denied: boolean }

export interface SchedulerLineOptions {
  /** Where masters may be; the next one is tried when one does not answer. */
  readonly servers: readonly Server[]
  /** The one scheduler that speaks. */
  readonly address: Address
  readonly info: FrameworkInfo
  readonly clock: Clock
  readonly limits?: Partial<SubscriptionLimits>
  readonly onMark: (mark: Mark) => void
  readonly onNews?: (news: LineNews) => void
}

/** A subscription that lasted for so long was a good one. */
const settledAfterMs = 5_000
/** After some that did not, the next has to wait, longer and longer. */
const restMs = { first: 250, longest: 5_000 } as const
/** How long the last calls of a scheduler may take that has ended. */
const farewellMs = 5_000

/**
 * The road between one scheduler and its master, over the scheduler API of Mesos v1: what it says
 * becomes calls, events of its subscription become messages. When to try again is the scheduler's
 * decision: each of its registrations is one SUBSCRIBE, as long as none is under way.
 */
export class SchedulerLine implements Transport, Link {
  /** Resolves when the scheduler has ended and its last calls are answered, as far as they are. */
  readonly left: Promise<void>
  readonly #options: SchedulerLineOptions
  readonly #limits: SubscriptionLimits
  #receive: Receive | undefined
  #watcher: LinkWatcher | undefined
  #inbox: Envelope[] = []
  #subscription: Subscription | undefined
  #isOpen = false
  #openedAtMs = 0
  #restUntilMs = 0
  #shortLives = 0
  #tries = 0
  #refusal: RefusedError | undefined
  #isLeaving = false
  #hasLeft: () => void = () => {}

  constructor(options: SchedulerLineOptions) {
    this.#options = options
    this.#limits = { ...defaultSubscriptionLimits, ...options.limits }
    this.left = new Promise((resolve) => {
      this.#hasLeft = resolve
    })
  }

  /** Why the master does not want this scheduler, if it said so. */
  get refusal(): RefusedError | undefined {
    return this.#refusal
  }

  send({ message }: Envelope): void {
    if (this.#isLeaving) return
    if (message.type === 'lifecycle.exited') return this.#leave()
    if (!isFromScheduler(message)) return
    if (message.type !== 'lifecycle.register' && message.type !== 'lifecycle.reregister') {
      return this.#subscription?.say(message)
    }
    if (this.#subscription !== undefined) return
    if (this.#options.clock.now() >= this.#restUntilMs) this.#subscribe(message)
  }

  subscribe(_address: Address, receive: Receive): () => void {
    this.#receive = receive
    return () => {
      this.#receive = undefined
    }
  }

  watch(_address: Address, watcher: LinkWatcher): () => void {
    this.#watcher = watcher
    return () => {
      this.#watcher = undefined
    }
  }

  /** Says something to the scheduler as its master would. */
  tell(message: SchedulerMessage): void {
    this.#inbox.push({ from: MASTER, to: this.#options.address, message })
    if (this.#inbox.length > 1) return
    this.#options.clock.soon(() => {
      const envelopes = this.#inbox
      this.#inbox = []
      this.#receive?.(envelopes)
    })
  }

  close(): void {
    this.#isLeaving = true
    this.#subscription?.close()
    this.#subscription = undefined
    this.#hasLeft()
  }

  #subscribe(message: FromScheduler): void {
    const { servers, info, clock, onMark } = this.#options
    const server = servers[this.#tries % servers.length]
    if (server === undefined) return
    this.#isOpen = false
    this.#subscription = new Subscription(message, {
      server,
      info,
      clock,
      limits: this.#limits,
      onMark,
      subscribed: ({ url }) => this.#opened(url.origin),
      heard: (heard) => this.tell(heard),
      ended: (ending) => this.#ended(ending),
    })
  }

  #opened(place: string): void {
    this.#isOpen = true
    this.#openedAtMs = this.#options.clock.now()
    this.#options.onNews?.({ type: 'open', place })
  }

  #ended({ reason, refusal }: StreamEnding): void {
    this.#subscription = undefined
    if (this.#isOpen) this.#rest()
    else this.#tries += 1
    this.#isOpen = false
    if (this.#isLeaving) return this.#hasLeft()
    const denied = refusal !== undefined
    this.#options.onNews?.({ type: 'down', reason, denied })
    if (denied) {
      this.#refusal = refusal
      return this.tell({ type: 'lifecycle.error', message: refusal.message })
    }
    this.#options.onMark({ name: 'link.lost', detail: reason })
    // After what was heard before.
    this.#options.clock.soon(() => this.#watcher?.closed())
  }

  /** A master that takes each subscription and drops it at once is not to be asked in a loop. */
  #rest(): void {
    const now = this.#options.clock.now()
    const isShort = now - this.#openedAtMs < settledAfterMs
    this.#shortLives = isShort ? this.#shortLives + 1 : 0
    const { first, longest } = restMs
    // One that breaks once is nothing special.
    if (this.#shortLives < 2) return
    this.#restUntilMs = now + Math.min(longest, first * 2 ** (this.#shortLives - 2))
  }

  /** Its last words are queued: they are said, and that was it. */
  #leave(): void {
    this.#isLeaving = true
    const { clock } = this.#options
    const patience = clock.setTimer(() => this.close(), farewellMs)
    const drained = this.#isOpen ? this.#subscription?.drained() : undefined
    void Promise.resolve(drained).then(() => {
      clock.clearTimer(patience)
      this.close()
    })
  }
}

const spoken: ReadonlySet<Message['type']> = new Set<FromScheduler['type']>([
  'lifecycle.register',
  'lifecycle.reregister',
  'lifecycle.unregister',
  'lifecycle.describeFramework',
  'lifecycle.shutdownExecutor',
  'allocation.request',
  'allocation.accept',
  'allocation.decline',
  'allocation.revive',
  'allocation.suppress',
  'allocation.acceptInverse',
  'allocation.declineInverse',
  'task.launch',
  'task.kill',
  'task.acknowledge',
  'task.reconcile',
  'task.message',
])

/** Its scheduler says nothing else; others do not know this road. */
function isFromScheduler(message: Message): message is FromScheduler {
  return spoken.has(message.type)
}
