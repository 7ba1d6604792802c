import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { HttpRequest, Identity } from './route.ts'
import type { Found } from './router.ts'

/** A request as the routes see it. What few of them look at is worked out when it is asked for. */
export class Incoming implements HttpRequest {
  readonly method: string
  readonly path: string
  readonly below: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly identity: Identity | undefined
  readonly #message: IncomingMessage

  constructor(
    message: IncomingMessage,
    { route, below }: Found,
    body: Buffer,
    identity: Identity | undefined,
  ) {
    this.method = message.method ?? ''
    this.path = route.path
    this.below = below
    this.headers = message.headers
    this.body = body
    this.identity = identity
    this.#message = message
  }

  get query(): URLSearchParams {
    const { url = '' } = this.#message
    const mark = url.indexOf('?')
    return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
  }

  get peer(): string {
    const { remoteAddress = 'somebody', remotePort = '' } = this.#message.socket
    return `${remoteAddress}:${remotePort}`
  }
}

/** The path that a request names, without the query. */
export function pathOf({ url = '' }: IncomingMessage): string {
  const mark = url.indexOf('?')
  return mark < 0 ? url : url.slice(0, mark)
}
