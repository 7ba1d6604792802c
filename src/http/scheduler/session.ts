import type { Clock, Timer, Transport } from '../../actors/ports.ts'
import type { SchedulerMessage } from '../../messages/envelope.ts'
import {
  type Envelope,
  type FrameworkInfo,
  MASTER,
  type MasterMessage,
} from '../../messages/index.ts'
import type { AnswerStream } from '../server/route.ts'
import type { Json } from '../wire/json.ts'
import { encodeRecord } from '../wire/record-io.ts'
import { schedulerEvents } from '../wire/scheduler-events.ts'
import type { OperationFeedback } from './operation-feedback.ts'

export interface SessionParts {
  readonly transport: Transport
  readonly clock: Pick<Clock, 'setTimer' | 'clearTimer'>
  readonly streamId: string
  readonly info: FrameworkInfo
  readonly masterInfo: Json
  readonly feedback: Pick<OperationFeedback, 'take' | 'repeat' | 'lost'>
  /** It speaks and hears no more. */
  readonly ended: (session: Session) => void
}

/**
 * One subscription: a scheduler's seat among the actors. What the master tells it becomes events on
 * its stream, its calls become messages, and the end of the stream is the end of its address.
 */
export class Session {
  readonly address: string
  readonly streamId: string
  /** As the framework last described itself: how it wants to be told decides on that. */
  info: FrameworkInfo
  #frameworkId = ''
  readonly #parts: SessionParts
  #stream: AnswerStream | undefined
  #unsubscribe: (() => void) | undefined
  #heartbeat: Timer | undefined
  #isOver = false

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.streamId = parts.streamId
    this.address = `scheduler/${parts.streamId}`
    this.info = parts.info
  }

  /** Nothing before the master has answered. */
  get frameworkId(): string {
    return this.#frameworkId
  }

  /** Its stream is open: it introduces itself to the master. */
  open(stream: AnswerStream, introduction: MasterMessage): void {
    this.#stream = stream
    this.#unsubscribe = this.#parts.transport.subscribe(this.address, (envelopes) =>
      this.#receive(envelopes),
    )
    this.say(introduction)
  }

  /** Sends a message in its name. */
  say(message: MasterMessage): void {
    this.#parts.transport.send({ from: this.address, to: MASTER, message })
  }

  /** Tells its scheduler something that the master would say, too. */
  tell(message: SchedulerMessage): void {
    const { info } = this
    const { masterInfo } = this.#parts
    const subscriber = { info, frameworkId: this.#frameworkId, masterInfo }
    for (const event of schedulerEvents(message, subscriber)) {
      this.#stream?.write(encodeRecord(event))
    }
  }

  /** Ends it and its stream, after what was told before. */
  close(reason: string): void {
    if (this.#isOver) return
    this.#leave(reason)
    this.#stream?.end()
  }

  /** Its stream has ended. */
  lost(reason: string): void {
    if (!this.#isOver) this.#leave(reason)
  }

  /** The master learns of every end, and ignores those of addresses that it has left behind. */
  #leave(reason: string): void {
    this.#isOver = true
    this.#unsubscribe?.()
    if (this.#heartbeat !== undefined) this.#parts.clock.clearTimer(this.#heartbeat)
    this.say({ type: 'lifecycle.exited', address: this.address, reason })
    this.#parts.ended(this)
  }

  #receive(envelopes: readonly Envelope[]): void {
    for (const envelope of envelopes) {
      if (this.#isOver) return
      if (isFromMaster(envelope)) this.#hear(envelope.message)
    }
  }

  #hear(message: SchedulerMessage): void {
    // Each stream has its own rhythm, which begins when it does; the master has one for all.
    if (message.type === 'lifecycle.heartbeat') return
    if (message.type === 'allocation.operationUpdate') {
      const updates = this.#parts.feedback.take(this.#frameworkId, message.updates)
      return this.tell({ ...message, updates })
    }
    if (message.type === 'lifecycle.failure') {
      const updates = this.#parts.feedback.lost(this.#frameworkId, message.agentId)
      if (updates.length > 0) this.tell({ type: 'allocation.operationUpdate', updates })
    }
    this.tell(message)
    if (message.type === 'lifecycle.error') return this.close(message.message)
    if (message.type !== 'lifecycle.registered' && message.type !== 'lifecycle.reregistered') return
    this.#frameworkId = message.frameworkId
    this.#parts.feedback.repeat(message.frameworkId)
    if (this.#heartbeat === undefined) this.#beat(message.heartbeatIntervalMs)
  }

  #beat(intervalMs: number): void {
    this.#stream?.write(heartbeat)
    this.#heartbeat = this.#parts.clock.setTimer(() => this.#beat(intervalMs), intervalMs)
  }
}

const heartbeat = encodeRecord({ type: 'HEARTBEAT' })

/** What the master says to a scheduler's address is said to a scheduler. */
function isFromMaster(
  envelope: Envelope,
): envelope is Envelope & { readonly message: SchedulerMessage } {
  return envelope.from === MASTER
}
