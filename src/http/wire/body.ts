import { isUtf8 } from 'node:buffer'
import { WireError } from './errors.ts'

/** Deeper than any message of Mesos, and shallow enough for every function that recurses. */
const depthMax = 100

/** The JSON of a request's body, which must be UTF-8 and not nested without end. */
export function parseBody(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new WireError('the body is not UTF-8')
  const text = bytes.toString('utf8')
  const value = parse(text)
  // To look at what was parsed costs a fifth of looking at the text.
  if (isDeeper(value, depthMax)) {
    throw new WireError(`the body is nested more than ${depthMax} levels deep`)
  }
  // Half a character cannot be written again, and some functions throw at it.
  if (text.includes('\\u') && hasHalves(value)) {
    throw new WireError('the body has a text with half a surrogate pair')
  }
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new WireError(`the body is not JSON: ${error instanceof Error ? error.message : ''}`)
  }
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depth === 0) return true
  if (Array.isArray(value)) {
    for (const item of value) if (isDeeper(item, depth - 1)) return true
    return false
  }
  for (const key in value) if (isDeeper(Reflect.get(value, key), depth - 1)) return true
  return false
}

/** In this mode a pair is one character, so that only halves are surrogates. */
const half = /\p{Surrogate}/u

function hasHalves(value: unknown): boolean {
  if (typeof value === 'string') return half.test(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, part]) => half.test(key) || hasHalves(part))
}
