import { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { Operator } from '../../../src/cluster/operator.ts'
import { OperatorDoor } from '../../../src/http/operator/operator-door.ts'
import type { MasterFacts } from '../../../src/http/operator/ports.ts'
import type { Authorizer } from '../../../src/http/security/authorizer.ts'
import { Refusal } from '../../../src/http/server/answers.ts'
import type { Answer, HttpRequest, Streaming } from '../../../src/http/server/route.ts'
import { type Found, Router } from '../../../src/http/server/router.ts'
import { WireError } from '../../../src/http/wire/errors.ts'
import type { MasterReport } from '../../../src/model/master/reports.ts'
import type { Timeouts } from '../../../src/model/timeouts.ts'
import { Stage } from '../../support/stage.ts'

export const facts: MasterFacts = {
  id: 'M',
  hostname: 'head',
  ip: '127.0.0.1',
  port: 5050,
  version: '1.12.0',
  startedAtMs: 0,
  flags: { port: '5050', registry: 'memory' },
}

export interface Reply {
  readonly status: number
  /** As JSON where it is some, else as the text. */
  readonly body: unknown
  readonly headers: Answer['headers']
}

export interface DeskOptions {
  readonly timeouts?: Partial<Timeouts>
  readonly authorizer?: Authorizer
}

const apiHeaders = { 'content-type': 'application/json', accept: 'application/json' }

/** A real master on virtual time, and the operators' door in front of it, without sockets. */
export class Desk {
  readonly stage: Stage
  readonly door: OperatorDoor
  readonly #router: Router
  readonly #operator: Operator

  constructor({ timeouts = {}, authorizer }: DeskOptions = {}) {
    const perform = (params: unknown): void => {
      if (isReport(params)) this.door.take(params.report)
    }
    this.stage = new Stage(timeouts, { ledger: { reports: true }, perform })
    this.#operator = new Operator(this.stage.road)
    this.door = new OperatorDoor({
      facts,
      ledger: () => this.stage.ledger,
      ask: (request) => this.#operator.ask(request),
      transport: this.stage.road,
      clock: this.stage.clock,
      ...(authorizer && { authorizer }),
    })
    this.stage.road.observe(this.door.note)
    this.#router = new Router(this.door.routes)
    onTestFinished(() => {
      this.door.close()
      this.#operator.close()
    })
  }

  /** Makes a call of the API; `body` is its own part. */
  call(type: string, body?: unknown, principal?: string): Promise<Reply> {
    const call = { type, ...(body !== undefined && { [type.toLowerCase()]: body }) }
    return this.ask('POST', '/api/v1', JSON.stringify(call), { principal })
  }

  /** The answer to a question of the API. */
  async query(type: string, body?: unknown, principal?: string): Promise<unknown> {
    const { status, body: answer } = await this.call(type, body, principal)
    if (status !== 200 || !isRecord(answer) || answer.type !== type) {
      throw new Error(`${type} is answered with ${status}: ${JSON.stringify(answer)}`)
    }
    return answer[type.toLowerCase()]
  }

  get(path: string, principal?: string): Promise<Reply> {
    return this.ask('GET', path, '', { principal })
  }

  async ask(
    method: string,
    path: string,
    body = '',
    options: { readonly principal?: string | undefined; readonly headers?: object } = {},
  ): Promise<Reply> {
    const answer = await this.#handle(method, path, body, options)
    if ('opened' in answer) throw new Error(`${path} answers with a stream`)
    const { status, headers } = answer
    return { status, headers, body: jsonIn(await textOf(answer)) }
  }

  /** Subscribes to the master's events. */
  async subscribe(principal?: string): Promise<Listener> {
    const answer = await this.#handle('POST', '/api/v1', '{"type":"SUBSCRIBE"}', { principal })
    if (!('opened' in answer)) throw new Error(`it is answered with ${answer.status}`)
    return new Listener(answer)
  }

  async #handle(
    method: string,
    target: string,
    body: string,
    { principal, headers = apiHeaders }: { principal?: string | undefined; headers?: object },
  ): Promise<Answer | Streaming> {
    const url = new URL(target, 'http://head')
    const { route, below } = this.#find(url.pathname)
    const request: HttpRequest = {
      method,
      path: route.path,
      below,
      query: url.searchParams,
      headers: { ...headers },
      body: Buffer.from(body),
      identity: principal === undefined ? undefined : { value: principal },
      peer: 'a test',
    }
    try {
      const answer = Promise.resolve(route.handle(request))
      answer.catch(() => {})
      // Whoever asks the master has asked by now.
      await Promise.resolve()
      this.stage.settle()
      return await answer
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.message }
      if (error instanceof WireError) return { status: error.status, body: error.message }
      throw error
    }
  }

  #find(path: string): Found {
    const found = this.#router.find(path)
    if (found === undefined) throw new Error(`nothing answers to ${path}`)
    return found
  }
}

/** Somebody who listens to the events. */
export class Listener {
  readonly records: string[] = []
  readonly streaming: Streaming
  isEnded = false

  constructor(streaming: Streaming) {
    this.streaming = streaming
    streaming.opened({
      write: (record) => void this.records.push(record),
      end: () => {
        this.isEnded = true
        streaming.closed('it was ended')
      },
    })
  }

  /** All events so far; each record must be its length and a JSON of that many bytes. */
  get events(): Record<string, unknown>[] {
    return this.records.map((record) => {
      const at = record.indexOf('\n')
      const json = record.slice(at + 1)
      if (Buffer.byteLength(json) !== Number(record.slice(0, at))) throw new Error(`cut: ${record}`)
      const event: unknown = JSON.parse(json)
      if (!isRecord(event)) throw new Error(`no event: ${record}`)
      return event
    })
  }

  get types(): unknown[] {
    return this.events.map(({ type }) => type)
  }

  /** Waits for the first record, which is made in slices. */
  async begun(): Promise<void> {
    while (this.records.length === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

async function textOf({ body = '' }: Answer): Promise<string> {
  if (typeof body === 'string') return body
  if (!(body instanceof Readable)) return Buffer.from(body).toString()
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function isReport(params: unknown): params is { readonly report: MasterReport } {
  return isRecord(params) && params.type === 'report'
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
