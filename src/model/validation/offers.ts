import type { Ledger } from '../ledger/ledger.ts'
import type { AgentRecord, FrameworkRecord, OfferRecord } from '../ledger/records.ts'

/** The offers of one launch, as one: all of one agent and one role. */
export interface AcceptedOffers {
  readonly agent: AgentRecord
  readonly role: string
  readonly offers: readonly OfferRecord[]
}

/**
 * Checks the offer list of a launch; the first failure wins (Mesos: src/master/validation.cpp,
 * offer::validate). Unlike Mesos, another framework's offer is left alone.
 */
export function checkOffers(
  ledger: Ledger,
  framework: FrameworkRecord,
  offerIds: readonly string[],
): AcceptedOffers | { problem: string } {
  if (offerIds.length === 0) return { problem: 'the launch names no offer' }
  const offers: OfferRecord[] = []
  for (const id of offerIds) {
    if (offers.some((offer) => offer.id === id)) return { problem: `offer ${id} is named twice` }
    const offer = ledger.offers.get(id)
    if (offer === undefined || offer.frameworkId !== framework.id) {
      return { problem: `offer ${id} is not valid any more: used, declined, rescinded or unknown` }
    }
    offers.push(offer)
  }
  const [first] = offers
  const agent = first === undefined ? undefined : ledger.agents.get(first.agentId)
  if (first === undefined || agent === undefined) return { problem: 'the agent is unknown' }
  for (const offer of offers) {
    if (offer.role !== first.role) {
      return { problem: `offers of the roles ${first.role} and ${offer.role} cannot be joined` }
    }
    if (offer.agentId !== first.agentId) {
      return {
        problem: `offers of the agents ${first.agentId} and ${offer.agentId} cannot be joined`,
      }
    }
  }
  if (agent.state !== 'connected') return { problem: `agent ${agent.id} is ${agent.state}` }
  return { agent, role: first.role, offers }
}
