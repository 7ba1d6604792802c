import type { Transport } from '../actors/ports.ts'
import { Deferred } from '../frameworks/deferred.ts'
import {
  type Address,
  type Envelope,
  MASTER,
  type Message,
  OPERATOR,
  type OperatorMessage,
  type OperatorRequest,
} from '../messages/index.ts'
import { ClosedError, InvalidInputError } from '../model/errors.ts'

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
  tell(message: OperatorRequest): void {
    this.#transport.send({ from: this.#address, to: MASTER, message })
  }

  /**
   * Resolves when the setting counts; rejects with InvalidInputError when it is refused, with
   * ClosedError when nobody answers any more.
   */
  ask(setting: OperatorRequest): Promise<void> {
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
      if (!isAnswer(message)) continue
      const answer = this.#waiting.get(message.requestId)
      this.#waiting.delete(message.requestId)
      if ('message' in message) answer?.reject(refusalOf(message))
      else answer?.resolve()
    }
  }
}

function refusalOf(refused: OperatorMessage & { readonly message: string }): InvalidInputError {
  const isConflict = 'isConflict' in refused && refused.isConflict === true
  return new InvalidInputError(refused.message, { isConflict })
}

function isAnswer(message: Message): message is OperatorMessage {
  return message.type.endsWith('.updated') || message.type.endsWith('.refused')
}
