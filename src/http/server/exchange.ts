import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Refusal } from './answers.ts'
import { checkBodyHead, readBody } from './bodies.ts'
import { ChunkedStream } from './chunked-stream.ts'
import { Incoming, pathOf } from './incoming.ts'
import type { Waiting } from './lane.ts'
import type { HttpLimits } from './limits.ts'
import { checkSite } from './other-sites.ts'
import type { Answer, Identity, Route, Streaming } from './route.ts'
import { checkMethod, type Found } from './router.ts'

export interface ExchangeParts {
  readonly limits: HttpLimits
  readonly find: (path: string) => Found | undefined
  /** Who calls; throws a Refusal when that is not shown, or when they call too often. */
  readonly identify: (route: Route, request: IncomingMessage) => Identity | undefined
  /** The answer to what was thrown while a request was handled. */
  readonly answerTo: (error: unknown) => Answer
  /** The request is ready, or nobody waits for its answer any more. */
  readonly settled: () => void
}

const emptyBody = Buffer.alloc(0)

/** One request and its answer. */
export class Exchange implements Waiting {
  readonly #parts: ExchangeParts
  readonly #message: IncomingMessage
  readonly #response: ServerResponse
  #found: Found | undefined
  #identity: Identity | undefined
  #body: Buffer = emptyBody
  #refusal: unknown
  isReady = false
  #isLost = false

  constructor(parts: ExchangeParts, message: IncomingMessage, response: ServerResponse) {
    this.#parts = parts
    this.#message = message
    this.#response = response
  }

  get bytes(): number {
    return this.#body.length
  }

  /** Looks at the head, and reads the body if the request is to be handled at all. */
  start(): void {
    const { limits } = this.#parts
    try {
      this.#found = this.#check()
    } catch (error) {
      this.#refusal = error
      this.#message.resume()
      return this.#settle()
    }
    const { method } = this.#message
    if (method === 'GET' || method === 'HEAD') {
      this.#message.resume()
      return this.#settle()
    }
    this.#message.once('close', () => this.#lose())
    readBody(this.#message, limits.bodyBytesMax, (body) => {
      if (body instanceof Refusal) this.#refusal = body
      else this.#body = body
      this.#settle()
    })
  }

  run(): Promise<void> | undefined {
    if (this.#isLost) return undefined
    const found = this.#found
    if (found === undefined || this.#refusal !== undefined) return this.#refuse(this.#refusal)
    const request = new Incoming(this.#message, found, this.#body, this.#identity)
    try {
      const answer = found.route.handle(request)
      const over =
        answer instanceof Promise
          ? answer.then((late) => this.#respond(late))
          : this.#respond(answer)
      // A body in pieces breaks off when its caller hangs up.
      return over?.catch((error: unknown) => this.#refuse(error))
    } catch (error) {
      return this.#refuse(error)
    }
  }

  #check(): Found {
    const path = pathOf(this.#message)
    const found = this.#parts.find(path)
    if (found === undefined) throw new Refusal(404, `There is nothing at ${path}.`)
    const { route } = found
    checkSite(this.#message)
    this.#identity = this.#parts.identify(route, this.#message)
    checkMethod(route, this.#message.method ?? '')
    checkBodyHead(this.#message, this.#parts.limits.bodyBytesMax)
    return found
  }

  #settle(): void {
    if (this.isReady) return
    this.isReady = true
    this.#parts.settled()
  }

  #lose(): void {
    if (this.isReady || this.#message.complete) return
    this.#isLost = true
    this.#settle()
  }

  #refuse(error: unknown): Promise<void> | undefined {
    if (this.#response.headersSent) {
      // Half an answer is none: the caller sees it break off.
      this.#response.destroy()
      return undefined
    }
    return this.#respond(this.#parts.answerTo(error))
  }

  #respond(answer: Answer | Streaming): Promise<void> | undefined {
    if ('opened' in answer) {
      const { unreadBytesMax } = this.#parts.limits
      return new ChunkedStream(this.#message, this.#response, answer, unreadBytesMax).open()
    }
    const { status, headers = {}, body } = answer
    if (body instanceof Readable) {
      this.#response.writeHead(status, headers)
      const promised = headers['content-length']
      if (promised === undefined) return pipeline(body, this.#response)
      return pipeline(body, atLeast(Number(promised)), this.#response)
    }
    if (body === undefined) {
      // What was asked for goes first: to say that it was heard takes as long as to do it.
      setImmediate(() => {
        this.#response.writeHead(status, { ...headers, 'content-length': 0 })
        this.#response.end()
      })
      return undefined
    }
    this.#response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      ...headers,
      'content-length': Buffer.byteLength(body),
    })
    this.#response.end(body)
    return undefined
  }
}

/**
 * Passes a body on, and fails when it ends before so many bytes: whoever was promised more would
 * wait for them as long as the connection is open.
 */
function atLeast(promised: number) {
  return async function* (pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let sent = 0
    for await (const piece of pieces) {
      sent += piece.length
      yield piece
    }
    if (sent < promised) throw new Error(`the body has ${sent} bytes of the ${promised} promised`)
  }
}
