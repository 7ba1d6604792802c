import type { Attributes } from '../../messages/index.ts'
import type { Agent } from './schema.ts'

type Value = Attributes[string]
type Written = NonNullable<Agent['attributes']>

/** An agent's attributes in the words of the API. */
export function attributesOf(written: Written): Attributes {
  return Object.fromEntries(
    Object.entries(written).map(([name, value]) => [
      name,
      typeof value === 'object' ? listOf(value) : value,
    ]),
  )
}

function listOf(list: Extract<Written[string], unknown[]>): Value {
  const names = list.filter((item) => typeof item === 'string')
  if (names.length > 0) return names
  return list.flatMap((item): [number, number][] => {
    const [from, to] = typeof item === 'string' ? [] : item
    return from === undefined || to === undefined ? [] : [[from, to]]
  })
}

/**
 * The value of an attribute on a command line, in Mesos' notation: `7` is a number, `[1-5,8-9]`
 * are ranges, `{a,b}` is a set, and everything else a text; so is a number in double quotes.
 * Nothing when it is none of them.
 */
export function parseAttribute(text: string): Value | undefined {
  const { quoted, ranges, set } =
    /^(?:"(?<quoted>.*)"|\[(?<ranges>.*)\]|\{(?<set>.*)\})$/.exec(text)?.groups ?? {}
  if (quoted !== undefined) return quoted
  if (ranges !== undefined) return parseRanges(ranges)
  if (set !== undefined) return set === '' ? undefined : set.split(',')
  if (text === '' || /[[\]{}"]/.test(text)) return undefined
  return /^[-+]?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text
}

function parseRanges(text: string): [number, number][] | undefined {
  const ranges: [number, number][] = []
  for (const part of text.split(',')) {
    const [, from, to] = /^(\d+)-(\d+)$/.exec(part) ?? []
    if (from === undefined || to === undefined) return undefined
    ranges.push([Number(from), Number(to)])
  }
  return ranges
}
