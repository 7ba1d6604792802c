import type { Transport } from '../../src/actors/ports.ts'
import type {
  Address,
  Envelope,
  Filters,
  Message,
  Offer,
  Operation,
  OperationStatus,
  Resources,
  TaskInfo,
  TaskStatus,
} from '../../src/messages/index.ts'
import { MessageLog } from './message-log.ts'

/** A mailbox that says whatever a test wants, and keeps what it hears. */
export class FakeScheduler {
  readonly address: Address
  /** Whether it acknowledges updates, as a scheduler should. */
  acknowledges = true
  /** What it says to each offer at once; nothing by default. */
  answer: (offer: Offer) => void = () => {}
  readonly #transport: Transport
  readonly #unsubscribe: () => void
  readonly #log = new MessageLog()
  readonly #offers = new Map<string, Offer>()

  constructor(transport: Transport, address: Address) {
    this.address = address
    this.#transport = transport
    this.#unsubscribe = transport.subscribe(address, (envelopes) => {
      for (const envelope of envelopes) this.#hear(envelope)
    })
  }

  say(message: Message): void {
    this.#transport.send({ from: this.address, to: 'master', message })
  }

  /** Its host reports that it is gone. */
  crash(): void {
    this.#unsubscribe()
    const reason = 'it crashed'
    this.say({ type: 'lifecycle.exited', address: this.address, reason })
  }

  launch(offers: Offer | readonly Offer[], tasks: TaskInfo[], filters?: Filters): void {
    const offerIds = [offers].flat().map(({ offerId }) => offerId)
    for (const id of offerIds) this.#offers.delete(id)
    this.say({ type: 'task.launch', offerIds, tasks, ...(filters && { filters }) })
  }

  accept(offers: Offer | readonly Offer[], operations: Operation[], filters?: Filters): void {
    const offerIds = [offers].flat().map(({ offerId }) => offerId)
    for (const id of offerIds) this.#offers.delete(id)
    this.say({ type: 'allocation.accept', offerIds, operations, ...(filters && { filters }) })
  }

  /** What it heard of its operations, oldest first. */
  get operations(): OperationStatus[] {
    return this.heard('allocation.operationUpdate').flatMap(({ updates }) =>
      updates.flatMap((update) => ('operationId' in update ? [update] : [])),
    )
  }

  decline(offer: Offer, filters?: Filters): void {
    this.#offers.delete(offer.offerId)
    const { offerId } = offer
    this.say({ type: 'allocation.decline', offerIds: [offerId], ...(filters && { filters }) })
  }

  kill(taskId: string): void {
    this.say({ type: 'task.kill', kills: [{ taskId }] })
  }

  /** Offers that are open: neither answered nor rescinded. */
  get offers(): Offer[] {
    return [...this.#offers.values()]
  }

  /** The one open offer; fails when there is none, or another. */
  get offer(): Offer {
    const [offer, other] = this.offers
    if (offer === undefined || other !== undefined) {
      throw new Error(`${this.address} has ${this.#offers.size} open offers, not one`)
    }
    return offer
  }

  heard<Type extends Message['type']>(type: Type) {
    return this.#log.sent(type)
  }

  /** Every update it heard of a task, oldest first. */
  updates(taskId: string): TaskStatus[] {
    const statuses: TaskStatus[] = []
    for (const { updates } of this.heard('task.update')) {
      for (const update of updates) statuses.push('status' in update ? update.status : update)
    }
    return statuses.filter((status) => status.taskId === taskId)
  }

  /** The states it heard of a task, oldest first. */
  states(taskId: string): string[] {
    return this.updates(taskId).map(({ state }) => state)
  }

  /** The id under which the master knows it. */
  get frameworkId(): string {
    const [registered] = this.heard('lifecycle.registered')
    if (registered === undefined) throw new Error(`${this.address} is not registered`)
    return registered.frameworkId
  }

  #hear(envelope: Envelope): void {
    this.#log.add(envelope)
    const { message } = envelope
    if (message.type === 'allocation.offer') {
      for (const offer of message.offers) {
        this.#offers.set(offer.offerId, offer)
        this.answer(offer)
      }
    } else if (message.type === 'allocation.rescind') {
      for (const id of message.offerIds) this.#offers.delete(id)
    } else if (message.type === 'task.update' && this.acknowledges) {
      for (const update of message.updates) {
        if (!('status' in update)) this.acknowledge(update)
      }
    }
  }

  acknowledge({ taskId, agentId, uuid }: TaskStatus): void {
    if (uuid === undefined || agentId === undefined) return
    this.say({ type: 'task.acknowledge', acknowledgements: [{ taskId, agentId, uuid }] })
  }
}

/** A command task on the agent of an offer. */
export function commandOn(
  offer: Offer,
  taskId: string,
  resources: Resources,
  rest: Partial<TaskInfo> = {},
): TaskInfo {
  const command = { value: 'true' }
  return { taskId, name: taskId, agentId: offer.agentId, resources, command, ...rest }
}
