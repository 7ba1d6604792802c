import type { Clock, Timer } from '../../actors/ports.ts'
import type { AnswerStream, Streaming } from '../server/route.ts'
import { encodeRecord } from '../wire/record-io.ts'
import { EventWriter } from './events.ts'
import type { Happening } from './history.ts'
import { takePicture } from './picture.ts'
import type { OperatorPorts } from './ports.ts'
import { objectOf, wholeText } from './slices.ts'
import { getState } from './v1-state.ts'
import type { Viewer } from './viewer.ts'

/** How often subscribers hear that the master lives (Mesos: DEFAULT_HEARTBEAT_INTERVAL). */
const heartbeatMs = 15_000
/** The oldest makes room for one more (Mesos: --max_operator_event_stream_subscribers). */
const subscribersMax = 1_000

const heartbeat = encodeRecord({ type: 'HEARTBEAT' })

/** Everybody who listens to the master's events. */
export class Subscribers {
  readonly #ports: OperatorPorts
  readonly #events: EventWriter
  readonly #all = new Set<Subscriber>()
  readonly #max: number
  #unwatch: (() => void) | undefined

  constructor(ports: OperatorPorts, max = subscribersMax) {
    const { ledger, history, facts } = ports
    this.#ports = ports
    this.#events = new EventWriter(ledger, history, facts.version)
    this.#max = max
  }

  get size(): number {
    return this.#all.size
  }

  /** The answer to SUBSCRIBE: the state as it is, then what happens. */
  answerFor(viewer: Viewer): Streaming {
    let subscriber: Subscriber | undefined
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      opened: (stream) => {
        subscriber = this.#add(viewer, stream)
      },
      closed: () => {
        if (subscriber !== undefined) this.#remove(subscriber)
      },
    }
  }

  /** Ends all streams. */
  close(): void {
    for (const subscriber of [...this.#all]) {
      subscriber.end()
      this.#remove(subscriber)
    }
  }

  #add(viewer: Viewer, stream: AnswerStream): Subscriber {
    const { ledger, history, facts, clock } = this.#ports
    const [oldest] = this.#all
    if (this.#all.size >= this.#max && oldest !== undefined) {
      oldest.end()
      this.#remove(oldest)
    }
    const picture = takePicture(ledger(), history, viewer)
    const subscriber = new Subscriber(viewer, stream, clock)
    this.#all.add(subscriber)
    this.#unwatch ??= history.watch((happening) => this.#tell(happening))
    subscriber.begin(getState(picture, viewer, facts.version))
    return subscriber
  }

  #remove(subscriber: Subscriber): void {
    subscriber.stop()
    this.#all.delete(subscriber)
    if (this.#all.size > 0) return
    this.#unwatch?.()
    this.#unwatch = undefined
  }

  #tell(happening: Happening): void {
    const event = this.#events.eventOf(happening)
    if (event === undefined) return
    for (const subscriber of this.#all) subscriber.tell(event.record(subscriber.viewer))
  }
}

/** One listener. What happens while its first record is being made waits for that. */
class Subscriber {
  readonly viewer: Viewer
  readonly #stream: AnswerStream
  readonly #clock: Clock
  #waiting: string[] | undefined = []
  #timer: Timer | undefined
  #isOver = false

  constructor(viewer: Viewer, stream: AnswerStream, clock: Clock) {
    this.viewer = viewer
    this.#stream = stream
    this.#clock = clock
  }

  begin(state: Iterable<string>): void {
    const subscribed = objectOf({
      get_state: state,
      heartbeat_interval_seconds: [String(heartbeatMs / 1_000)],
    })
    wholeText(objectOf({ type: ['"SUBSCRIBED"'], subscribed })).then(
      (text) => this.#open(`${Buffer.byteLength(text)}\n${text}`),
      () => this.end(),
    )
  }

  tell(record: string | undefined): void {
    if (record === undefined || this.#isOver) return
    if (this.#waiting !== undefined) this.#waiting.push(record)
    else this.#stream.write(record)
  }

  end(): void {
    if (!this.#isOver) this.#stream.end()
  }

  stop(): void {
    this.#isOver = true
    this.#waiting = undefined
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer)
  }

  #open(subscribed: string): void {
    if (this.#isOver) return
    this.#stream.write(subscribed)
    this.#beat()
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const record of waiting) this.#stream.write(record)
  }

  #beat(): void {
    this.#stream.write(heartbeat)
    this.#timer = this.#clock.setTimer(() => this.#beat(), heartbeatMs)
  }
}
