/**
 * Amounts are values: whether two accounts share one object says nothing. Everything else in a
 * book may be known from two places, and must be the same thing in both after a copy.
 */
const valueKeys: ReadonlySet<string> = new Set([
  'total',
  'free',
  'offered',
  'used',
  'resources',
  'allocated',
  'held',
  'revocable',
  'reserved',
  'capacity',
  'unreserved',
  'refused',
])

type Tree = Record<string, unknown>

/**
 * Writes what an actor knows as text, and reads it back as a copy that may be changed. Two graphs
 * of objects that look alike have one text: maps and sets keep their order, cycles and shared
 * objects are numbered as they are met. Frozen objects are constants: they are kept once, and
 * copies share them.
 */
export class Codec {
  readonly #constants: object[] = []
  readonly #indexOf = new WeakMap<object, number>()
  readonly #byText = new Map<string, number>()
  readonly #quoted = new Map<string, string>()

  encode(value: object): string {
    return this.#text(value, new Map())
  }

  decode<State extends object>(text: string): State {
    const tree: State = JSON.parse(text)
    this.#revive(tree, [])
    return tree
  }

  #keep(text: string, data: object): number {
    const index = this.#constants.length
    this.#constants.push(data)
    this.#byText.set(text, index)
    this.#indexOf.set(data, index)
    return index
  }

  /** Parts of a constant are constants, too. */
  #indexFor(data: object): number {
    const known = this.#indexOf.get(data)
    if (known !== undefined) return known
    const text = JSON.stringify(data)
    const index = this.#byText.get(text) ?? this.#keep(text, data)
    this.#indexOf.set(data, index)
    return index
  }

  #quote(text: string): string {
    const known = this.#quoted.get(text)
    if (known !== undefined) return known
    const quoted = JSON.stringify(text)
    this.#quoted.set(text, quoted)
    return quoted
  }

  #text(value: unknown, seen: Map<object, number>): string {
    if (typeof value === 'string') return this.#quote(value)
    // Too large a number is infinite when it is read.
    if (typeof value === 'number') return value === Number.POSITIVE_INFINITY ? '1e999' : `${value}`
    if (value === undefined) return '{"$u":0}'
    if (typeof value !== 'object' || value === null) return value === true ? 'true' : `${value}`
    if (Object.isFrozen(value)) return `{"@":${this.#indexFor(value)}}`
    if (Array.isArray(value)) return this.#listText(value, seen)
    if (value instanceof Map) {
      const parts: string[] = []
      for (const [key, item] of value) parts.push(this.#text(key, seen), this.#text(item, seen))
      return `{"$m":[${parts.join(',')}]}`
    }
    if (value instanceof Set) return `{"$s":${this.#listText(value, seen)}}`
    const known = seen.get(value)
    if (known !== undefined) return `{"^":${known}}`
    seen.set(value, seen.size)
    return this.#recordText(value, seen)
  }

  #listText(items: Iterable<unknown>, seen: Map<object, number>): string {
    let text = ''
    for (const item of items) text += `${text === '' ? '' : ','}${this.#text(item, seen)}`
    return `[${text}]`
  }

  #recordText(record: object, seen: Map<object, number>): string {
    let text = ''
    for (const [key, item] of Object.entries(record)) {
      const part = valueKeys.has(key) ? JSON.stringify(item) : this.#text(item, seen)
      text += `${text === '' ? '' : ','}${this.#quote(key)}:${part}`
    }
    return `{${text}}`
  }

  /** Turns marks into what they stand for, in the order in which they were written. */
  #revive(value: unknown, seen: object[]): unknown {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at++) {
        if (typeof value[at] === 'object') value[at] = this.#revive(value[at], seen)
      }
      return value
    }
    if (!isTree(value)) return value
    for (const key in value) {
      if (key === '@') return this.#constants[Number(value[key])]
      if (key === '$u') return undefined
      if (key === '^') return seen[Number(value[key])]
      if (key === '$m') return this.#map(value[key], seen)
      if (key === '$s') return new Set(this.#items(value[key], seen))
      break
    }
    seen.push(value)
    for (const key in value) {
      const item = value[key]
      if (typeof item === 'object' && !valueKeys.has(key)) value[key] = this.#revive(item, seen)
    }
    return value
  }

  #items(list: unknown, seen: object[]): unknown[] {
    return Array.isArray(list) ? list.map((item) => this.#revive(item, seen)) : []
  }

  #map(list: unknown, seen: object[]): Map<unknown, unknown> {
    const items = this.#items(list, seen)
    const map = new Map<unknown, unknown>()
    for (let at = 0; at < items.length; at += 2) map.set(items[at], items[at + 1])
    return map
  }
}

function isTree(value: object): value is Tree {
  return !Array.isArray(value)
}

/** Makes plain data a constant. */
export function frozen<Data extends object>(data: Data): Data {
  for (const part of Object.values(data)) {
    if (typeof part === 'object' && part !== null) frozen(part)
  }
  return Object.freeze(data)
}
