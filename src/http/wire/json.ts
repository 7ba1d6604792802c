import { WireError, WireProblem } from './errors.ts'

export { parseBody } from './body.ts'
export { WireError, WireProblem } from './errors.ts'

/** An object of JSON as it came: nothing of it has been checked. */
export type Json = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a field was left out; many clients send null for what they do not set. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null
}

export function objectAt(value: unknown, path: string): Json {
  return isObject(value) ? value : fail(value, path, 'an object')
}

export function optionalObject(value: unknown, path: string): Json | undefined {
  return isAbsent(value) ? undefined : objectAt(value, path)
}

export function textAt(value: unknown, path: string): string {
  return typeof value === 'string' ? value : fail(value, path, 'a text')
}

export function optionalText(value: unknown, path: string): string | undefined {
  return isAbsent(value) ? undefined : textAt(value, path)
}

/** Each digit can be read in one way only: else a long text of digits would take minutes. */
const numberPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

/** A number, or a text that is one; the texts Infinity and -Infinity are numbers too. */
export function numberAt(value: unknown, path: string): number {
  if (typeof value === 'number') return value
  if (typeof value === 'string') {
    if (value === 'Infinity' || value === 'inf') return Number.POSITIVE_INFINITY
    if (value === '-Infinity' || value === '-inf') return Number.NEGATIVE_INFINITY
    if (numberPattern.test(value)) return Number(value)
  }
  return fail(value, path, 'a number')
}

export function optionalNumber(value: unknown, path: string): number | undefined {
  return isAbsent(value) ? undefined : numberAt(value, path)
}

/** What 64 bits of a signed number can say, which is what Mesos has for all of them. */
const wholeMax = 2 ** 63

/** A whole number. What follows the point is cut off, as Mesos does: clients multiply fractions. */
export function integerAt(value: unknown, path: string): number {
  const number = Math.trunc(numberAt(value, path))
  return Math.abs(number) <= wholeMax ? number : fail(value, path, 'a whole number of 64 bits')
}

export function optionalInteger(value: unknown, path: string): number | undefined {
  return isAbsent(value) ? undefined : integerAt(value, path)
}

export function booleanAt(value: unknown, path: string): boolean {
  return typeof value === 'boolean' ? value : fail(value, path, 'true or false')
}

export function optionalBoolean(value: unknown, path: string): boolean | undefined {
  return isAbsent(value) ? undefined : booleanAt(value, path)
}

const nothing: readonly unknown[] = []

/**
 * A list; what was left out is the empty one, because Mesos knows no difference, and what stands
 * alone is the only one in it: Mesos reads both (3rdparty/stout/include/stout/protobuf.hpp).
 */
export function listAt(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (isObject(value) || typeof value === 'string') return [value]
  return isAbsent(value) ? nothing : fail(value, path, 'a list')
}

/** A list that is no part of a message: there it is one, or wrong. */
export function bareListAt(value: unknown, path: string): readonly unknown[] {
  return Array.isArray(value) ? value : fail(value, path, 'a list')
}

/** A list of texts. */
export function textsAt(value: unknown, path: string): string[] {
  return listAt(value, path).map((item, index) => textAt(item, `${path}[${index}]`))
}

/** The object without lists that are empty: Mesos leaves them out wherever it does not say so. */
export function withoutEmpty(json: Json): Json {
  const kept = Object.entries(json).filter(([, value]) => !Array.isArray(value) || value.length > 0)
  return Object.fromEntries(kept)
}

/** An id as Mesos writes it: an object with a single `value`. */
export function idAt(value: unknown, path: string): string {
  if (isObject(value) && typeof value.value === 'string') return value.value
  return textAt(objectAt(value, path).value, `${path}.value`)
}

export function optionalId(value: unknown, path: string): string | undefined {
  return isAbsent(value) ? undefined : idAt(value, path)
}

/** A list of ids. */
export function idsAt(value: unknown, path: string): string[] {
  return listAt(value, path).map((item, index) => idAt(item, `${path}[${index}]`))
}

/** One of the words. */
export function enumAt<Word extends string>(
  value: unknown,
  words: readonly Word[],
  path: string,
): Word {
  const text = textAt(value, path)
  for (const word of words) if (word === text) return word
  return fail(value, path, words.length > 12 ? 'a known word' : `one of ${words.join(', ')}`)
}

/** One of the words; any other text counts as left out, because newer clients know more words. */
export function optionalEnum<Word extends string>(
  value: unknown,
  words: readonly Word[],
  path: string,
): Word | undefined {
  if (isAbsent(value)) return undefined
  const text = textAt(value, path)
  return words.find((word) => word === text)
}

const nanosecondsPerMs = 1_000_000
const microsecondsPerMs = 1000
const microsecondsPerSecond = 1_000_000
/** Times of today in nanoseconds are too long for a number, which is off by some hundreds. */
const partsPerMs = 100

/** A duration or a time, `{nanoseconds}`, in milliseconds, to the hundredth of one. */
export function durationAt(value: unknown, path: string): number {
  const { nanoseconds } = objectAt(value, path)
  const parts = integerAt(nanoseconds, `${path}.nanoseconds`) / (nanosecondsPerMs / partsPerMs)
  // Less than nothing must not become nothing: whoever checks it has to see it.
  return (parts < 0 ? Math.floor(parts) : Math.round(parts)) / partsPerMs
}

export function optionalDuration(value: unknown, path: string): number | undefined {
  return isAbsent(value) ? undefined : durationAt(value, path)
}

/** Seconds in milliseconds, without the dust that fractions leave: to the microsecond. */
export function toMilliseconds(seconds: number): number {
  return Math.round(seconds * microsecondsPerSecond) / microsecondsPerMs
}

/** The duration or time as Mesos writes it. */
export function writeDuration(milliseconds: number): Json {
  return { nanoseconds: Math.round(milliseconds * nanosecondsPerMs) }
}

const base64Pattern = /^[A-Za-z0-9+/]*={0,2}$/

/** Bytes as base64: checked, but returned as the text that they came as. */
export function bytesAt(value: unknown, path: string): string {
  const text = textAt(value, path)
  const isBase64 = base64Pattern.test(text) && text.replace(/=+$/, '').length % 4 !== 1
  return isBase64 ? text : fail(value, path, 'bytes in base64')
}

/** A name that becomes a key of ours; some names are taken by the language. */
export function keyAt(value: unknown, path: string): string {
  const text = textAt(value, path)
  if (!(text in Object.prototype)) return text
  throw new WireProblem(`${path} is ${text}, a name that is not allowed`)
}

/** Throws the sentence that says where what was found is not what was expected. */
export function fail(value: unknown, path: string, expected: string): never {
  if (isAbsent(value)) throw new WireError(`${path} is missing; it must be ${expected}`)
  throw new WireError(`${path} is ${found(value)}; it must be ${expected}`)
}

function found(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
}
