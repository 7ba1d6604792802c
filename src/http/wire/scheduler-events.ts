import type { FrameworkInfo, SchedulerMessage } from '../../messages/index.ts'
import type { Json } from './json.ts'
import { writeInverseOffer, writeOffer } from './offers.ts'
import { writeOperationStatus } from './operations.ts'
import { formFor } from './resources.ts'
import { writeTaskStatus } from './task-status.ts'

/** Who hears the events. */
export interface Subscriber {
  readonly info: FrameworkInfo
  readonly frameworkId: string
  /** What Mesos tells of its master: id, hostname, address, version, capabilities. */
  readonly masterInfo: Json
}

const msPerSecond = 1000

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
