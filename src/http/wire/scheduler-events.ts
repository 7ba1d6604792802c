import type { FrameworkInfo, SchedulerMessage } from '../../messages/index.ts'
import {
  bytesAt,
  idAt,
  type Json,
  listAt,
  objectAt,
  optionalId,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalText,
  textAt,
  toMilliseconds,
} from './json.ts'
import { readInverseOffer, readOffer, writeInverseOffer, writeOffer } from './offers.ts'
import { readOperationStatus, writeOperationStatus } from './operations.ts'
import { formFor } from './resources.ts'
import { readTaskStatus, writeTaskStatus } from './task-status.ts'

/** Who hears the events. */
export interface Subscriber {
  readonly info: FrameworkInfo
  readonly frameworkId: string
  /** What Mesos tells of its master: id, hostname, address, version, capabilities. */
  readonly masterInfo: Json
}

const msPerSecond = 1000
/** What a master of Mesos does unless it says otherwise. */
const heartbeatSecondsDefault = 15

/** The events by which a scheduler hears a message: one each where ours are batches. */
export function schedulerEvents(message: SchedulerMessage, subscriber: Subscriber): Json[] {
  switch (message.type) {
    case 'lifecycle.registered':
    case 'lifecycle.reregistered':
      return [subscribed(message, subscriber)]
    case 'lifecycle.heartbeat':
      return [{ type: 'HEARTBEAT' }]
    case 'lifecycle.error':
      return [{ type: 'ERROR', error: { message: message.message } }]
    case 'lifecycle.failure':
      return [failure(message)]
    case 'task.update':
      return message.updates.map((status) => ({
        type: 'UPDATE',
        update: { status: writeTaskStatus(status) },
      }))
    case 'task.message':
      return [messageEvent(message)]
    default:
      return allocationEvents(message, subscriber)
  }
}

type AllocationMessage = Extract<SchedulerMessage, { type: `allocation.${string}` }>
type Of<Type extends SchedulerMessage['type']> = Extract<SchedulerMessage, { type: Type }>

function allocationEvents(message: AllocationMessage, { info }: Subscriber): Json[] {
  switch (message.type) {
    case 'allocation.offer': {
      const offers = message.offers.map((offer) => writeOffer(offer, formFor(info, offer.role)))
      return [{ type: 'OFFERS', offers: { offers } }]
    }
    case 'allocation.rescind':
      return message.offerIds.map((value) => ({
        type: 'RESCIND',
        rescind: { offer_id: { value } },
      }))
    case 'allocation.inverseOffer': {
      const inverse = message.inverseOffers.map(writeInverseOffer)
      return [{ type: 'INVERSE_OFFERS', inverse_offers: { inverse_offers: inverse } }]
    }
    case 'allocation.rescindInverse':
      return message.inverseOfferIds.map((value) => ({
        type: 'RESCIND_INVERSE_OFFER',
        rescind_inverse_offer: { inverse_offer_id: { value } },
      }))
    case 'allocation.operationUpdate':
      return message.updates.map((status) => ({
        type: 'UPDATE_OPERATION_STATUS',
        update_operation_status: { status: writeOperationStatus(status) },
      }))
  }
}

function subscribed(
  message: Of<'lifecycle.registered' | 'lifecycle.reregistered'>,
  { masterInfo }: Subscriber,
): Json {
  return {
    type: 'SUBSCRIBED',
    subscribed: {
      framework_id: { value: message.frameworkId },
      heartbeat_interval_seconds: message.heartbeatIntervalMs / msPerSecond,
      master_info: masterInfo,
    },
  }
}

function failure({ agentId, executorId, status }: Of<'lifecycle.failure'>): Json {
  const failure = {
    agent_id: { value: agentId },
    ...(executorId !== undefined && { executor_id: { value: executorId } }),
    ...(status !== undefined && { status }),
  }
  return { type: 'FAILURE', failure }
}

