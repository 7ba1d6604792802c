import type { Clock, Ids, Transport } from '../../actors/ports.ts'
import type { FrameworkInfo, OperationStatus } from '../../messages/index.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import {
  fateOfOperations,
  type OperationQuestion,
  operationStatuses,
} from '../../model/master/operation-questions.ts'
import type { AnsweredCall } from '../operator/framework-counts.ts'
import type { Authorizer } from '../security/authorizer.ts'
import { empty, Refusal } from '../server/answers.ts'
import { expectAcceptsJson, expectJson } from '../server/negotiation.ts'
import type { Answer, HttpRequest, Route, Streaming } from '../server/route.ts'
import { parseBody } from '../wire/body.ts'
import { readSchedulerCall } from '../wire/calls.ts'
import type { Json } from '../wire/json.ts'
import { encodeRecord } from '../wire/record-io.ts'
import { messageOf, type QueuedCall } from './call-messages.ts'
import { problemWithChange, type UpdateFramework } from './changes.ts'
import { markMisallocated } from './misallocated.ts'
import { OperationFeedback } from './operation-feedback.ts'
import { markForbidden } from './rights.ts'
import { Session } from './session.ts'
import { type Calling, callingFramework, streamIdHeader } from './standing.ts'
import {
  introductionOf,
  problemWithRights,
  problemWithSubscription,
  type Subscribe,
  withPrincipal,
} from './subscription.ts'

export interface SchedulerDoorParts {
  readonly transport: Transport
  readonly clock: Pick<Clock, 'soon' | 'setTimer' | 'clearTimer'>
  readonly ids: Pick<Ids, 'uuid'>
  /** The master's book, for reading. */
  readonly ledger: () => Ledger
  /** What Mesos tells of its master. */
  readonly masterInfo: Json
  /** Who may do what; without it everybody everything. */
  readonly authorizer?: Authorizer
  /** Hears of calls that are answered here, without the master. */
  readonly answered?: (frameworkId: string, call: AnsweredCall) => void
}

const accepted = empty(202)

/**
 * The door of schedulers, `/api/v1/scheduler`: a subscription becomes a seat among the actors, a
 * call a message from there. What is checked here, in which order, and the statuses are Mesos'
 * (src/master/http.cpp, scheduler and _scheduler); all else is the master's business.
 */
export class SchedulerDoor {
  readonly route: Route
  readonly #parts: SchedulerDoorParts
  readonly #sessions = new Map<string, Session>()
  readonly #feedback: OperationFeedback

