import type { Attributes } from '../../messages/index.ts'

/** An attribute is a label rather than a document: frameworks' patterns are run over its text. */
const textLengthMax = 4_096

const forms = "a text, a number, ranges such as [[1, 5]] or a set such as ['a', 'b']"

/** Says in a sentence what is wrong with an agent's attributes, or nothing. */
export function problemWithAttributes(attributes: Attributes): string | undefined {
  if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) {
    return "attributes are values by name, such as { rack: 'r1' }"
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (name.trim() === '') return 'an attribute has no name'
    const problem = problemWithValue(value)
    if (problem !== undefined) return `the attribute ${name} ${problem}`
  }
  return undefined
}

function problemWithValue(value: Attributes[string]): string | undefined {
  if (typeof value === 'string') return problemWithText(value)
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : `is ${value}; give a finite number`
  }
  if (!Array.isArray(value)) return `is ${shown(value)}; give ${forms}`
  if (value.length === 0) return 'is an empty list; leave it out'
  return isSet(value) ? problemWithSet(value) : problemWithRanges(value)
}

function problemWithText(text: string): string | undefined {
  if (text.length <= textLengthMax) return undefined
  return `has a text of ${text.length} characters; ${textLengthMax} are allowed`
}

function isSet(list: [number, number][] | string[]): list is string[] {
  return typeof list[0] === 'string'
}

function problemWithSet(items: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (const item of items) {
    if (typeof item !== 'string') return 'mixes names and ranges; give either'
    if (seen.has(item)) return `lists ${item} twice`
    seen.add(item)
    const problem = problemWithText(item)
    if (problem !== undefined) return problem
  }
  return undefined
}

function problemWithRanges(ranges: readonly [number, number][]): string | undefined {
  for (const range of ranges) {
    if (typeof range === 'string') return 'mixes names and ranges; give either'
    if (!Array.isArray(range) || range.length !== 2) {
      return `has the item ${shown(range)}; give ranges such as [1, 5], or names`
    }
    const [from, to] = range
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from) {
      return `has the range [${from}, ${to}]; give whole numbers, the smaller first`
    }
  }
  const sorted = [...ranges].sort(([a], [b]) => a - b)
  for (const [index, [from]] of sorted.entries()) {
    const before = sorted[index - 1]
    if (before !== undefined && from <= before[1]) return `lists ${from} twice`
  }
  return undefined
}

function shown(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
