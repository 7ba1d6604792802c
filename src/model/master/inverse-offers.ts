import type { AcceptInverse, DeclineInverse } from '../../messages/allocation.ts'
import type { InverseOffer } from '../../messages/index.ts'
import { refuseMs } from '../allocation/filters.ts'
import { isActive } from '../ledger/accounts.ts'
import { takeOfferId } from '../ledger/ledger.ts'
import { type Machine, machineOf } from '../ledger/maintenance.ts'
import type {
  AgentRecord,
  FrameworkRecord,
  InverseOfferRecord,
  NoticeRecord,
} from '../ledger/records.ts'
import { begin, move } from '../tables.ts'
import { callingFramework, type From, type MasterStep, type MasterTimer } from './step.ts'

/**
 * Asks every framework that holds something, or is offered it, on an agent that is to be worked on,
 * unless it was asked already or has just answered (Mesos: src/master/allocator/mesos/
 * hierarchical.cpp, generateInverseOffers).
 */
export function offerInversely(step: MasterStep): void {
  const { book, turn } = step
  if (book.machines.size === 0) return
  const byFramework = new Map<FrameworkRecord, InverseOffer[]>()
  for (const agent of book.agents.values()) {
    const machine = machineOf(book, agent.info.hostname)
    if (machine === undefined || !isActive(agent)) continue
    for (const framework of holdersOn(step, agent)) {
      const notice = noticeFor(agent, framework.id)
      const { outstanding, filteredUntilMs = turn.at } = notice
      if (outstanding !== undefined || filteredUntilMs > turn.at) continue
      const offers = byFramework.get(framework) ?? []
      byFramework.set(framework, offers)
      offers.push(inverseOfferOn(step, agent, machine, framework, notice))
    }
  }
  for (const [{ address }, inverseOffers] of byFramework) {
    turn.send(address, { type: 'allocation.inverseOffer', inverseOffers })
  }
}

/** The frameworks that listen and would lose something. */
function holdersOn({ book }: MasterStep, agent: AgentRecord): Set<FrameworkRecord> {
  const holders = new Set<FrameworkRecord>()
  const add = (frameworkId: string): void => {
    const framework = book.frameworks.get(frameworkId)
    if (framework?.state === 'connected') holders.add(framework)
  }
  for (const { holds, frameworkId } of agent.tasks) if (holds) add(frameworkId)
  for (const id of agent.offers) add(book.offers.get(id)?.frameworkId ?? '')
  return holders
}

function noticeFor(agent: AgentRecord, frameworkId: string): NoticeRecord {
  const known = agent.notices.get(frameworkId)
  if (known !== undefined) return known
  const notice: NoticeRecord = {}
  agent.notices.set(frameworkId, notice)
  return notice
}

function inverseOfferOn(
  { book, turn, charts }: MasterStep,
  agent: AgentRecord,
  { unavailability }: Machine,
  { id: frameworkId }: FrameworkRecord,
  notice: NoticeRecord,
): InverseOffer {
  const id = takeOfferId(book)
  const agentId = agent.id
  const record = { id, frameworkId, agentId, state: charts.inverseOffer.initial }
  book.inverseOffers.set(id, record)
  notice.outstanding = id
  begin(charts.inverseOffer, turn, timersOf(record))
  const { hostname, endpoint } = agent.info
  const address = endpoint === undefined ? { hostname } : { hostname, endpoint }
  return { inverseOfferId: id, frameworkId, agentId, ...address, unavailability }
}

/** The framework will have left these agents in time. */
export function acceptInverse(step: MasterStep, call: From<AcceptInverse>): void {
  answer(step, call, 'accepted')
}

/** The framework will not leave these agents by itself. */
export function declineInverse(step: MasterStep, call: From<DeclineInverse>): void {
  answer(step, call, 'declined')
}

/** An answer is kept for the operator. Any of them counts as a filter for a while, as in Mesos. */
function answer(
  step: MasterStep,
  { from, inverseOfferIds, filters }: From<AcceptInverse> | From<DeclineInverse>,
  how: 'accepted' | 'declined',
): void {
  const { book, turn } = step
  const framework = callingFramework(step, from)
  if (framework === undefined) return
  const filterMs = refuseMs(filters?.refuseSeconds, book.timeouts.allocationIntervalMs) ?? 0
  for (const id of inverseOfferIds) {
    const offer = book.inverseOffers.get(id)
    const agent = book.agents.get(offer?.agentId ?? '')
    if (offer?.frameworkId !== framework.id || agent === undefined) continue
    endInverseOffer(step, offer, how)
    const notice = noticeFor(agent, framework.id)
    notice.answer = { status: how === 'accepted' ? 'ACCEPT' : 'DECLINE', atMs: turn.at }
    notice.filteredUntilMs = turn.at + filterMs
  }
}

/** Nobody answered in time; it is asked again at the next look at the pool. */
export function expireInverseOffer(
  step: MasterStep,
  { inverseOfferId }: { inverseOfferId: string },
): void {
  withdrawInverseOffers(step, ({ id }) => id === inverseOfferId, 'expired')
}

/** Takes back what fits, and tells those who listen. */
export function withdrawInverseOffers(
  step: MasterStep,
  isMeant: (offer: InverseOfferRecord) => boolean,
  how: 'expired' | 'rescinded' = 'rescinded',
): void {
  const { book, turn } = step
  for (const offer of [...book.inverseOffers.values()].filter(isMeant)) {
    endInverseOffer(step, offer, how)
    const framework = book.frameworks.get(offer.frameworkId)
    if (framework?.state !== 'connected') continue
    const inverseOfferIds = [offer.id]
    turn.send(framework.address, { type: 'allocation.rescindInverse', inverseOfferIds })
  }
}

function endInverseOffer(
  { book, turn, charts }: MasterStep,
  offer: InverseOfferRecord,
  how: 'accepted' | 'declined' | 'expired' | 'rescinded',
): void {
  move(charts.inverseOffer, offer, `inverseOffer.${how}`, turn, timersOf(offer))
  book.inverseOffers.delete(offer.id)
  delete book.agents.get(offer.agentId)?.notices.get(offer.frameworkId)?.outstanding
}

function timersOf({ id }: InverseOfferRecord) {
  return {
    id,
    event: (type: 'inverseOffer.expired'): MasterTimer => ({ type, inverseOfferId: id }),
  }
}
