import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WireError } from '../wire/errors.ts'
import { Refusal, sentence } from './answers.ts'
import { Exchange, type ExchangeParts } from './exchange.ts'
import { Lane } from './lane.ts'
import { defaultHttpLimits, type HttpLimits } from './limits.ts'
import type { Answer, Identity, Route } from './route.ts'
import { Router } from './router.ts'

export interface FrontOptions {
  readonly routes: readonly Route[]
  readonly limits?: Partial<HttpLimits>
  /** The path that routes know, of one that may have a longer form. */
  readonly shorten?: (path: string) => string
  /** Who calls; throws a Refusal when that is not shown, or when they call too often. */
  readonly identify?: (route: Route, request: IncomingMessage) => Identity | undefined
  /** Hears of a request that broke its route: a bug, which its caller sees as status 500. */
  readonly onTrouble?: (trouble: Error) => void
}

interface Connection {
  readonly lane: Lane
  readonly parts: ExchangeParts
}

/** Answers the requests of a `node:http` server by its routes. */
export class HttpFront {
  readonly limits: HttpLimits
  readonly #router: Router
  readonly #options: FrontOptions
  readonly #connections = new WeakMap<Duplex, Connection>()

  constructor(options: FrontOptions) {
    this.#options = options
    this.limits = { ...defaultHttpLimits, ...options.limits }
    this.#router = new Router(options.routes)
  }

  /** Adds what is to be answered, too; before the first request. */
  add(routes: readonly Route[]): void {
    for (const route of routes) this.#router.add(route)
  }

  /** The listener of the server's requests. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { lane, parts } = this.#connectionOf(request.socket)
    const exchange = new Exchange(parts, request, response)
    lane.enter(exchange)
    exchange.start()
    // Whoever sends more while nothing is answered would fill the memory.
    if (lane.isFull(this.limits)) request.socket.destroy()
  }

  /** Whether an answer on this connection is under way. */
  isAnswering(socket: Duplex): boolean {
    return this.#connections.get(socket)?.lane.isBusy === true
  }

  #connectionOf(socket: Duplex): Connection {
    const known = this.#connections.get(socket)
    if (known !== undefined) return known
    const lane = new Lane()
    const parts: ExchangeParts = {
      limits: this.limits,
      find: (path) => this.#router.find(this.#options.shorten?.(path) ?? path),
      identify: (route, request) => this.#options.identify?.(route, request),
      answerTo: (error) => this.#answerTo(error),
      settled: () => lane.advance(),
    }
    const added = { lane, parts }
    this.#connections.set(socket, added)
    return added
  }

  #answerTo(error: unknown): Answer {
    if (error instanceof Refusal) return sentence(error.status, error.message, error.headers)
    if (error instanceof WireError) return sentence(error.status, error.message)
    this.#options.onTrouble?.(error instanceof Error ? error : new Error(String(error)))
    return sentence(500, 'This request met a bug; it is in the log of whoever runs this process.')
  }
}
