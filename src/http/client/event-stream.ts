import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { RecordDecoder } from '../wire/record-io.ts'
import { RefusedError } from './errors.ts'
import { connectionTo, isPassing, post, type Server, statusOf, wordsOf } from './server.ts'

/** How a stream ended, or why there is none. */
export interface StreamEnding {
  /** As a sentence goes on: `connect ECONNREFUSED 127.0.0.1:5050`. */
  readonly reason: string
  /** The server does not want it: it makes no sense to try again. */
  readonly refusal?: RefusedError
}

export interface StreamListener {
  /** The server at this place has accepted; events follow. */
  opened(server: Server, headers: IncomingHttpHeaders): void
  heard(event: unknown): void
  /** It is over, or there is none: told once, and nothing after it. */
  closed(ending: StreamEnding): void
}

const redirectsMax = 5

/** The answer to a SUBSCRIBE: a stream of events in RecordIO, wherever its server redirects to. */
export class EventStream {
  readonly #body: string
  readonly #listener: StreamListener
  #connection: Agent | undefined
  #call: ClientRequest | undefined
  #redirects = 0
  #isOver = false

  constructor(server: Server, body: string, listener: StreamListener) {
    this.#body = body
    this.#listener = listener
    this.#open(server)
  }

  /** Ends it; its listener hears no more. */
  close(): void {
    this.#isOver = true
    this.#call?.destroy()
    this.#connection?.destroy()
  }

  #open(server: Server): void {
    this.#connection = connectionTo(server)
    const call = post(server, this.#connection, this.#body, {}, (answer) => {
      this.#hear(server, answer)
    })
    this.#call = call
    call.setSocketKeepAlive(true, 30_000)
    call.on('error', (error) => {
      if (this.#call === call) this.#end({ reason: error.message })
    })
  }

  #hear(server: Server, answer: IncomingMessage): void {
    const { statusCode = 0, headers } = answer
    if (statusCode === 200) return this.#follow(server, answer)
    const { location } = headers
    if (statusCode >= 300 && statusCode < 400 && location !== undefined) {
      answer.on('error', () => {})
      return this.#redirect(server, location)
    }
    wordsOf(answer, (words) => {
      const reason = statusOf(answer, words)
      if (isPassing(statusCode)) return this.#end({ reason })
      const sentence = `${server.url.host} refuses it: ${reason}`
      this.#end({ reason, refusal: new RefusedError(sentence, statusCode) })
    })
  }

  /** Mesos names the leader without a scheme: `//host:port/path`. Secrets stay encrypted. */
  #redirect(server: Server, location: string): void {
    const { href, protocol } = server.url
    const url = URL.canParse(location, href) ? new URL(location, href) : undefined
    if (url?.protocol !== protocol && url?.protocol !== 'https:') {
      return this.#end({ reason: `it redirects to ${JSON.stringify(location)}` })
    }
    if (++this.#redirects > redirectsMax) {
      return this.#end({ reason: `it was redirected ${redirectsMax} times` })
    }
    this.#call?.destroy()
    this.#connection?.destroy()
    this.#open({ ...server, url })
  }

  #follow(server: Server, answer: IncomingMessage): void {
    const decoder = new RecordDecoder()
    answer.on('data', (chunk: Buffer) => {
      try {
        for (const record of decoder.push(chunk)) {
          if (!this.#isOver) this.#listener.heard(JSON.parse(record))
        }
      } catch (error) {
        this.#end({ reason: `what it says cannot be read: ${String(error)}` })
      }
    })
    answer.on('error', () => {})
    answer.on('close', () => this.#end({ reason: 'the stream of events ended' }))
    this.#listener.opened(server, answer.headers)
  }

  #end(ending: StreamEnding): void {
    if (this.#isOver) return
    this.close()
    this.#listener.closed(ending)
  }
}