  constructor(parts: SchedulerDoorParts) {
    this.#parts = parts
    const { clock, ids, ledger } = parts
    this.#feedback = new OperationFeedback({
      clock,
      ids,
      timeouts: () => ledger().timeouts,
      fateOf: (agentId) => fateOfOperations(ledger(), agentId),
      tell: (frameworkId, updates) => this.#tellOperations(frameworkId, updates),
    })
    this.route = {
      path: '/api/v1/scheduler',
      methods: ['POST'],
      realm: 'mesos-master-scheduler',
      handle: (request) => this.#handle(request),
    }
  }

  /** A framework is gone for good, whoever removed it: there is nothing more to be told. */
  frameworkRemoved(frameworkId: string): void {
    for (const session of this.#sessions.values()) {
      if (session.frameworkId === frameworkId) session.close('its framework was removed')
    }
    this.#feedback.forget(frameworkId)
  }

  /** Ends all streams. */
  close(reason: string): void {
    for (const session of [...this.#sessions.values()]) session.close(reason)
    this.#feedback.close()
  }

  /** What is done is in no book any more, and yet not over before its framework knows. */
  #statusesOf(frameworkId: string, asked: readonly OperationQuestion[]): OperationStatus[] {
    const open = this.#feedback.latest(frameworkId)
    const known = operationStatuses(this.#parts.ledger(), frameworkId, asked)
    if (asked.length === 0) return [...known, ...open.values()]
    return known.map((status) => open.get(status.operationId) ?? status)
  }

  #tellOperations(frameworkId: string, updates: readonly OperationStatus[]): void {
    for (const session of this.#sessions.values()) {
      if (session.frameworkId !== frameworkId) continue
      session.tell({ type: 'allocation.operationUpdate', updates: [...updates] })
    }
  }

  #handle(request: HttpRequest): Answer | Streaming | Promise<Answer> {
    const { headers } = request
    expectJson(headers)
    const call = readSchedulerCall(parseBody(request.body))
    if (call.type === 'SUBSCRIBE') return this.#subscribe(call, request)
    if (call.type === 'RECONCILE_OPERATIONS') expectAcceptsJson(headers)
    const ledger = this.#parts.ledger()
    const calling = callingFramework(ledger, this.#sessions, call.frameworkId, request)
    const { framework, session } = calling
    if (call.type === 'UPDATE_FRAMEWORK') return this.#update(call, calling)
    const { authorizer } = this.#parts
    if (call.type === 'ACCEPT') markMisallocated(call, ledger)
    if (call.type === 'ACCEPT' && authorizer !== undefined) {
      markForbidden(call.operations, framework.info, authorizer)
    }
    if (call.type === 'RECONCILE_OPERATIONS') {
      const updates = this.#statusesOf(framework.id, call.operations)
      if (updates.length > 0) session.tell({ type: 'allocation.operationUpdate', updates })
      this.#parts.answered?.(framework.id, 'reconcile_operations')
    } else if (call.type === 'ACKNOWLEDGE_OPERATION_STATUS') {
      this.#feedback.acknowledge(framework.id, call.operationId, call.uuid)
      this.#parts.answered?.(framework.id, 'acknowledge_operation_status')
    } else this.#say(call, session)
    return accepted
  }

  #say(call: QueuedCall, session: Session): void {
    session.say(messageOf(call))
    if (call.type === 'TEARDOWN') session.close('its framework is torn down')
  }

  #subscribe(call: Subscribe, { headers, identity }: HttpRequest): Streaming {
    const info = withPrincipal(call.info, identity?.value)
    expectAcceptsJson(headers)
    if (headers[streamIdHeader] !== undefined) {
      throw new Refusal(400, "A SUBSCRIBE has no header 'Mesos-Stream-Id': its answer has.")
    }
    const { ids, ledger, authorizer } = this.#parts
    const streamId = ids.uuid()
    const problem = problemWithSubscription(call, info, ledger(), authorizer)
    const head = {
      status: 200,
      headers: { 'Content-Type': 'application/json', 'Mesos-Stream-Id': streamId },
    } as const
    if (problem !== undefined) return { ...head, ...refusal(problem) }
    const session = this.#sessionOf(streamId, info)
    const known = ledger().frameworks.get(call.frameworkId ?? '')?.info
    return {
      ...head,
      opened: (stream) => session.open(stream, introductionOf(call, info, known)),
      closed: (reason) => session.lost(reason),
    }
  }

  #sessionOf(streamId: string, info: FrameworkInfo): Session {
    const { transport, clock, masterInfo } = this.#parts
    const ended = ({ address }: Session) => void this.#sessions.delete(address)
    const feedback = this.#feedback
    const parts = { transport, clock, streamId, info, masterInfo, feedback, ended }
    const session = new Session(parts)
    this.#sessions.set(session.address, session)
    return session
  }

  /** Answered when the master has heard it, and it counts. */
  #update(call: UpdateFramework, { framework, session }: Calling): Promise<Answer> {
    const info = withPrincipal(call.info, framework.info.principal)
    const { suppressedRoles } = call
    const problem = problemWithChange(framework.info, { ...call, info })
    if (problem !== undefined) throw new Refusal(400, problem)
    const lacking = problemWithRights(info, this.#parts.authorizer)
    if (lacking !== undefined) throw new Refusal(403, lacking)
    session.info = info
    session.say({ type: 'lifecycle.describeFramework', framework: info, suppressedRoles })
    return new Promise((heard) => this.#parts.clock.soon(() => heard(empty(200))))
  }
}

/** A stream that has but one event: why there is no subscription. */
function refusal(message: string): Pick<Streaming, 'opened' | 'closed'> {
  return {
    opened: (stream) => {
      stream.write(encodeRecord({ type: 'ERROR', error: { message } }))
      stream.end()
    },
    closed: () => {},
  }
}
