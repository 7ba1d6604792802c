import { InvalidInputError } from '../../model/errors.ts'
import type { Needs } from '../../model/resources/amounts.ts'

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** The words of a command, taken one by one. What is not as expected throws InvalidInputError. */
export class Words {
  readonly #words: string[]

  constructor(command: string) {
    this.#words = command.split(/\s+/).filter((word) => word !== '')
  }

  get isEmpty(): boolean {
    return this.#words.length === 0
  }

  take(what: string): string {
    const word = this.#words.shift()
    if (word === undefined) throw new InvalidInputError(`${what} is missing`)
    return word
  }

  /** Takes the word, when it is the next one. */
  takes(word: string): boolean {
    if (this.#words[0] !== word) return false
    this.#words.shift()
    return true
  }

  /** Takes words until one of these comes, or all. */
  until(...keywords: readonly string[]): string[] {
    const end = this.#words.findIndex((word) => keywords.includes(word))
    return this.#words.splice(0, end === -1 ? this.#words.length : end)
  }

  /** A number that follows its name, when the name is next: `cpus 2`. */
  number(name: string): number | undefined {
    if (!this.takes(name)) return undefined
    const value = Number(this.take(`the number of ${name}`))
    if (!Number.isFinite(value)) throw new InvalidInputError(`${name} is no number`)
    return value
  }

  /** `30s`, after its name, when the name is next; in milliseconds. */
  duration(name: string): number | undefined {
    return this.takes(name) ? durationOf(this.take('a duration')) : undefined
  }

  /** `cpus 1 mem 512 ports 2`, in this order; what is left out is not needed. */
  needs(): Needs {
    const [cpus, mem, ports] = ['cpus', 'mem', 'ports'].map((name) => this.number(name))
    return {
      ...(cpus !== undefined && { cpus }),
      ...(mem !== undefined && { mem }),
      ...(ports !== undefined && { ports }),
    }
  }

  /** All that is left, as it is written but for spaces. */
  rest(): string {
    return this.#words.splice(0).join(' ')
  }

  end(): void {
    if (!this.isEmpty) throw new InvalidInputError(`${this.rest()} means nothing here`)
  }
}

/** In milliseconds. */
export function durationOf(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  const factor = units[unit]
  if (factor === undefined) throw new InvalidInputError(`${text} is no duration such as 500ms, 30s`)
  return Number(amount) * factor
}
