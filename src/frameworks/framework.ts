import type { InverseOffer, Offer, OperationStatus, TaskStatus } from '../messages/index.ts'
import type { Failure } from '../messages/lifecycle.ts'
import { ClosedError } from '../model/errors.ts'
import type { Amounts } from '../model/resources/amounts.ts'
import { resourcesOf } from '../model/resources/amounts.ts'
import { Deferred } from './deferred.ts'
import { type OperationRequest, operationsOn } from './operations.ts'
import { placedOn } from './placement.ts'
import { Scheduler, type SchedulerParts } from './scheduler.ts'
import { checkDuration, type TaskRequest, taskOf } from './task-request.ts'

type Maybe = void | Promise<void>
type OneOrMore<Item> = Item | readonly Item[]

/** An own scheduler. Every callback may be async; what it throws fails this framework alone. */
export interface FrameworkCallbacks {
  /** The master knows the framework; also after a lost master. */
  registered?(frameworkId: string, reply: Framework): Maybe
  /**
   * Answer each offer: accept it, launch on it or decline it. What is ignored is rescinded after a
   * while.
   */
  offers(offers: readonly Offer[], reply: Framework): Maybe
  /** A new state of a task; acknowledged when this returns. */
  update?(status: TaskStatus, reply: Framework): Maybe
  /** What became of an operation of `accept`; with this, each has an id. Told at most once. */
  operation?(status: OperationStatus, reply: Framework): Maybe
  /** An offer is void. */
  rescinded?(offerId: string, reply: Framework): Maybe
  /**
   * Agents that are to be worked on, where it holds something: say whether it will have left them
   * in time. Asked again after each answer, and when nobody answers; it binds nobody.
   */
  inverseOffers?(offers: readonly InverseOffer[], reply: Framework): Maybe
  /** An inverse offer is void. */
  inverseRescinded?(inverseOfferId: string, reply: Framework): Maybe
  /** An executor of this framework says something. */
  message?(message: ExecutorMessage, reply: Framework): Maybe
  /** A hint that an agent or executor with tasks of this framework is gone. */
  failure?(failure: Failure, reply: Framework): Maybe
  disconnected?(message: string): Maybe
  /** The end: refused by the master, or a callback threw. */
  failed?(error: Error): void
}

/** What an executor has to say to its scheduler. */
export interface ExecutorMessage {
  readonly agentId: string
  readonly executorId: string
  readonly data: Uint8Array
}

/** A framework with its own scheduler: true two-level scheduling. */
export class Framework {
  readonly name: string
  /** The id, once the master knows the framework; rejects when it is refused. */
  readonly registered: Promise<string>
  /** Resolves when the framework has ended; to the error, when it failed. */
  readonly ended: Promise<Error | undefined>
  readonly #scheduler: Scheduler
  readonly #hearsOperations: boolean

