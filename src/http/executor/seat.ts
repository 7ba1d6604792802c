import type { Clock, Seat, Timer, Transport } from '../../actors/ports.ts'
import type {
  Address,
  AgentMessage,
  Envelope,
  ExecutorMessage,
  Message,
} from '../../messages/index.ts'
import type { ExecutorRegistered } from '../../messages/lifecycle.ts'
import type { AnswerStream } from '../server/route.ts'
import { type ExecutorSubscriber, executorEvents } from '../wire/executor-events.ts'
import { encodeRecord } from '../wire/record-io.ts'

export interface SeatParts {
  /** Whose executor it is. */
  readonly agent: Address
  readonly transport: Transport
  readonly clock: Clock
  /** How often a quiet stream shows that it lives, in milliseconds. */
  readonly heartbeatIntervalMs: number
}

/**
 * The mailbox of one executor that is a program. What its agent says while no stream is open is
 * lost: the executor says what it has when it comes back, and the agent compares.
 */
export class ExecutorSeat {
  readonly seat: Seat
  readonly #parts: SeatParts
  readonly #unsubscribe: () => void
  #stream: AnswerStream | undefined
  #heartbeat: Timer | undefined
  #isRegistered = false
  /** Until its agent has said more, its framework is one without any wishes. */
  #subscriber: ExecutorSubscriber

  constructor(seat: Seat, parts: SeatParts) {
    this.seat = seat
    this.#parts = parts
    this.#subscriber = { ...seat, framework: { name: '', roles: [] } }
    this.#unsubscribe = parts.transport.subscribe(seat.address, (envelopes) =>
      this.#hear(envelopes),
    )
  }

  /** Its agent knows that it is here. */
  get isRegistered(): boolean {
    return this.#isRegistered
  }

  /** Says something to its agent in its name. */
  say(message: AgentMessage): void {
    const { agent, transport } = this.#parts
    transport.send({ from: this.seat.address, to: agent, message })
  }

  /** From now on this stream is its own; an older one ends. */
  attach(stream: AnswerStream): void {
    this.#stream?.end()
    this.#stream = stream
    this.#beatLater()
  }

  /** This stream is over; perhaps it was replaced long ago. */
  detach(stream: AnswerStream): void {
    if (this.#stream !== stream) return
    this.#stream = undefined
    this.#stopBeating()
  }

  /** The executor is gone. */
  close(): void {
    this.#unsubscribe()
    this.#stopBeating()
    this.#stream?.end()
    this.#stream = undefined
  }

  #hear(envelopes: readonly Envelope[]): void {
    for (const { message } of envelopes) {
      if (message.type === 'lifecycle.executorRegistered') this.#welcome(message)
      // One that came too late is told to end, and may still report.
      else if (message.type === 'lifecycle.shutdownExecutor') this.#isRegistered = true
      if (this.#stream !== undefined && isForExecutors(message)) this.#tell(message, this.#stream)
    }
  }

  #welcome({ framework, executor }: ExecutorRegistered): void {
    this.#isRegistered = true
    this.#subscriber = { ...this.#subscriber, framework, ...(executor && { executor }) }
  }

  #tell(message: ExecutorMessage, stream: AnswerStream): void {
    for (const event of executorEvents(message, this.#subscriber)) {
      stream.write(encodeRecord(event))
    }
  }

  #beatLater(): void {
    const { clock, heartbeatIntervalMs } = this.#parts
    this.#stopBeating()
    this.#heartbeat = clock.setTimer(() => {
      this.#stream?.write(encodeRecord({ type: 'HEARTBEAT' }))
      this.#beatLater()
    }, heartbeatIntervalMs)
  }

  #stopBeating(): void {
    if (this.#heartbeat !== undefined) this.#parts.clock.clearTimer(this.#heartbeat)
    this.#heartbeat = undefined
  }
}

const heard: ReadonlySet<Message['type']> = new Set<ExecutorMessage['type']>([
  'lifecycle.executorRegistered',
  'lifecycle.shutdownExecutor',
  'task.launch',
  'task.launchGroup',
  'task.kill',
  'task.acknowledge',
  'task.message',
])

/** Whoever writes to an address may say anything; only agents write to this one. */
function isForExecutors(message: Message): message is ExecutorMessage {
  return heard.has(message.type)
}
