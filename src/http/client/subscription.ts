import type { IncomingHttpHeaders } from 'node:http'
import type { Clock, Timer } from '../../actors/ports.ts'
import type { FrameworkInfo, SchedulerMessage } from '../../messages/index.ts'
import type { Mark } from '../../model/turn.ts'
import { type FromScheduler, writeSchedulerCalls } from '../wire/call-writer.ts'
import { type CallFailure, CallLine } from './call-line.ts'
import { EventStream, type StreamEnding } from './event-stream.ts'
import { readEvent } from './scheduler-events.ts'
import type { Server } from './server.ts'

/** Bounds of a subscription, in milliseconds and bytes. */
export interface SubscriptionLimits {
  /** How long the master may take to answer, a SUBSCRIBE as well as any other call. */
  readonly answerTimeoutMs: number
  /** So many intervals without a word, and the master is gone: a number. */
  readonly heartbeatsMissedMax: number
  /** How long the stream has to say why a call is refused: perhaps another instance took over. */
  readonly refusalGraceMs: number
  /** How much may wait for the master. */
  readonly callsBytesMax: number
}

export const defaultSubscriptionLimits: SubscriptionLimits = {
  answerTimeoutMs: 15_000,
  heartbeatsMissedMax: 5,
  refusalGraceMs: 1_000,
  callsBytesMax: 64 * 2 ** 20,
}

export interface SubscriptionParts {
  readonly server: Server
  readonly info: FrameworkInfo
  readonly clock: Pick<Clock, 'setTimer' | 'clearTimer'>
  readonly limits: SubscriptionLimits
  readonly onMark: (mark: Mark) => void
  /** The master at this place knows the framework. */
  readonly subscribed: (server: Server) => void
  readonly heard: (message: SchedulerMessage) => void
  /** It is over, or there is none: told once, and nothing after it. */
  readonly ended: (ending: StreamEnding) => void
}

/** Where a master does not say it, and no shorter than anybody means it. */
const heartbeatIntervalMs = { usual: 15_000, least: 10 } as const

/** One subscription: a stream of events, and the calls that belong to it. */
export class Subscription {
  readonly #parts: SubscriptionParts
  readonly #stream: EventStream
  #calls: CallLine | undefined
  #server: Server
  #frameworkId: string | undefined
  #timer: Timer | undefined
  #missed = 0
  #isOver = false

  constructor(subscribe: FromScheduler, parts: SubscriptionParts) {
    this.#parts = parts
    this.#server = parts.server
    const { info, limits } = parts
    const [call] = writeSchedulerCalls(subscribe, { info })
    this.#timer = parts.clock.setTimer(() => {
      this.#end({ reason: `it did not answer in ${limits.answerTimeoutMs} ms` })
    }, limits.answerTimeoutMs)
    this.#stream = new EventStream(parts.server, JSON.stringify(call), {
      opened: (server, headers) => this.#open(server, headers),
      heard: (event) => this.#hear(event),
      closed: (ending) => this.#end(ending),
    })
  }

  /** Makes the calls that say it; before the master has answered they are lost. */
  say(message: FromScheduler): void {
    const { info } = this.#parts
    const frameworkId = this.#frameworkId
    if (frameworkId === undefined) return
    for (const call of writeSchedulerCalls(message, { info, frameworkId })) {
      this.#calls?.push(JSON.stringify(call))
    }
  }

  /** Resolves when the master has answered every call, or never will. */
  drained(): Promise<void> {
    return this.#calls?.drained() ?? Promise.resolve()
  }

  /** Ends it without a word. */
  close(): void {
    this.#isOver = true
    this.#stopTimer()
    this.#calls?.close()
    this.#stream.close()
  }

  #open(server: Server, headers: IncomingHttpHeaders): void {
    const { clock, limits } = this.#parts
    const streamId = headers['mesos-stream-id']
    this.#server = server
    this.#calls = new CallLine({
      server,
      headers: typeof streamId === 'string' ? { 'Mesos-Stream-Id': streamId } : {},
      clock,
      timeoutMs: limits.answerTimeoutMs,
      bytesMax: limits.callsBytesMax,
      failed: (failure) => this.#failCall(failure),
    })
  }

  #hear(event: unknown): void {
    this.#missed = 0
    const { info, heard, onMark } = this.#parts
    const { messages, problems, answers } = readEvent(event, info.roles[0])
    for (const detail of problems) onMark({ name: 'event.unreadable', detail })
    const framework_id = { value: this.#frameworkId }
    for (const answer of answers) {
      this.#calls?.push(JSON.stringify({ framework_id, ...answer }))
    }
    for (const message of messages) {
      if (message.type === 'lifecycle.registered') this.#welcome(message)
      heard(message)
    }
  }

  #welcome(message: Extract<SchedulerMessage, { type: 'lifecycle.registered' }>): void {
    this.#frameworkId = message.frameworkId
    const { usual, least } = heartbeatIntervalMs
    const announced = message.heartbeatIntervalMs
    const intervalMs = Number.isFinite(announced) && announced >= least ? announced : usual
    this.#stopTimer()
    this.#listen(intervalMs)
    this.#parts.subscribed(this.#server)
  }

  /** Looks at each interval whether there was a word. */
  #listen(intervalMs: number): void {
    const { clock, limits } = this.#parts
    this.#timer = clock.setTimer(() => {
      this.#missed += 1
      if (this.#missed < limits.heartbeatsMissedMax) return this.#listen(intervalMs)
      this.#end({ reason: `no word from it for ${this.#missed} heartbeats of ${intervalMs} ms` })
    }, intervalMs)
  }

  #failCall({ reason, status = 0 }: CallFailure): void {
    const ending = { reason: `a call failed: ${reason}` }
    if (status < 400 || status >= 500) return this.#end(ending)
    const { clock, limits, onMark } = this.#parts
    onMark({ name: 'call.refused', detail: reason })
    this.#stopTimer()
    this.#timer = clock.setTimer(() => this.#end(ending), limits.refusalGraceMs)
  }

  #end(ending: StreamEnding): void {
    if (this.#isOver) return
    this.close()
    this.#parts.ended(ending)
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#parts.clock.clearTimer(this.#timer)
    this.#timer = undefined
  }
}
