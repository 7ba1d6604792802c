import type { Clock, Timer } from '../../actors/ports.ts'
import type { ExecutorMessage } from '../../messages/index.ts'
import type { ExecutorRegistered } from '../../messages/lifecycle.ts'
import { type FromExecutor, writeExecutorCalls } from '../wire/executor-call-writer.ts'
import { readExecutorEvent } from '../wire/executor-events.ts'
import { isObject } from '../wire/json.ts'
import { uuidToWire } from '../wire/uuid.ts'
import { type CallFailure, CallLine } from './call-line.ts'
import { EventStream, type StreamEnding } from './event-stream.ts'
import type { ExecutorEnvironment } from './executor-environment.ts'
import type { Unacknowledged } from './unacknowledged.ts'

/** Who an executor is and where, as far as its agent says it. */
export type Introduction = Partial<
  Pick<ExecutorRegistered, 'agentId' | 'framework' | 'executor' | 'agent'>
>

export interface AgentLineParts {
  readonly environment: ExecutorEnvironment
  readonly clock: Pick<Clock, 'setTimer' | 'clearTimer'>
  /** From 0 to 1. */
  readonly random: () => number
  readonly unacknowledged: Unacknowledged
  /** The agent knows the executor (again). */
  readonly subscribed: (introduction: Introduction) => void
  readonly heard: (message: Exclude<ExecutorMessage, ExecutorRegistered>) => void
  /** The way to the agent broke; it is tried again. */
  readonly broken: (reason: string) => void
  /** The agent does not come back, or does not want it: told once, last. */
  readonly gone: (ending: StreamEnding) => void
  /** What cannot be read or is not taken, as sentences. */
  readonly trouble: (sentence: string) => void
}

/** An agent that never let it in is not waited for as long as one that did. */
const strangerPatienceMs = 10_000

/**
 * An agent tells its executors to wait for at most as long as it waits for them when it is back.
 * One that drew a long wait would come too late on a busy machine: half of it is the most.
 */
const shareOfBackoffMax = 0.5
const answerTimeoutMs = 30_000
const callsBytesMax = 64 * 2 ** 20

/** The way of an executor to its agent, made again as often and for as long as it may be. */
export class AgentLine {
  readonly #parts: AgentLineParts
  #stream: EventStream | undefined
  #calls: CallLine | undefined
  #handedOver: ReadonlySet<string | undefined> = new Set()
  #agentId = ''
  #wasSubscribed = false
  #retry: Timer | undefined
  #patience: Timer | undefined
  #isOver = false

  constructor(parts: AgentLineParts) {
    this.#parts = parts
  }

  /** There is no way to the agent any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  open(): void {
    const { environment, unacknowledged } = this.#parts
    const { server, frameworkId, executorId } = environment
    this.#retry = undefined
    const handedOver = unacknowledged.handedOver()
    this.#handedOver = new Set(handedOver.unacknowledgedUpdates.map(({ uuid }) => uuid))
    const subscribe = { type: 'lifecycle.registerExecutor', frameworkId, executorId } as const
    const [call] = writeExecutorCalls({ ...subscribe, ...handedOver }, this.#agentId)
    this.#stream = new EventStream(server, JSON.stringify(call), {
      opened: () => {},
      heard: (event) => this.#hear(event),
      closed: (ending) => this.#close(ending),
    })
  }

  /** Makes the calls that say it; without a subscription it is lost. */
  say(message: FromExecutor): void {
    for (const call of writeExecutorCalls(message, this.#agentId)) {
      this.#calls?.push(JSON.stringify(call))
    }
  }

  /** Resolves when the agent has answered every call, or never will. */
  drained(): Promise<void> {
    return this.#calls?.drained() ?? Promise.resolve()
  }

  close(): void {
    this.#isOver = true
    this.#stream?.close()
    this.#calls?.close()
    this.#calls = undefined
    this.#stop(this.#retry)
    this.#stop(this.#patience)
  }

  #hear(event: unknown): void {
    if (isObject(event) && event.type === 'SUBSCRIBED') return this.#welcome(event)
    try {
      const message = readExecutorEvent(event)
      if (message !== undefined && message.type !== 'lifecycle.executorRegistered') {
        this.#parts.heard(message)
      }
    } catch (error) {
      this.#parts.trouble(`an event cannot be read: ${sentenceOf(error)}`)
    }
  }

  /** What other agents say of themselves need not be all that is known here. */
  #welcome(event: object): void {
    const { environment, clock, subscribed, trouble, unacknowledged } = this.#parts
    const introduction = introductionIn(event, trouble)
    this.#agentId = introduction.agentId ?? this.#agentId
    this.#wasSubscribed = true
    this.#stop(this.#patience)
    this.#patience = undefined
    this.#calls?.close()
    this.#calls = new CallLine({
      server: environment.server,
      headers: {},
      clock,
      timeoutMs: answerTimeoutMs,
      bytesMax: callsBytesMax,
      failed: ({ reason }) => this.#close({ reason: `a call failed: ${reason}` }),
      passes: (failure, body) => this.#pass(failure, body),
    })
    const late = unacknowledged.updates.filter(({ uuid }) => !this.#handedOver.has(uuid))
    const { frameworkId, executorId } = environment
    this.say({ type: 'task.update', frameworkId, executorId, updates: late })
    subscribed(introduction)
  }

  /** An update that the agent does not understand would stand in the way for ever. */
  #pass({ reason, status = 0 }: CallFailure, body: string): boolean {
    if (status !== 400 && status !== 413) return false
    const { unacknowledged, trouble } = this.#parts
    const refused = unacknowledged.updates.find(({ uuid }) => isIn(body, uuid))
    if (refused?.uuid !== undefined) unacknowledged.forget(refused.uuid)
    const what = refused === undefined ? 'a call' : `${refused.state} of task ${refused.taskId}`
    trouble(`the agent refuses ${what}: ${reason}`)
    return true
  }

  #close(ending: StreamEnding): void {
    if (this.#isOver) return
    this.#stream?.close()
    this.#calls?.close()
    this.#calls = undefined
    const { environment, clock, random, broken } = this.#parts
    const { checkpoint, recoveryTimeoutMs, subscriptionBackoffMaxMs } = environment
    if (ending.refusal !== undefined || (this.#wasSubscribed && !checkpoint)) {
      return this.#give(ending)
    }
    const patienceMs = checkpoint ? recoveryTimeoutMs : strangerPatienceMs
    this.#patience ??= clock.setTimer(() => {
      this.#give({ reason: `it did not come back in ${patienceMs} ms: ${ending.reason}` })
    }, patienceMs)
    const waitMs = random() * shareOfBackoffMax * subscriptionBackoffMaxMs
    this.#retry = clock.setTimer(() => this.open(), waitMs)
    broken(ending.reason)
  }

  #give(ending: StreamEnding): void {
    this.close()
    this.#parts.gone(ending)
  }

  #stop(timer: Timer | undefined): void {
    if (timer !== undefined) this.#parts.clock.clearTimer(timer)
  }
}

function introductionIn(event: object, trouble: AgentLineParts['trouble']): Introduction {
  try {
    const message = readExecutorEvent(event)
    return message?.type === 'lifecycle.executorRegistered' ? message : {}
  } catch (error) {
    trouble(`what the agent says of itself cannot be read: ${sentenceOf(error)}`)
    return {}
  }
}

function isIn(body: string, uuid: string | undefined): boolean {
  return uuid !== undefined && body.includes(JSON.stringify(uuidToWire(uuid)))
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
