import type { Transport } from '../actors/ports.ts'
import { Deferred } from '../frameworks/deferred.ts'
import type {
  UpdatePriorities,
  UpdateQuotas,
  UpdateWeights,
  UpdateWhitelist,
} from '../messages/allocation.ts'
import { type Address, type Envelope, MASTER, OPERATOR } from '../messages/index.ts'
import { ClosedError, InvalidInputError } from '../model/errors.ts'

/** What an operator asks of the master. */
export type Setting = UpdateWeights | UpdatePriorities | UpdateQuotas | UpdateWhitelist

/** Whoever runs the cluster: asks the master, and waits for its answer. */
export class Operator {
  readonly #transport: Transport
  readonly #address: Address
  readonly #waiting = new Map<string, Deferred<void>>()
  readonly #unsubscribe: () => void
  #requests = 0
  #isClosed = false

  /** Each has an address of its own; that of the master's process has the short one. */
  constructor(transport: Transport, address = OPERATOR) {
    this.#transport = transport
    this.#address = address
    this.#unsubscribe = transport.subscribe(address, (envelopes) => this.#receive(envelopes))
  }

  /** The same for what was checked already: nobody waits for an answer. */
  tell(message: Setting): void {
    this.#transport.send({ from: this.#address, to: MASTER, message })
  }

  /**
   * Resolves when the setting counts; rejects with InvalidInputError when it is refused, with
   * ClosedError when nobody answers any more.
   */
  ask(setting: Setting): Promise<void> {
    if (this.#isClosed) return Promise.reject(new ClosedError('the cluster is closed'))
    const requestId = `${++this.#requests}`
    const answer = new Deferred<void>()
    this.#waiting.set(requestId, answer)
    const message = { ...setting, requestId }
    this.#transport.send({ from: this.#address, to: MASTER, message })
    return answer.promise
  }

  /** Nobody will answer any more. */
  close(): void {
    this.#isClosed = true
    this.#unsubscribe()
    for (const answer of this.#waiting.values()) {
      answer.reject(new ClosedError('the cluster was closed before the master answered'))
    }
    this.#waiting.clear()
  }

  #receive(envelopes: readonly Envelope[]): void {
    for (const { message } of envelopes) {
      if (message.type !== 'allocation.updated' && message.type !== 'allocation.refused') continue
      const answer = this.#waiting.get(message.requestId)
      this.#waiting.delete(message.requestId)
      if (message.type === 'allocation.updated') answer?.resolve()
      else answer?.reject(new InvalidInputError(message.message))
    }
  }
}
