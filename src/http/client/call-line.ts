import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import type { Clock, Timer } from '../../actors/ports.ts'
import { connectionTo, post, type Server, statusOf, wordsOf } from './server.ts'

/** A call that did not get through; those behind it are not sent. */
export interface CallFailure {
  readonly reason: string
  /** What the server answered, if it did. */
  readonly status?: number
}

export interface CallLineParts {
  readonly server: Server
  readonly headers: Readonly<Record<string, string>>
  readonly clock: Pick<Clock, 'setTimer' | 'clearTimer'>
  /** How long an answer may take, in milliseconds. */
  readonly timeoutMs: number
  /** How much may wait, in bytes. */
  readonly bytesMax: number
  readonly failed: (failure: CallFailure) => void
  /** Whether this call alone has failed, and those behind it are sent. By default not. */
  readonly passes?: (failure: CallFailure, body: string) => boolean
}

/** How long to wait where a server is too busy, if it does not say, and at most. */
const busyMs = { usual: 1_000, longest: 60_000 } as const

/** Calls on one connection, one after the other: each is sent when the one before is answered. */
export class CallLine {
  readonly #parts: CallLineParts
  readonly #connection: Agent
  #waiting: string[] = []
  #next = 0
  #bytes = 0
  #call: ClientRequest | undefined
  #timer: Timer | undefined
  #isOver = false
  readonly #waiters: (() => void)[] = []

  constructor(parts: CallLineParts) {
    this.#parts = parts
    this.#connection = connectionTo(parts.server)
  }

  /** Sends it in its turn. Nothing is sent any more once a call has failed. */
  push(body: string): void {
    if (this.#isOver) return
    this.#waiting.push(body)
    this.#bytes += body.length
    if (this.#call === undefined) return this.#send()
    const { bytesMax } = this.#parts
    if (this.#bytes > bytesMax) {
      this.#fail({ reason: `more than ${bytesMax} bytes of calls wait for an answer` })
    }
  }

  /** Resolves when every call is answered, or nothing more will be. */
  drained(): Promise<void> {
    if (this.#isOver || this.#call === undefined) return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#stopTimer()
    this.#call?.destroy()
    this.#connection.destroy()
    this.#tellWaiters()
  }

  #send(): void {
    const body = this.#take()
    if (body === undefined) this.#tellWaiters()
    else this.#post(body)
  }

  #post(body: string): void {
    const { server, headers, clock, timeoutMs } = this.#parts
    const call = post(server, this.#connection, body, headers, (answer) => {
      this.#hear(answer, body)
    })
    call.on('error', ({ message }) => this.#fail({ reason: message }))
    this.#call = call
    this.#timer = clock.setTimer(() => {
      this.#fail({ reason: `a call had no answer in ${timeoutMs} ms` })
    }, timeoutMs)
  }

  /** What was sent is let go of from time to time, and not with each call: lists may be long. */
  #take(): string | undefined {
    const body = this.#waiting[this.#next++]
    if (body === undefined || this.#next > 1_000) {
      this.#waiting = this.#waiting.slice(this.#next)
      this.#next = 0
    }
    this.#bytes -= body?.length ?? 0
    return body
  }

  #hear(answer: IncomingMessage, body: string): void {
    const { statusCode: status = 0 } = answer
    if (status === 429) return this.#repeat(answer, body)
    if (status >= 200 && status < 300) {
      answer.resume()
      answer.on('error', ({ message }) => this.#fail({ reason: message }))
      answer.on('end', () => this.#goOn())
      return
    }
    wordsOf(answer, (words) => {
      const failure = { reason: statusOf(answer, words), status }
      if (this.#parts.passes?.(failure, body) === true) this.#goOn()
      else this.#fail(failure)
    })
  }

  /** It was not carried out, because there are too many for now; those behind it wait, too. */
  #repeat(answer: IncomingMessage, body: string): void {
    const seconds = Number(answer.headers['retry-after'] ?? Number.NaN)
    const waitMs = seconds > 0 ? Math.min(seconds * 1_000, busyMs.longest) : busyMs.usual
    answer.resume()
    answer.on('error', () => {})
    this.#stopTimer()
    this.#timer = this.#parts.clock.setTimer(() => this.#post(body), waitMs)
  }

  #goOn(): void {
    if (this.#isOver) return
    this.#stopTimer()
    this.#call = undefined
    this.#send()
  }

  #fail(failure: CallFailure): void {
    if (this.#isOver) return
    this.close()
    this.#parts.failed(failure)
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#parts.clock.clearTimer(this.#timer)
    this.#timer = undefined
  }

  #tellWaiters(): void {
    for (const waiter of this.#waiters.splice(0)) waiter()
  }
}
