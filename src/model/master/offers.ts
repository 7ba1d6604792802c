import type { Decline } from '../../messages/allocation.ts'
import { addFilter, refuseMs } from '../allocation/filters.ts'
import { clientsWanting } from '../allocation/wanting.ts'
import { existing } from '../assert.ts'
import { closeOffer } from '../ledger/accounts.ts'
import type { AgentRecord, FrameworkRecord, OfferRecord } from '../ledger/records.ts'
import { contains, type Quantities } from '../resources/quantities.ts'
import { move, type TimerSubject } from '../tables.ts'
import {
  callingFramework,
  type From,
  type MasterStep,
  type MasterTimer,
  wantAllocation,
} from './step.ts'

/** The timers of an offer, as the master's events. */
export function offerTimers({ batch }: OfferRecord): TimerSubject<'offer.expired', MasterTimer> {
  return { id: batch.id, event: (type) => ({ type, batchId: batch.id }) }
}

/** One timer serves a batch: its first offer starts it, the end of its last one cancels it. */
const untimed = {
  turn: { startTimer: (): void => {}, cancelTimer: (): void => {} },
  subject: { id: '', event: (type: 'offer.expired'): MasterTimer => ({ type, batchId: '' }) },
}

/** Ends an outstanding offer in the given way; its resources are free again. */
export function endOffer(
  step: MasterStep,
  offer: OfferRecord,
  happening:
    | 'offer.accepted'
    | 'offer.declined'
    | 'offer.expired'
    | 'offer.rescinded'
    | 'offer.discarded',
): void {
  const { batch } = offer
  batch.outstanding--
  if (batch.outstanding === 0) step.book.batches.delete(batch.id)
  if (batch.outstanding > 0) {
    move(step.charts.offer, offer, happening, untimed.turn, untimed.subject)
  } else move(step.charts.offer, offer, happening, step.turn, offerTimers(offer))
  closeOffer(step.book, offer)
  step.book.candidates.add(offer.agentId)
}

/** The scheduler does not want the offers. One that is not its own, or is over, is passed over. */
export function declineOffers(step: MasterStep, call: From<Decline>): void {
  const framework = callingFramework(step, call.from)
  if (framework === undefined) return
  for (const id of call.offerIds) {
    const offer = step.book.offers.get(id)
    if (offer?.frameworkId !== framework.id) continue
    endOffer(step, offer, 'offer.declined')
    refuse(step, offer, offer.resources, call.filters?.refuseSeconds)
  }
  if (isFiltered(call)) wantAllocation(step)
}

/**
 * Whether an answer keeps its resources away from who gave it. What is not kept away waits for
 * the next look at the whole pool, or offer and answer would go to and fro without end.
 */
export function isFiltered({ filters }: Pick<Decline, 'filters'>): boolean {
  return filters?.refuseSeconds !== 0
}

/** Remembers that the framework of an offer does not want these resources for a while. */
export function refuse(
  step: MasterStep,
  offer: OfferRecord,
  resources: Readonly<Quantities>,
  seconds: number | undefined,
): void {
  const { allocationIntervalMs, allocationDelayMs } = step.book.timeouts
  // Shorter than until the next look at the pool is done, and nobody else would have a turn.
  const duration = refuseMs(seconds, allocationIntervalMs + allocationDelayMs)
  if (duration === undefined) return
  const { at } = step.turn
  const agent = existing(step.book.agents, offer.agentId, 'agent')
  const refusal = { client: offer.client, refused: resources, until: at + duration }
  addFilter(agent, refusal, at, step.book.epoch)
}

/**
 * Nobody answered in time: the offers are taken back. Where others wait, silence counts as a
 * refusal, or the silent one would be first in line for the same resources again.
 */
export function expireOffers(step: MasterStep, { batchId }: { batchId: string }): void {
  const { book } = step
  const ids = book.batches.get(batchId)?.offerIds ?? []
  const offers = ids.flatMap((id) => book.offers.get(id) ?? [])
  rescindOffers(
    step,
    offers.map(({ id }) => id),
    'offer.expired',
  )
  for (const offer of offers) {
    if (isWantedElsewhere(step, offer)) refuse(step, offer, offer.resources, undefined)
  }
  wantAllocation(step)
}

/** Whether anybody but the framework of the offer wants offers at all. */
function isWantedElsewhere({ book }: MasterStep, { frameworkId }: OfferRecord): boolean {
  book.wanting ??= clientsWanting(book)
  return book.wanting.some((client) => client.frameworkId !== frameworkId)
}

/** Takes offers back and tells their schedulers. */
export function rescindOffers(
  step: MasterStep,
  offerIds: Iterable<string>,
  happening: 'offer.expired' | 'offer.rescinded',
): void {
  const byFramework = new Map<FrameworkRecord, string[]>()
  for (const id of [...offerIds]) {
    const offer = existing(step.book.offers, id, 'offer')
    const framework = existing(step.book.frameworks, offer.frameworkId, 'framework')
    endOffer(step, offer, happening)
    if (framework.state !== 'connected') continue
    const others = byFramework.get(framework)
    if (others === undefined) byFramework.set(framework, [id])
    else others.push(id)
  }
  for (const [{ address }, ids] of byFramework) {
    step.turn.send(address, { type: 'allocation.rescind', offerIds: ids })
  }
}

/** Voids offers without a word: their scheduler is gone, replaced, or named them wrongly. */
export function discardOffers(step: MasterStep, offerIds: Iterable<string>): void {
  for (const id of [...offerIds]) {
    endOffer(step, existing(step.book.offers, id, 'offer'), 'offer.discarded')
  }
}

/** Takes back the offers that have some of it, one by one, until enough is free. */
export function makeFree(step: MasterStep, agent: AgentRecord, needed: Readonly<Quantities>): void {
  for (const id of [...agent.offers]) {
    if (contains(agent.free, needed)) return
    const { resources = {} } = step.book.offers.get(id) ?? {}
    const helps = Object.keys(needed).some((key) => key in resources)
    if (helps) rescindOffers(step, [id], 'offer.rescinded')
  }
}
