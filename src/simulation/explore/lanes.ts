import type { Envelope, Message } from '../../messages/index.ts'
import { assert } from '../../model/assert.ts'
import { answeredBy } from '../properties/offer-register.ts'
import { frozen } from './codec.ts'
import { offerNumber } from './master-process.ts'

/** Room for so many different messages; keys of two numbers need a bound for one of them. */
export const wordsMax = 2 ** 22

/** A bit for each of the small numbers. */
export function maskOf(numbers: readonly number[]): number {
  let mask = 0
  for (const number of numbers) {
    assert(number < 31, () => `${number} is too large a number for an exploration`)
    mask |= 1 << number
  }
  return mask
}

/** Every message that was ever sent, by number: the same words have the same number. */
export class Messages {
  readonly #numbers = new Map<string, number>()
  readonly #envelopes: Envelope[] = []
  /** The offers that each speaks of, as a mask. */
  readonly #offers: number[] = []

  numberOf({ from, to, message }: Envelope): number {
    const text = JSON.stringify([from, to, message])
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const copy: Message = JSON.parse(JSON.stringify(message))
    const number = this.#envelopes.length
    assert(number < wordsMax, () => 'there are more different messages than can be told apart')
    this.#numbers.set(text, number)
    this.#envelopes.push(frozen({ from, to, message: copy }))
    this.#offers.push(maskOf(offersIn(copy).map(offerNumber)))
    return number
  }

  get size(): number {
    return this.#envelopes.length
  }

  get(number: number): Envelope {
    const envelope = this.#envelopes[number]
    assert(envelope !== undefined, () => `there is no message ${number}`)
    return envelope
  }

  offersOf(number: number): number {
    return this.#offers[number] ?? 0
  }
}

/** What the master's own side of a link notices; that is never lost. */
export function isNotice({ message }: Envelope): boolean {
  return message.type === 'lifecycle.exited'
}

function offersIn(message: Message): readonly string[] {
  if (message.type === 'allocation.offer') return message.offers.map(({ offerId }) => offerId)
  if (message.type === 'allocation.rescind') return message.offerIds
  return answeredBy(message) ?? []
}

/** What can be on its way from one process to another, in order; by number, and 0 is nothing. */
export class Lanes {
  readonly #messages: Messages
  readonly #items: (readonly number[])[] = [[]]
  readonly #longer = new Map<number, number>()
  readonly #rests: number[] = [0]
  readonly #offers: number[] = [0]

  constructor(messages: Messages) {
    this.#messages = messages
  }

  itemsOf(lane: number): readonly number[] {
    return this.#items[lane] ?? []
  }

  /** The first message; asked only when there is one. */
  head(lane: number): number {
    return this.#items[lane]?.[0] ?? 0
  }

  offersOf(lane: number): number {
    return this.#offers[lane] ?? 0
  }

  push(lane: number, message: number): number {
    const key = lane * wordsMax + message
    const known = this.#longer.get(key)
    if (known !== undefined) return known
    const number = this.#items.length
    this.#items.push([...this.itemsOf(lane), message])
    this.#offers.push(this.offersOf(lane) | this.#messages.offersOf(message))
    this.#longer.set(key, number)
    return number
  }

  /** What is left when the first message has arrived. */
  rest(lane: number): number {
    const known = this.#rests[lane]
    if (known !== undefined) return known
    let rest = 0
    for (const message of this.itemsOf(lane).slice(1)) rest = this.push(rest, message)
    this.#rests[lane] = rest
    return rest
  }
}
