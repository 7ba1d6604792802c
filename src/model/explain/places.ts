import type { Contender } from '../allocation/contender.ts'
import { blockingFilter } from '../allocation/filters.ts'
import { hasGpus } from '../allocation/lot.ts'
import type { Refusal, Round } from '../allocation/round.ts'
import { isUnderway, machineOf } from '../ledger/maintenance.ts'
import type { AgentRecord } from '../ledger/records.ts'
import { allot } from '../resources/allot.ts'
import { addTo, type Quantities } from '../resources/quantities.ts'
import type { Demand, ExplainContext } from './demand.ts'

/** An agent, as somebody's demand meets it. */
export interface Place {
  readonly agent: AgentRecord
  /** It would fit if nobody else had anything there. */
  readonly fitsTotal: boolean
  /** It fits what is free now. */
  readonly fitsFree: boolean
  /** It fits what is free or out as offers. */
  readonly fitsOffered: boolean
  /** The part of what is free that is for its role at all. */
  readonly free: Readonly<Quantities>
  /** The framework's own constraint that the agent does not meet. */
  readonly constraint: string | undefined
  readonly isListed: boolean
  /** An operator lets it be offered. */
  readonly isOnDuty: boolean
  /** It is the time to work on its machine: frameworks with sense begin nothing there. */
  readonly isWorkedOn: boolean
  /** It has gpus, and the framework does not say that it can use gpus. */
  readonly isForGpusOnly: boolean
  /** Why the client may not be offered what is free, in the policy's own words. */
  readonly refusal: Refusal | undefined
  /** When the filter that keeps it away ends, in milliseconds. */
  readonly filteredUntil: number | undefined
}

/** Whether the agent is for the framework at all, whoever has what there. */
export function isOpen(place: Place): boolean {
  const { constraint, isListed, isForGpusOnly, isOnDuty, isWorkedOn } = place
  return constraint === undefined && isListed && !isForGpusOnly && isOnDuty && !isWorkedOn
}

/** Every connected agent, seen with the eyes of the demand. */
export function placesFor({ ledger, at }: ExplainContext, round: Round, demand: Demand): Place[] {
  const contender = round.clients.find(
    ({ frameworkId, role }) => frameworkId === demand.framework.id && role === demand.role,
  )
  if (contender === undefined) return []
  const lots = new Map(round.candidates.map((lot) => [lot.agentId, lot]))
  const places: Place[] = []
  for (const agent of ledger.agents.values()) {
    if (agent.state !== 'connected') continue
    const lot = lots.get(agent.id)
    const refused = lot !== undefined && round.offerable(contender, lot) === undefined
    const free = contender.partOf(agent.free)
    const filter = blockingFilter(agent, contender.record, free, at)
    places.push({
      agent,
      free,
      ...fitsOf(contender, agent, demand.resources),
      constraint: contender.constraints?.whyNot(agent.info),
      isListed: ledger.whitelist?.has(agent.info.hostname) ?? true,
      isOnDuty: agent.duty.state === 'active',
      isWorkedOn: isUnderway(machineOf(ledger, agent.info.hostname)?.unavailability, at),
      isForGpusOnly: hasGpus(agent.total) && !contender.usesGpus,
      refusal: refused ? round.refusal : undefined,
      filteredUntil: filter?.until,
    })
  }
  return places
}

function fitsOf(
  contender: Contender,
  agent: AgentRecord,
  demand: Readonly<Quantities>,
): Pick<Place, 'fitsTotal' | 'fitsFree' | 'fitsOffered'> {
  const open: Quantities = { ...agent.free }
  addTo(open, agent.offered)
  const fits = (resources: Readonly<Quantities>): boolean =>
    allot(demand, contender.partOf(resources)) !== undefined
  return { fitsTotal: fits(agent.total), fitsFree: fits(agent.free), fitsOffered: fits(open) }
}