function messageEvent({ agentId, executorId, data }: Of<'task.message'>): Json {
  const message = { agent_id: { value: agentId }, executor_id: { value: executorId }, data }
  return { type: 'MESSAGE', message }
}

/**
 * Reads an event as the message that it tells. Nothing for events that tell none: whatever newer
 * masters know. `role` is whom offers are made to when they do not say so.
 */
export function readSchedulerEvent(event: unknown, role?: string): SchedulerMessage | undefined {
  const json = objectAt(event, 'the event')
  const type = textAt(json.type, 'type')
  if (type === 'HEARTBEAT') return { type: 'lifecycle.heartbeat' }
  const path = type.toLowerCase()
  if (!events.has(type)) return undefined
  const part = objectAt(json[path], path)
  switch (type) {
    case 'SUBSCRIBED':
      return readSubscribed(part)
    case 'ERROR':
      return { type: 'lifecycle.error', message: textAt(part.message, 'error.message') }
    case 'FAILURE':
      return readFailure(part)
    case 'UPDATE':
      return { type: 'task.update', updates: [readTaskStatus(part.status, 'update.status')] }
    case 'MESSAGE':
      return {
        type: 'task.message',
        agentId: idAt(part.agent_id, 'message.agent_id'),
        executorId: idAt(part.executor_id, 'message.executor_id'),
        data: bytesAt(part.data, 'message.data'),
      }
    default:
      return readAllocationEvent(type, part, role)
  }
}

const events: ReadonlySet<string> = new Set([
  'SUBSCRIBED',
  'ERROR',
  'FAILURE',
  'UPDATE',
  'MESSAGE',
  'OFFERS',
  'RESCIND',
  'INVERSE_OFFERS',
  'RESCIND_INVERSE_OFFER',
  'UPDATE_OPERATION_STATUS',
])

function readAllocationEvent(
  type: string,
  part: Json,
  role: string | undefined,
): SchedulerMessage | undefined {
  switch (type) {
    case 'OFFERS': {
      const offers = listAt(part.offers, 'offers.offers').map((offer, index) =>
        readOffer(offer, `offers.offers[${index}]`, role),
      )
      return { type: 'allocation.offer', offers }
    }
    case 'RESCIND':
      return { type: 'allocation.rescind', offerIds: [idAt(part.offer_id, 'rescind.offer_id')] }
    case 'INVERSE_OFFERS': {
      const path = 'inverse_offers.inverse_offers'
      const inverseOffers = listAt(part.inverse_offers, path).map((offer, index) =>
        readInverseOffer(offer, `${path}[${index}]`),
      )
      return { type: 'allocation.inverseOffer', inverseOffers }
    }
    case 'RESCIND_INVERSE_OFFER': {
      const inverseOfferId = idAt(part.inverse_offer_id, 'rescind_inverse_offer.inverse_offer_id')
      return { type: 'allocation.rescindInverse', inverseOfferIds: [inverseOfferId] }
    }
    default: {
      const update = readOperationStatus(part.status, 'update_operation_status.status')
      return { type: 'allocation.operationUpdate', updates: [update] }
    }
  }
}

function readSubscribed(part: Json): SchedulerMessage {
  const seconds = optionalNumber(part.heartbeat_interval_seconds, 'heartbeat_interval_seconds')
  const master = optionalObject(part.master_info, 'subscribed.master_info')
  return {
    type: 'lifecycle.registered',
    frameworkId: idAt(part.framework_id, 'subscribed.framework_id'),
    masterId: optionalText(master?.id, 'subscribed.master_info.id') ?? '',
    heartbeatIntervalMs: toMilliseconds(seconds ?? heartbeatSecondsDefault),
  }
}

function readFailure(part: Json): SchedulerMessage {
  const executorId = optionalId(part.executor_id, 'failure.executor_id')
  const status = optionalInteger(part.status, 'failure.status')
  return {
    type: 'lifecycle.failure',
    agentId: optionalId(part.agent_id, 'failure.agent_id') ?? '',
    ...(executorId !== undefined && { executorId }),
    ...(status !== undefined && { status }),
  }
}