  constructor(parts: SchedulerParts, callbacks: FrameworkCallbacks) {
    this.name = parts.info.name
    this.#hearsOperations = callbacks.operation !== undefined
    const registered = new Deferred<string>()
    const ended = new Deferred<Error | undefined>()
    this.registered = registered.promise
    this.ended = ended.promise
    this.registered.catch(() => {})
    this.#scheduler = new Scheduler(parts, {
      registered: (id) => {
        registered.resolve(id)
        return callbacks.registered?.(id, this)
      },
      offers: (offers) => callbacks.offers(offers, this),
      updates: (updates) => each(updates, (status) => callbacks.update?.(status, this)),
      operations: (updates) => each(updates, (status) => callbacks.operation?.(status, this)),
      rescinded: (ids) => each(ids, (id) => callbacks.rescinded?.(id, this)),
      inverseOffers: (offers) => callbacks.inverseOffers?.(offers, this),
      inverseRescinded: (ids) => each(ids, (id) => callbacks.inverseRescinded?.(id, this)),
      message: ({ data, ...from }) =>
        callbacks.message?.({ ...from, data: Buffer.from(data, 'base64') }, this),
      failure: (failure) => callbacks.failure?.(failure, this),
      disconnected: (message) => callbacks.disconnected?.(message),
      failed: (message) => {
        const cause = parts.cause?.()
        const error = new ClosedError(
          `framework ${this.name} failed: ${message}`,
          cause && { cause },
        )
        registered.reject(error)
        ended.resolve(error)
        callbacks.failed?.(error)
      },
      stopped: () => {
        registered.reject(new ClosedError(`framework ${this.name} stopped`))
        ended.resolve(undefined)
      },
    }).start()
  }

  /**
   * Starts tasks on one or more offers of one agent; what they leave goes back to the pool and is
   * not offered again for `refuseSeconds` (default 5). Plain names of what is reserved, and ports
   * by number, are chosen from the offers. Throws InvalidInputError for a bad request.
   */
  launch(
    offers: OneOrMore<Offer>,
    tasks: OneOrMore<TaskRequest>,
    filters?: { refuseSeconds?: number },
  ): void {
    const list = listOf(offers)
    const agentId = list[0]?.agentId ?? ''
    this.#scheduler.call({
      type: 'call.launch',
      offerIds: list.map((offer) => offer.offerId),
      tasks: placedOn(list, listOf(tasks).map(taskOf)).map((task) => ({ ...task, agentId })),
      ...(filters && { filters }),
    })
  }

  /**
   * Does operations in order with one or more offers of one agent: reserves, makes volumes,
   * launches (`reserve`, `createVolume`, `launch`, …). One that cannot be done is left out. What
   * is not used goes back to the pool; what was offered is not offered again for `refuseSeconds`
   * (default 5), unless it was changed. Throws InvalidInputError for a bad task.
   */
  accept(
    offers: OneOrMore<Offer>,
    operations: OneOrMore<OperationRequest>,
    filters?: { refuseSeconds?: number },
  ): void {
    const list = listOf(offers)
    const { offerId = '' } = list[0] ?? {}
    const nameless = this.#hearsOperations
      ? (index: number) => `${offerId}.${index + 1}`
      : undefined
    this.#scheduler.call({
      type: 'call.accept',
      offerIds: list.map((offer) => offer.offerId),
      operations: operationsOn(list, listOf(operations), nameless),
      ...(filters && { filters }),
    })
  }

  /** Gives offers back; the same is not offered again for `refuseSeconds` (default 5). */
  decline(offers: OneOrMore<Offer>, filters?: { refuseSeconds?: number }): void {
    const offerIds = listOf(offers).map((offer) => offer.offerId)
    this.#scheduler.call({ type: 'call.decline', offerIds, ...(filters && { filters }) })
  }

  /** Will have left these agents in time; asked again after `refuseSeconds` (default 5). */
  acceptInverse(offers: OneOrMore<InverseOffer>, filters?: { refuseSeconds?: number }): void {
    this.#answerInverse('call.acceptInverse', offers, filters)
  }

  /** Will not leave these agents by itself; asked again after `refuseSeconds` (default 5). */
  declineInverse(offers: OneOrMore<InverseOffer>, filters?: { refuseSeconds?: number }): void {
    this.#answerInverse('call.declineInverse', offers, filters)
  }

  /** Ends a task; its update tells how it ended. */
  kill(taskId: string, options: { graceMs?: number } = {}): void {
    const { graceMs } = options
    checkDuration(`task ${taskId}`, 'graceMs', graceMs)
    const killPolicy = graceMs === undefined ? {} : { killPolicy: { gracePeriodMs: graceMs } }
    this.#scheduler.call({ type: 'call.kill', kills: [{ taskId, ...killPolicy }] })
  }

  /** Forgets its filters and asks for offers again, in these roles or in all. */
  revive(roles?: readonly string[]): void {
    this.#scheduler.call({ type: 'call.revive', ...(roles && { roles: [...roles] }) })
  }

  /** Wants no offers until it revives, in these roles or in all. */
  suppress(roles?: readonly string[]): void {
    this.#scheduler.call({ type: 'call.suppress', ...(roles && { roles: [...roles] }) })
  }

  /** Says what it could use: a hint that makes the master look at the pool at once. */
  request(...amounts: Amounts[]): void {
    const requests = amounts.map((wanted) => ({ resources: resourcesOf('the request', wanted) }))
    this.#scheduler.call({ type: 'call.request', requests })
  }

  /** Says something to one of its executors, as far as that is there: it may get lost. */
  message(to: { agentId: string; executorId: string }, data: Uint8Array | string): void {
    const { agentId, executorId } = to
    const encoded = Buffer.from(data).toString('base64')
    this.#scheduler.call({ type: 'call.message', agentId, executorId, data: encoded })
  }

  /** Ends one of its executors with all its tasks: asked first, then forced. */
  shutdownExecutor({ agentId, executorId }: { agentId: string; executorId: string }): void {
    this.#scheduler.call({ type: 'call.shutdownExecutor', agentId, executorId })
  }

  /**
   * Asks for the states of these tasks, or of all; the answers come as updates. Of a task whose end
   * it has heard there is nothing more to say.
   */
  reconcile(tasks: { taskId: string; agentId?: string }[] = []): void {
    this.#scheduler.call({ type: 'call.reconcile', tasks })
  }

  /** Leaves for good; its tasks are killed. Resolves when the scheduler has ended. */
  async stop(): Promise<void> {
    this.#scheduler.call({ type: 'call.stop' })
    await this.ended
  }

  #answerInverse(
    type: 'call.acceptInverse' | 'call.declineInverse',
    offers: OneOrMore<InverseOffer>,
    filters?: { refuseSeconds?: number },
  ): void {
    const inverseOfferIds = listOf(offers).map(({ inverseOfferId }) => inverseOfferId)
    this.#scheduler.call({ type, inverseOfferIds, ...(filters && { filters }) })
  }
}

function listOf<Item>(items: OneOrMore<Item>): readonly Item[] {
  return isList(items) ? items : [items]
}

function isList<Item>(items: OneOrMore<Item>): items is readonly Item[] {
  return Array.isArray(items)
}

/** Calls back for each item in turn, waiting where the callback is async. */
function each<Item>(items: readonly Item[], callback: (item: Item) => Maybe): Maybe {
  for (const [index, item] of items.entries()) {
    const result = callback(item)
    if (result instanceof Promise) {
      return result.then(() => each(items.slice(index + 1), callback))
    }
  }
}
