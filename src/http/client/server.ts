import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { InvalidInputError } from '../../model/errors.ts'

/** How a client shows who it is, and knows whom it talks to. */
export interface ClientOptions {
  /** Shown to the server (HTTP Basic). */
  readonly credentials?: { readonly principal: string; readonly secret: string }
  /** With https: who signed the server's certificate, as PEM. By default those Node trusts. */
  readonly ca?: string | Buffer
}

/** Where calls go, and what they show there. */
export interface Server {
  readonly url: URL
  /** The header `Authorization`, if anything is shown. */
  readonly authorization?: string
  readonly ca?: string | Buffer
}

/** The servers of a list of places, and the path of the API there. Throws InvalidInputError. */
export function serversOf(
  places: string | readonly string[],
  path: string,
  { credentials, ca }: ClientOptions,
): readonly Server[] {
  const list = typeof places === 'string' ? [places] : places
  if (list.length === 0) throw new InvalidInputError('give the place of a master at least')
  const authorization = credentials && basic(credentials)
  return list.map((place) => ({
    url: new URL(path, urlOf(place)),
    ...(authorization !== undefined && { authorization }),
    ...(ca !== undefined && { ca }),
  }))
}

/** The URL of a place, `host:port` or a URL without path. No sentence quotes what may be secret. */
function urlOf(place: string): URL {
  const expected = 'expected http://host:port, https://host:port or host:port'
  if (typeof place !== 'string') throw new InvalidInputError(`the place of a server: ${expected}`)
  const text = /^[a-z]+:\/\//i.test(place) ? place : `http://${place}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.username || url?.password) {
    throw new InvalidInputError('a URL shows its secret to everybody; give it as `credentials`')
  }
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (isWeb && url?.pathname === '/' && url.search === '' && url.hash === '') return url
  throw new InvalidInputError(`the place of a server is ${JSON.stringify(place)}; ${expected}`)
}

function basic({ principal, secret }: NonNullable<ClientOptions['credentials']>): string {
  if (typeof principal !== 'string' || principal === '' || principal.includes(':')) {
    throw new InvalidInputError('credentials: the principal is a text without a colon')
  }
  if (typeof secret !== 'string') throw new InvalidInputError('credentials: the secret is a text')
  return `Basic ${Buffer.from(`${principal}:${secret}`).toString('base64')}`
}

/** An idle connection is closed before any usual server does, so that no call crosses with it. */
const idleMs = 4_000

/** A connection that is kept; closed with `destroy`. */
export function connectionTo({ url, ca }: Server): Agent {
  const options = { keepAlive: true, maxSockets: 1, timeout: idleMs }
  return url.protocol === 'https:' ? new TlsAgent({ ...options, ca }) : new Agent(options)
}

/** Sends one call. Errors are the request's, and come after the answer or instead of it. */
export function post(
  { url, authorization }: Server,
  agent: Agent,
  body: string,
  headers: Readonly<Record<string, string>>,
  answered: (answer: IncomingMessage) => void,
): ClientRequest {
  const send = url.protocol === 'https:' ? tlsRequest : request
  const call = send(
    url,
    {
      agent,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'content-length': Buffer.byteLength(body),
        ...(authorization !== undefined && { authorization }),
        ...headers,
      },
    },
    answered,
  )
  call.end(body)
  return call
}

/** What a server says in plain words, cut where it gets long. */
export function wordsOf(answer: IncomingMessage, told: (words: string) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  answer.on('data', (chunk: Buffer) => {
    if (size < wordsMax) chunks.push(chunk)
    size += chunk.length
  })
  answer.on('error', () => {})
  answer.on('close', () => {
    const words = Buffer.concat(chunks).toString('utf8').slice(0, wordsMax)
    told(words.replace(/\s+/g, ' ').trim())
  })
}

const wordsMax = 300

/** The status as a sentence goes on: `401 Unauthorized: Who are you?` */
export function statusOf({ statusCode = 0, statusMessage = '' }: IncomingMessage, words: string) {
  const status = `${statusCode} ${statusMessage}`.trim()
  return words === '' ? status : `${status}: ${words}`
}

/** Whether a status tells of a trouble that passes: no leader yet, too busy, still starting. */
export function isPassing(status: number): boolean {
  return status === 404 || status === 408 || status === 429 || status < 400 || status >= 500
}
