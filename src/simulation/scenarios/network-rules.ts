import type { Envelope } from '../../messages/index.ts'
import type { Fate } from '../world/network.ts'

interface Once {
  readonly type: string
  readonly to: string | undefined
  readonly times: 0 | 2
}

/** What a scenario does to messages. Names are those of processes, pairs are ordered. */
export class NetworkRules {
  readonly #cuts = new Set<string>()
  readonly #delays = new Map<string, number>()
  #once: Once[] = []

  cut(from: string, to: string): void {
    this.#cuts.add(`${from} ${to}`)
  }

  mend(from: string, to: string): void {
    this.#cuts.delete(`${from} ${to}`)
  }

  delay(from: string, to: string, delayMs: number): void {
    this.#delays.set(`${from} ${to}`, delayMs)
  }

  /** The next message of the type, to that address if one is given, arrives so often. */
  next(type: string, times: 0 | 2, to: string | undefined): void {
    this.#once.push({ type, times, to })
  }

  readonly fateOf = (from: string, to: string): Fate => {
    const delayMs = this.#delays.get(`${from} ${to}`) ?? 0
    return this.#cuts.has(`${from} ${to}`) ? { delayMs, lost: 'partition' } : { delayMs }
  }

  /** What arrives in place of a message that is about to be delivered. */
  arriving(envelope: Envelope): readonly Envelope[] {
    const { message, to } = envelope
    const rule = this.#once.find((one) => one.type === message.type && (one.to ?? to) === to)
    if (rule === undefined) return [envelope]
    this.#once = this.#once.filter((one) => one !== rule)
    return Array.from({ length: rule.times }, () => envelope)
  }
}
