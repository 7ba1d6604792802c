import { Host, type HostOptions } from '../actors/host.ts'
import type { Link } from '../actors/ports.ts'
import type {
  FrameworkInfo,
  InverseOffer,
  Offer,
  OperationStatus,
  TaskStatus,
} from '../messages/index.ts'
import type { Failure } from '../messages/lifecycle.ts'
import { assert } from '../model/assert.ts'
import type { Call, Notice, SchedulerEffect, SchedulerOptions } from '../model/scheduler/book.ts'
import type { Timeouts } from '../model/timeouts.ts'

/** What a framework does with what it hears. What throws here fails the framework, and only it. */
export interface SchedulerCallbacks {
  /** The master knows the framework; also after a lost master. */
  registered?(frameworkId: string): void | Promise<void>
  /** Offers to take or leave. */
  offers(offers: readonly Offer[]): void | Promise<void>
  /** Offers that are void. */
  rescinded?(offerIds: readonly string[]): void | Promise<void>
  /** Agents that are to be worked on: will it have left them in time? */
  inverseOffers?(offers: readonly InverseOffer[]): void | Promise<void>
  /** Inverse offers that are void. */
  inverseRescinded?(inverseOfferIds: readonly string[]): void | Promise<void>
  /** New states of tasks; acknowledged when this returns. */
  updates?(updates: readonly TaskStatus[]): void | Promise<void>
  /** What became of operations. */
  operations?(updates: readonly OperationStatus[]): void | Promise<void>
  /** What an executor has to say; base64. */
  message?(message: ExecutorMessageNotice): void | Promise<void>
  /** A hint that an agent or executor is gone. */
  failure?(failure: Failure): void | Promise<void>
  /** The master is silent; the scheduler registers again by itself. */
  disconnected?(message: string): void | Promise<void>
  /** The end: refused by the master, or a callback threw. */
  failed?(message: string): void
  /** The end: it stopped as asked. */
  stopped?(): void
}

/** Data from an executor of the framework, in base64. */
export type ExecutorMessageNotice = Extract<Notice, { type: 'message' }>

export interface SchedulerParts {
  readonly host: Omit<HostOptions, 'input' | 'perform' | 'onEnd' | 'watchers'>
  readonly info: FrameworkInfo
  readonly suppressedRoles?: readonly string[]
  /** The id of the framework, when an earlier instance of this scheduler registered it. */
  readonly frameworkId?: string
  readonly seed: number
  readonly timeouts: Timeouts
  /** The way to the master, when that is in another process. */
  readonly link?: Link
  /** Why it failed, where whoever is on the way to the master knows more than a sentence. */
  readonly cause?: () => Error | undefined
}

/** A scheduler actor with its owner's code: calls go in, callbacks come out. */
export class Scheduler {
  readonly #host: Host
  readonly #callbacks: SchedulerCallbacks

  constructor(parts: SchedulerParts, callbacks: SchedulerCallbacks) {
    this.#callbacks = callbacks
    const { host, info, seed, timeouts, suppressedRoles = [], frameworkId, link } = parts
    const input: SchedulerOptions = {
      address: host.address,
      info,
      seed,
      timeouts,
      suppressedRoles,
      ...(frameworkId !== undefined && { frameworkId }),
    }
    this.#host = new Host({
      ...host,
      input,
      watchers: ['master'],
      perform: (_type, params) => this.#notify(params),
      onEnd: ({ how, reason }) => {
        stopListening?.()
        if (how === 'crashed') callbacks.failed?.(reason)
      },
    })
    const stopListening = link?.watch(host.address, {
      opened: () => this.#host.post({ type: 'link.opened' }),
      closed: () => this.#host.post({ type: 'link.closed' }),
    })
  }

  start(): this {
    this.#host.start()
    return this
  }

  /** Says something to the master, in order with everything said before. */
  call(call: Call): void {
    this.#host.post(call)
  }

  get ended(): boolean {
    return this.#host.ended
  }

  #notify(params: unknown): void {
    assert(isNotify(params), () => `a scheduler asks for ${JSON.stringify(params)}`)
    const { notice } = params
    try {
      const result = tell(this.#callbacks, notice)
      if (result instanceof Promise) result.catch((error) => this.#fail(notice, error))
    } catch (error) {
      this.#fail(notice, error)
    }
  }

  #fail(notice: Notice, error: unknown): void {
    const what = error instanceof Error ? error.message : String(error)
    this.#host.post({
      type: 'callback.failed',
      message: `the framework's own code threw when it heard ${notice.type}: ${what}`,
    })
  }
}

function tell(callbacks: SchedulerCallbacks, notice: Notice): void | Promise<void> {
  switch (notice.type) {
    case 'registered':
      return callbacks.registered?.(notice.frameworkId)
    case 'offers':
      return callbacks.offers(notice.offers)
    case 'rescinded':
      return callbacks.rescinded?.(notice.offerIds)
    case 'inverseOffers':
      return callbacks.inverseOffers?.(notice.offers)
    case 'inverseRescinded':
      return callbacks.inverseRescinded?.(notice.inverseOfferIds)
    case 'updates':
      return callbacks.updates?.(notice.updates)
    case 'operations':
      return callbacks.operations?.(notice.updates)
    case 'message':
      return callbacks.message?.(notice)
    case 'failure':
      return callbacks.failure?.(notice.failure)
    case 'disconnected':
      return callbacks.disconnected?.(notice.message)
    case 'failed':
      return callbacks.failed?.(notice.message)
    case 'stopped':
      return callbacks.stopped?.()
  }
}

function isNotify(params: unknown): params is SchedulerEffect {
  return typeof params === 'object' && params !== null && 'notice' in params
}
