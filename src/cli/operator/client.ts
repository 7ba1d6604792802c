import { readFileSync } from 'node:fs'
import { masterPort } from '../../cluster/processes/place.ts'
import { codeOf, messageOf, whyUnread } from '../../executors/sentences.ts'
import { UsageError } from '../usage.ts'
import { oneLine } from '../view/width.ts'
import { partAt } from './json.ts'

/** Who asks, where somebody has to say so. */
export interface Identity {
  readonly principal?: string
  /** A file with the secret and nothing else. */
  readonly secretFile?: string
}

/** Longest part of a refusal that is shown. */
const refusalCharactersMax = 500

/** A master answers from memory: what takes longer does not come. */
const patienceMs = 30_000

/** Asks masters and agents by the operator API of Mesos. */
export class OperatorClient {
  /** `http://127.0.0.1:5050`. */
  readonly url: string
  readonly #authorization: string | undefined
  /** It answered as an agent might. */
  #isInDoubt = false

  /** Throws UsageError for a place that is none, or a secret that cannot be read. */
  static for(place: string, identity: Identity): OperatorClient {
    return new OperatorClient(urlOf(place), authorizationOf(identity))
  }

  private constructor(url: string, authorization: string | undefined) {
    this.url = url
    this.#authorization = authorization
  }

  /** The same person at another place: an agent. */
  at(place: string): OperatorClient {
    const scheme = this.url.startsWith('https:') ? 'https' : 'http'
    return new OperatorClient(urlOf(`${scheme}://${place}`), this.#authorization)
  }

  /**
   * Calls, and returns what belongs to the call in the answer, if it has a body. Rejects with
   * UsageError when nobody answers, or with a refusal.
   */
  async call(type: string, part?: Readonly<Record<string, unknown>>): Promise<unknown> {
    const name = type.toLowerCase()
    const response = await this.#post({ type, ...(part !== undefined && { [name]: part }) })
    this.#isInDoubt = response.ok || response.status === 400
    const text = await response.text()
    if (!response.ok) {
      const why = oneLine(text.slice(0, refusalCharactersMax)) || response.statusText
      throw new UsageError(`${this.url} answers ${response.status}: ${why}`)
    }
    return text === '' ? undefined : partAt(parsed(text, this.url), name)
  }

  /** Whether it is an agent that has answered; who may not ask that is told no. */
  async isAgent(): Promise<boolean> {
    if (!this.#isInDoubt) return false
    const answer = await this.call('GET_AGENT').catch(() => undefined)
    return partAt(answer, 'agent_info') !== undefined
  }

  async #post(call: unknown): Promise<Response> {
    try {
      return await fetch(`${this.url}/api/v1`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(this.#authorization !== undefined && { authorization: this.#authorization }),
        },
        body: JSON.stringify(call),
        signal: AbortSignal.timeout(patienceMs),
      })
    } catch (error) {
      throw new UsageError(`nobody answers at ${this.url}: ${reasonOf(error, this.url)}`)
    }
  }
}

/** Where to, with Mesos' port where none is given. */
function urlOf(place: string): string {
  if (/^(?:https?:\/\/)?\d+(?:[:/]|$)/i.test(place)) throw notAPlace(place)
  const hasScheme = /^https?:\/\//i.test(place)
  const text = hasScheme ? place : `http://${place}`
  try {
    const { origin, protocol } = new URL(text)
    const hasPort = /^https?:\/\/(?:[^/?#@]*@)?(?:\[[^\]]*\]|[^/?#:]*):\d+/i.test(text)
    return hasPort || protocol === 'https:' ? origin : `${origin}:${masterPort}`
  } catch {
    throw notAPlace(place)
  }
}

function notAPlace(place: string): UsageError {
  return new UsageError(`--master: ${place} is no place; expected host:port or a URL`)
}

/** HTTP Basic, as Mesos has it. Throws UsageError; the secret is in no sentence. */
function authorizationOf({ principal, secretFile }: Identity): string | undefined {
  if (principal === undefined && secretFile === undefined) return undefined
  if (principal === undefined || secretFile === undefined) {
    throw new UsageError('give --principal and --secret-file together')
  }
  let secret: string
  try {
    secret = readFileSync(secretFile, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new UsageError(`--secret-file: ${secretFile} cannot be read: ${whyUnread(error)}`)
  }
  return `Basic ${Buffer.from(`${principal}:${secret}`).toString('base64')}`
}

function parsed(text: string, url: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`${url} does not answer in JSON: is it a master?`)
  }
}

/** What `fetch` says is that it failed; why lies below. */
function reasonOf(error: unknown, url: string): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'it took too long'
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return messageOf(error)
  switch (codeOf(error.cause)) {
    case 'ECONNREFUSED':
      return 'nobody listens there'
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return 'it does not speak TLS; try http://'
    case 'UND_ERR_SOCKET':
      return url.startsWith('https:') ? 'it hangs up' : 'it hangs up; does it want https://?'
    default:
      return error.cause.message
  }
}
