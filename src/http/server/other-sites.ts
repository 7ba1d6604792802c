import type { IncomingMessage } from 'node:http'
import { Refusal } from './answers.ts'

/**
 * Refuses (403) what a page of another site makes a browser ask for. Whoever only reads such a page
 * would lend it what the browser may do here: read state by `?jsonp=`, or post a form to
 * `/teardown`. Browsers say so of what goes to this machine or over TLS (W3C Fetch Metadata); a
 * link from elsewhere may be followed. Other programs say nothing of the kind.
 */
export function checkSite({ method, headers }: IncomingMessage): void {
  if (headers['sec-fetch-site'] !== 'cross-site') return
  const isLink = headers['sec-fetch-mode'] === 'navigate' && (method === 'GET' || method === 'HEAD')
  if (isLink) return
  throw new Refusal(403, 'A page of another site asks for this; only pages of this one may.')
}
