import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Whether a request may be answered at all: its HTTP status and a sentence when not. */
export interface Denial {
  readonly status: number
  readonly reason: string
}

/**
 * Says why whoever asks may not link up, or nothing. Pages in browsers may not, because they speak
 * with the rights of whoever looks at them.
 */
export function denialOf(request: IncomingMessage, token: string | undefined): Denial | undefined {
  const { origin, authorization } = request.headers
  if (origin !== undefined) return { status: 403, reason: 'pages of browsers may not link up' }
  if (token === undefined) return undefined
  if (authorization === undefined) {
    return { status: 401, reason: 'this master asks for a token, and none was given' }
  }
  if (isSame(authorization, bearer(token))) return undefined
  return { status: 401, reason: 'the token is not that of this master' }
}

/** How a token is shown, as in RFC 6750. */
export function bearer(token: string): string {
  return `Bearer ${token}`
}

/** Takes equally long wherever the first difference is; digests have one length. */
function isSame(left: string, right: string): boolean {
  const [one, other] = [left, right].map((text) => createHash('sha256').update(text).digest())
  return one !== undefined && other !== undefined && timingSafeEqual(one, other)
}
