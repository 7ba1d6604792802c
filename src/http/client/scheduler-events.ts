import type { SchedulerMessage } from '../../messages/index.ts'
import { isObject, type Json } from '../wire/json.ts'
import { readSchedulerEvent } from '../wire/scheduler-events.ts'

/** What an event tells, and what of it could not be read. */
export interface HeardEvent {
  readonly messages: readonly SchedulerMessage[]
  /** As sentences. */
  readonly problems: readonly string[]
  /** Offers that nobody here understands: to be declined, or nobody else would get them. */
  readonly strangeOfferIds: readonly string[]
}

/**
 * Reads an event of any server. Newer or other ones may say what is not known here: of an offer
 * among several only that one is lost, and an update whose uuid cannot be is one without.
 */
export function readEvent(event: unknown, role: string | undefined): HeardEvent {
  const problems: string[] = []
  const messages = messagesOf(event, role, problems)
  if (messages !== undefined) return { messages, problems, strangeOfferIds: [] }
  if (!isObject(event)) return { messages: [], problems, strangeOfferIds: [] }
  if (event.type === 'OFFERS') return readEachOffer(event, role)
  const { update } = event
  if (event.type !== 'UPDATE' || !isObject(update) || !isObject(update.status)) {
    return { messages: [], problems, strangeOfferIds: [] }
  }
  const status = { ...update.status, uuid: null }
  const unacknowledged = messagesOf({ ...event, update: { status } }, role, problems)
  return { messages: unacknowledged ?? [], problems, strangeOfferIds: [] }
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
  const strangeOfferIds: string[] = []
  const list: unknown = isObject(event.offers) ? event.offers.offers : undefined
  const messages = (Array.isArray(list) ? list : []).flatMap((offer: unknown) => {
    const read = messagesOf({ type: 'OFFERS', offers: { offers: [offer] } }, role, problems)
    if (read === undefined) strangeOfferIds.push(...idOf(offer))
    return read ?? []
  })
  return { messages, problems, strangeOfferIds }
}

function idOf(offer: unknown): string[] {
  if (!isObject(offer) || !isObject(offer.id)) return []
  return typeof offer.id.value === 'string' ? [offer.id.value] : []
}
