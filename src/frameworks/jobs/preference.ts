import type { Offer } from '../../messages/index.ts'
import { InvalidInputError } from '../../model/errors.ts'
import { checkKeys } from '../../model/resources/amounts.ts'

type OneOrMore<Item> = Item | readonly Item[]

/**
 * Agents that a job would rather run on. Each part that is given must hold; a list means any of
 * what is in it.
 */
export interface Prefers {
  /** Names of agents. */
  readonly agents?: OneOrMore<string>
  /** Texts or numbers among their attributes, such as `{ rack: ['r1', 'r2'], disk: 'ssd' }`. */
  readonly attributes?: Readonly<Record<string, OneOrMore<string | number>>>
}

/** The wait with which the authors of delay scheduling had 95 % of tasks where they belong. */
export const preferWaitDefaultMs = 5_000

/** What an offer says of where it is. */
export type Place = Pick<Offer, 'hostname' | 'attributes'>

/** What a job prefers, checked, and how to find it again from an offer. */
export class Preference {
  /** The wish as it was given. */
  readonly prefers: Prefers
  /** The same for the same wishes, in whatever order they were written. */
  readonly text: string
  /** An agent that is preferred has one of these terms; one of these alone proves nothing. */
  readonly terms: readonly string[]
  readonly #agents: ReadonlySet<string> | undefined
  readonly #attributes: readonly (readonly [name: string, values: ReadonlySet<string>])[]

  /** Throws InvalidInputError for what names no agents. */
  constructor(what: string, prefers: Prefers) {
    const { agents, attributes = {} } = prefers
    this.prefers = prefers
    const names = agents === undefined ? [] : textsOf(what, 'agents', agents)
    const wanted = Object.entries(attributes)
      .map(([name, values]) => [name, textsOf(what, `attribute ${name}`, values)] as const)
      .sort(([left], [right]) => (left < right ? -1 : 1))
    const [first] = wanted
    if (names.length === 0 && first === undefined) {
      throw new InvalidInputError(`${what}: prefers names neither agents nor attributes`)
    }
    this.#agents = names.length === 0 ? undefined : new Set(names)
    this.#attributes = wanted.map(([name, values]) => [name, new Set(values)])
    this.text = JSON.stringify([names, wanted])
    this.terms = names.length > 0 ? names.map(agentTerm) : termsOfAttribute(first)
  }

  /** Whether the offer is of a preferred agent. */
  matches({ hostname, attributes = {} }: Place): boolean {
    if (this.#agents !== undefined && !this.#agents.has(hostname)) return false
    return this.#attributes.every(([name, wanted]) =>
      textsIn(attributes[name]).some((text) => wanted.has(text)),
    )
  }
}

/** Checks what a caller prefers; nothing when that is nothing. Throws InvalidInputError. */
export function preferenceOf(
  what: string,
  prefers: Prefers | undefined,
  waitMs: number | undefined,
): Preference | undefined {
  if (waitMs !== undefined && !(Number.isFinite(waitMs) && waitMs >= 0)) {
    throw new InvalidInputError(
      `${what}: preferWaitMs is ${waitMs}; give zero or more milliseconds`,
    )
  }
  if (prefers === undefined) {
    if (waitMs === undefined) return undefined
    throw new InvalidInputError(`${what}: preferWaitMs says how long, but prefers is missing`)
  }
  checkKeys(`${what}: prefers`, prefers, ['agents', 'attributes'])
  if (typeof (prefers.attributes ?? {}) !== 'object') {
    throw new InvalidInputError(`${what}: prefers.attributes are pairs such as { rack: 'r1' }`)
  }
  return new Preference(what, prefers)
}

/** The terms of an offer: preferences for its agent are found under one of them. */
export function termsOf({ hostname, attributes }: Place): string[] {
  const terms = [agentTerm(hostname)]
  for (const name in attributes) {
    for (const text of textsIn(attributes[name])) terms.push(attributeTerm(name, text))
  }
  return terms
}

function termsOfAttribute(attribute: readonly [string, readonly string[]] | undefined): string[] {
  if (attribute === undefined) return []
  const [name, values] = attribute
  return values.map((value) => attributeTerm(name, value))
}

function agentTerm(name: string): string {
  return `agent ${name}`
}

function attributeTerm(name: string, value: string): string {
  return `${JSON.stringify(name)}=${value}`
}

/** The values that an agent has under an attribute: one, or each of a set; ranges have none. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** One or many, as sorted texts without doubles. */
function textsOf(what: string, part: string, given: OneOrMore<string | number>): string[] {
  const values: readonly unknown[] = Array.isArray(given) ? given : [given]
  const texts = new Set<string>()
  for (const value of values) {
    if (typeof value !== 'string' && !(typeof value === 'number' && Number.isFinite(value))) {
      throw new InvalidInputError(
        `${what}: prefers ${part} has ${JSON.stringify(value)} in it; give texts or numbers`,
      )
    }
    texts.add(String(value))
  }
  if (texts.size === 0) throw new InvalidInputError(`${what}: prefers ${part} is an empty list`)
  return [...texts].sort()
}
