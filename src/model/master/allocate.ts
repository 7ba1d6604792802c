import type { Offer } from '../../messages/index.ts'
import { allocateGuarantees } from '../allocation/guarantees.ts'
import { BundledPolicy, drfPolicy } from '../allocation/policies.ts'
import type { Allocation, AllocationPolicy } from '../allocation/policy.ts'
import { PolicyError, Round } from '../allocation/round.ts'
import { clientsWanting } from '../allocation/wanting.ts'
import { existing } from '../assert.ts'
import { bookOffer, hasFree } from '../ledger/accounts.ts'
import { type Ledger, takeBatchId, takeOfferId } from '../ledger/ledger.ts'
import { machineOf } from '../ledger/maintenance.ts'
import type { AgentRecord, OfferBatch, OfferRecord } from '../ledger/records.ts'
import { clientOf } from '../ledger/roles.ts'
import {
  addTo,
  contains,
  isEmpty,
  type Quantities,
  subtract,
  toResources,
} from '../resources/quantities.ts'
import { begin } from '../tables.ts'
import { offerTimers } from './offers.ts'
import { isTooEarly } from './recovery.ts'
import type { MasterStep } from './step.ts'

/**
 * Offers what is free on the candidate agents, as the policy decides. One allocation looks at a
 * slice of them, so that no turn is long; the rest follows when others had their turn. Each slice
 * is whole: books, offers and shares are up to date when it ends.
 */
export function allocate(step: MasterStep): void {
  const { book, turn } = step
  if (isTooEarly(book)) return
  if (book.allWanted) addAll(book, turn.at)
  book.wanting = clientsWanting(book)
  if (book.wanting.length === 0) return book.candidates.clear()
  const round = new Round(book, {
    agentIds: nextSlice(book),
    compiler: step.compiler,
    memory: step.memory,
    untrusted: !(step.policy instanceof BundledPolicy),
    at: turn.at,
  })
  if (round.candidates.length > 0) {
    const [accepted, result] = decide(step, round)
    accepted.settle()
    book.seed = accepted.seed
    offerAll(step, accepted.quotas.isEmpty ? result : merged(result))
    book.sliceSize = sliceAfter(book.sliceSize, accepted, result.length)
  }
  if (book.candidates.size > 0) turn.raise({ type: 'allocation.wanted' })
}

/** Looks at every agent: filters end without anybody saying so. */
export function allocateAll(step: MasterStep): void {
  const { book, turn } = step
  if (book.frameworks.size === 0) return
  addAll(book, turn.at)
  if (book.candidates.size > 0) turn.raise({ type: 'allocation.wanted' })
}

function addAll(book: Ledger, at: number): void {
  book.allWanted = false
  for (const agent of book.agents.values()) {
    if (isWorthALook(book, agent, at)) book.candidates.add(agent.id)
  }
}

/** Not, if everybody refused what is free there and nobody's wishes have changed since. */
function isWorthALook(book: Ledger, agent: AgentRecord, at: number): boolean {
  if (!hasFree(agent) || book.whitelist?.has(agent.info.hostname) === false) return false
  const { settled } = agent
  return settled === undefined || settled.epoch !== book.epoch || settled.until <= at
}

/**
 * A policy that throws, or gives away what it may not, is not believed: nothing of its result
 * counts, and the default decides on a fresh draft.
 */
function decide(step: MasterStep, round: Round): [Round, Allocation[]] {
  const { book, turn, policy } = step
  const result = attempt(book, policy, round)
  if (typeof result !== 'string') return [round, result]
  book.rejected = `the policy ${policy.name} ${result}`
  turn.mark('allocation.rejected', book.rejected)
  const agentIds = round.candidates.map(({ agentId }) => agentId)
  const fresh = new Round(book, { agentIds, compiler: step.compiler, at: turn.at })
  return [fresh, [...allocateGuarantees(fresh), ...drfPolicy.allocate(fresh)]]
}

/** The result, or what is wrong with it. */
function attempt(book: Ledger, policy: AllocationPolicy, round: Round): Allocation[] | string {
  try {
    const result = [...allocateGuarantees(round), ...policy.allocate(round)]
    if (policy instanceof BundledPolicy) return result
    const stranger = result.find((allocation) => !round.claim(allocation))
    const excess = stranger ?? firstExcess(book, result)
    if (excess === undefined) return result
    const { frameworkId, agentId } = excess
    const which = stranger === undefined ? 'are not there' : 'it did not take from the round'
    return `gave ${frameworkId} resources of agent ${agentId} that ${which}`
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return error instanceof PolicyError ? message : `threw: ${message}`
  }
}

