import { isUtf8 } from 'node:buffer'
import { WireError } from './errors.ts'

/** Deeper than any message of Mesos, and shallow enough for every function that recurses. */
const depthMax = 100

/** The JSON of a request's body, which must be UTF-8 and not nested without end. */
export function parseBody(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new WireError('the body is not UTF-8')
  if (isTooDeep(bytes)) throw new WireError(`the body is nested more than ${depthMax} levels deep`)
  const text = bytes.toString('utf8')
  try {
    // Half a character cannot be written again, and some functions throw at it.
    return /\\u[dD][89a-fA-F]/.test(text) ? JSON.parse(text, checkText) : JSON.parse(text)
  } catch (error) {
    if (error instanceof WireError) throw error
    throw new WireError(`the body is not JSON: ${error instanceof Error ? error.message : ''}`)
  }
}

function checkText(key: string, value: unknown): unknown {
  const texts = typeof value === 'string' ? key + value : key
  // In this mode a pair is one character, so that only halves are surrogates.
  if (!/\p{Surrogate}/u.test(texts)) return value
  throw new WireError('the body has a text with half a surrogate pair')
}

const sign = { quote: 0x22, backslash: 0x5c, openList: 0x5b, closeList: 0x5d } as const
const brace = { open: 0x7b, close: 0x7d } as const

/** Looks at the brackets outside of texts only; whether the rest is JSON is not asked here. */
function isTooDeep(bytes: Buffer): boolean {
  if (bytes.length <= depthMax) return false
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === sign.quote) at = endOfText(bytes, at)
    else if (byte === brace.open || byte === sign.openList) {
      if (++depth > depthMax) return true
    } else if (byte === brace.close || byte === sign.closeList) depth--
  }
  return false
}

function endOfText(bytes: Buffer, start: number): number {
  let at = start + 1
  for (; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === sign.quote) return at
    if (byte === sign.backslash) at++
  }
  return at
}
