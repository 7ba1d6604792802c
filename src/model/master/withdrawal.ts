import type { AgentRecord } from '../ledger/records.ts'
import { withdrawInverseOffers } from './inverse-offers.ts'
import { rescindOffers } from './offers.ts'
import type { MasterStep } from './step.ts'

/** Takes back all that is out on an agent, in either direction. */
export function withdrawFrom(step: MasterStep, agent: AgentRecord): void {
  rescindOffers(step, agent.offers, 'offer.rescinded')
  withdrawInverseOffers(step, ({ agentId }) => agentId === agent.id)
}