/** What is more than the agent has, by the book: a policy can have changed the round itself. */
function firstExcess(book: Ledger, result: readonly Allocation[]): Allocation | undefined {
  const left = new Map<string, Readonly<Quantities>>()
  return result.find(({ agentId, resources }) => {
    const free = left.get(agentId) ?? book.agents.get(agentId)?.free ?? {}
    if (!contains(free, resources)) return true
    left.set(agentId, free === resources ? {} : subtract(free, resources))
    return false
  })
}

function nextSlice(book: Ledger): string[] {
  const slice: string[] = []
  for (const id of book.candidates) {
    if (slice.length >= book.sliceSize) break
    slice.push(id)
    book.candidates.delete(id)
  }
  return slice
}

/** Rough costs in microseconds; a slice takes about 10 milliseconds, a few more with collection. */
const costs = { slice: 10_000, considered: 0.3, offer: 10, agent: 1 }
const slices = { min: 20, max: 5_000 }

/** How many agents to look at next time, after what the last ones cost. */
function sliceAfter(size: number, { considered, candidates }: Round, offers: number): number {
  const spent =
    considered * costs.considered + offers * costs.offer + candidates.length * costs.agent
  const next = Math.floor((candidates.length * costs.slice) / spent)
  return Math.max(slices.min, Math.min(next, size * 2, slices.max))
}

/** Guaranteed and fair parts for one client on one agent make one offer. */
function merged(allocations: readonly Allocation[]): Allocation[] {
  const byAgent = new Map<string, Allocation[]>()
  for (const allocation of allocations) {
    const others = byAgent.get(allocation.agentId)
    const twin = others?.findIndex(
      ({ frameworkId, role }) => frameworkId === allocation.frameworkId && role === allocation.role,
    )
    if (others === undefined) byAgent.set(allocation.agentId, [allocation])
    else if (twin === undefined || twin === -1) others.push(allocation)
    else others[twin] = joined(others[twin] ?? allocation, allocation)
  }
  return [...byAgent.values()].flat()
}

function joined(first: Allocation, second: Allocation): Allocation {
  const resources: Quantities = { ...first.resources }
  addTo(resources, second.resources)
  return { ...first, resources }
}

/** Makes the offers; those of one framework travel together. */
function offerAll(step: MasterStep, allocations: readonly Allocation[]): void {
  const { book, turn } = step
  const batch: OfferBatch = { id: takeBatchId(book), offerIds: [], outstanding: 0 }
  const byFramework = new Map<string, Offer[]>()
  for (const allocation of allocations) {
    if (isEmpty(allocation.resources)) continue
    const offer = describeOffer(book, offerOn(step, allocation, batch))
    const others = byFramework.get(allocation.frameworkId)
    if (others === undefined) byFramework.set(allocation.frameworkId, [offer])
    else others.push(offer)
  }
  if (batch.outstanding > 0) book.batches.set(batch.id, batch)
  for (const [frameworkId, offers] of byFramework) {
    const { address } = existing(book.frameworks, frameworkId, 'framework')
    turn.send(address, { type: 'allocation.offer', offers })
  }
}

function offerOn(step: MasterStep, allocation: Allocation, batch: OfferBatch): OfferRecord {
  const { book, turn, charts } = step
  const record: OfferRecord = {
    id: takeOfferId(book),
    client: clientOf(book, allocation),
    frameworkId: allocation.frameworkId,
    agentId: allocation.agentId,
    role: allocation.role,
    resources: allocation.resources,
    batch,
    state: charts.offer.initial,
  }
  if (batch.outstanding === 0) begin(charts.offer, turn, offerTimers(record))
  bookOffer(book, record)
  return record
}

function executorsOf({ executors }: AgentRecord, frameworkId: string): string[] {
  return [...executors.values()]
    .filter((one) => one.frameworkId === frameworkId)
    .map(({ id }) => id)
}

/** An offer as its scheduler sees it. */
export function describeOffer(ledger: Ledger, offer: OfferRecord): Offer {
  const agent = existing(ledger.agents, offer.agentId, 'agent')
  const { hostname, attributes, endpoint } = agent.info
  const machine = machineOf(ledger, hostname)
  const described: Offer = {
    offerId: offer.id,
    frameworkId: offer.frameworkId,
    agentId: agent.id,
    hostname,
    role: offer.role,
    resources: toResources(offer.resources),
  }
  if (attributes !== undefined) described.attributes = attributes
  if (endpoint !== undefined) described.endpoint = endpoint
  if (agent.executors.size > 0) {
    const executorIds = executorsOf(agent, offer.frameworkId)
    if (executorIds.length > 0) described.executorIds = executorIds
  }
  if (machine !== undefined) described.unavailability = machine.unavailability
  return described
}
