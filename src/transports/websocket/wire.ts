import type WebSocket from 'ws'
import type { Clock, Timer } from '../../actors/ports.ts'
import type { Envelope } from '../../messages/index.ts'
import type { LinkLimits } from './limits.ts'

export interface WireOptions {
  readonly socket: WebSocket
  readonly clock: Clock
  readonly limits: LinkLimits
  /** Called with each text; with nothing for a frame that is none. */
  readonly received: (text: string | undefined) => void
  /** Called once, after everything that was received before; never again after that. */
  readonly ended: (reason: string) => void
}

/** Longest reason that a close frame can carry, in bytes (RFC 6455). */
const reasonBytesMax = 123

/**
 * One WebSocket as both sides see it: envelopes of one turn leave together, what waits is bounded,
 * a heartbeat finds out whether the other side still lives, and its end is told once.
 */
export class Wire {
  readonly #options: WireOptions
  readonly #heartbeat: { timer: Timer | undefined; missed: number } = {
    timer: undefined,
    missed: 0,
  }
  #probe: Timer | undefined
  #batch: string[] = []
  #batchBytes = 0
  #isOver = false
  #trouble: string | undefined

  constructor(options: WireOptions) {
    this.#options = options
    const { socket } = options
    socket.on('message', (data, isBinary) => {
      this.#heard()
      if (!this.#isOver) options.received(isBinary ? undefined : data.toString())
    })
    socket.on('pong', () => this.#heard())
    socket.on('ping', () => this.#heard())
    socket.on('error', (error) => {
      this.#trouble = error.message
    })
    socket.on('close', (code, reason) => {
      const said = reason.length > 0 ? `: ${reason.toString()}` : ''
      this.#finish(
        this.#trouble ?? (code === 1006 ? 'the connection broke' : `closed with ${code}${said}`),
      )
    })
    this.#beat()
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Takes an envelope for the other side as it is now; it leaves with `flush`, or sooner. */
  queue(envelope: Envelope): void {
    if (this.#isOver) return
    const text = JSON.stringify(envelope)
    const { frameBytesUsual } = this.#options.limits
    if (this.#batchBytes + text.length > frameBytesUsual) this.flush()
    this.#batch.push(text)
    this.#batchBytes += text.length
  }

  /** Sends what is queued. */
  flush(): void {
    if (this.#batch.length === 0) return
    const text = `[${this.#batch.join(',')}]`
    this.#batch = []
    this.#batchBytes = 0
    this.#send(text)
  }

  /** Says something about the link itself, in order with the envelopes. */
  tell(control: object): void {
    this.flush()
    this.#send(JSON.stringify(control))
  }

  /** Asks for a sign of life; without one the link breaks soon. */
  probe(): void {
    const { clock, limits, socket } = this.#options
    if (this.#isOver || this.#probe !== undefined) return
    socket.ping()
    this.#probe = clock.setTimer(
      () => this.break('it did not answer when it was asked'),
      limits.probeTimeoutMs,
    )
  }

  /** Sends what is queued, says goodbye with a reason, and is over. */
  end(code: number, reason: string): void {
    if (this.#isOver) return
    const { socket, clock, limits } = this.#options
    this.flush()
    if (this.#isOver) return
    this.#finish(reason)
    socket.close(code, shortened(reason))
    const force = clock.setTimer(() => socket.terminate(), limits.goodbyeTimeoutMs)
    socket.once('close', () => clock.clearTimer(force))
  }

  /** Is over at once; nothing of what waits is sent. */
  break(reason: string): void {
    if (this.#isOver) return
    this.#finish(reason)
    this.#options.socket.terminate()
  }

  #send(text: string): void {
    if (this.#isOver) return
    const { socket, limits } = this.#options
    const { frameBytesMax, bufferedBytesMax } = limits
    if (Buffer.byteLength(text) > frameBytesMax) {
      return this.break(`a frame for it is larger than ${frameBytesMax} bytes`)
    }
    if (socket.bufferedAmount > bufferedBytesMax) {
      return this.break(`it does not read: more than ${bufferedBytesMax} bytes wait for it`)
    }
    socket.send(text)
  }

  #heard(): void {
    this.#heartbeat.missed = 0
    if (this.#probe === undefined) return
    this.#options.clock.clearTimer(this.#probe)
    this.#probe = undefined
  }

  /** Counts heartbeats and not time, so that a process that stood still does not blame others. */
  #beat(): void {
    const { socket, clock, limits } = this.#options
    const { heartbeatIntervalMs, heartbeatsMissedMax } = limits
    this.#heartbeat.timer = clock.setTimer(() => {
      if (this.#heartbeat.missed >= heartbeatsMissedMax) {
        return this.break(`it was silent for ${heartbeatIntervalMs * heartbeatsMissedMax} ms`)
      }
      this.#heartbeat.missed++
      socket.ping()
      this.#beat()
    }, heartbeatIntervalMs)
  }

  #finish(reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    const { clock, ended } = this.#options
    for (const timer of [this.#heartbeat.timer, this.#probe]) {
      if (timer !== undefined) clock.clearTimer(timer)
    }
    ended(reason)
  }
}

/** As much of a reason as a close frame can carry. */
function shortened(reason: string): string {
  if (Buffer.byteLength(reason) <= reasonBytesMax) return reason
  let text = reason.slice(0, reasonBytesMax - 3)
  while (Buffer.byteLength(text) > reasonBytesMax - 3) text = text.slice(0, -1)
  return `${text}…`
}
