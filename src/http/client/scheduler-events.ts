import type { SchedulerMessage } from '../../messages/index.ts'
import { isObject, type Json } from '../wire/json.ts'
import { readSchedulerEvent } from '../wire/scheduler-events.ts'

/** What an event tells, and what of it could not be read. */
export interface HeardEvent {
  readonly messages: readonly SchedulerMessage[]
  /** As sentences. */
  readonly problems: readonly string[]
  /** What is to be answered whatever the scheduler thinks of it: calls without their framework. */
  readonly answers: readonly Json[]
}

/** Nobody else gets what is offered to somebody who does not understand it. */
const strangeRefuseSeconds = 3_600

/**
 * Reads an event of any server. Newer or other ones may say what is not known here: of an offer
 * among several only that one is lost, and an update whose uuid cannot be read is one without.
 */
export function readEvent(event: unknown, role: string | undefined): HeardEvent {
  const problems: string[] = []
  const messages = messagesOf(event, role, problems)
  if (messages !== undefined) return { messages, problems, answers: acknowledgements(event) }
  if (!isObject(event)) return { messages: [], problems, answers: [] }
  if (event.type === 'OFFERS') return readEachOffer(event, role)
  const { update } = event
  if (event.type !== 'UPDATE' || !isObject(update) || !isObject(update.status)) {
    return { messages: [], problems, answers: [] }
  }
  const status = { ...update.status, uuid: null }
  const unacknowledged = messagesOf({ ...event, update: { status } }, role, problems)
  return { messages: unacknowledged ?? [], problems, answers: [] }
}

function messagesOf(
  event: unknown,
  role: string | undefined,
  problems: string[],
): SchedulerMessage[] | undefined {
  try {
    const message = readSchedulerEvent(event, role)
    return message === undefined ? [] : [message]
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

function readEachOffer(event: Json, role: string | undefined): HeardEvent {
  const problems: string[] = []
  const strange: Json[] = []
  const list: unknown = isObject(event.offers) ? event.offers.offers : undefined
  const messages = (Array.isArray(list) ? list : []).flatMap((offer: unknown) => {
    const read = messagesOf({ type: 'OFFERS', offers: { offers: [offer] } }, role, problems)
    if (read === undefined && isObject(offer) && isObject(offer.id)) strange.push(offer.id)
    return read ?? []
  })
  const filters = { refuse_seconds: strangeRefuseSeconds }
  const decline = { type: 'DECLINE', decline: { offer_ids: strange, filters } }
  return { messages, problems, answers: strange.length === 0 ? [] : [decline] }
}

/** Masters of Mesos repeat the state of an operation until somebody has it; it is told once. */
function acknowledgements(event: unknown): readonly Json[] {
  if (!isObject(event) || !isObject(event.update_operation_status)) return []
  const { status } = event.update_operation_status
  if (!isObject(status) || !isObject(status.uuid)) return []
  const { agent_id, resource_provider_id, operation_id, uuid } = status
  const acknowledge_operation_status = {
    agent_id,
    resource_provider_id,
    operation_id,
    uuid: uuid.value,
  }
  return [{ type: 'ACKNOWLEDGE_OPERATION_STATUS', acknowledge_operation_status }]
}
