import type { Offer } from '../../messages/index.ts'
import { fairPolicy } from '../allocation/fair.ts'
import { isFiltered } from '../allocation/filters.ts'
import type {
  Allocation,
  AllocationPolicy,
  AllocationView,
  Candidate,
  Client,
} from '../allocation/policy.ts'
import { existing } from '../assert.ts'
import { bookOffer, hasFree } from '../ledger/accounts.ts'
import { type Ledger, takeOfferId } from '../ledger/ledger.ts'
import type { OfferRecord } from '../ledger/records.ts'
import { contains, isEmpty, type Quantities, toResources } from '../resources/quantities.ts'
import { begin } from '../tables.ts'
import { offerTimers } from './offers.ts'
import type { MasterStep } from './step.ts'

/** Of these a crumb is no use; of any other resource (gpus, licences, …) whatever is left is. */
const commonResources: ReadonlySet<string> = new Set(['cpus', 'mem', 'disk', 'ports'])

/** Offers what is free on the candidate agents, as the policy decides. */
export function allocate(step: MasterStep): void {
  const { book, policy } = step
  const clients = clientsOf(book)
  const candidates = clients.length === 0 ? [] : candidatesOf(book)
  book.candidates.clear()
  if (candidates.length === 0) return
  const view = viewOf(book, clients, candidates, step.turn.at)
  for (const allocation of believable(step, policy, view)) offer(step, allocation)
}

/** A policy that throws, or gives away what is not there, is not believed: the fair one decides. */
function believable(
  step: MasterStep,
  policy: AllocationPolicy,
  view: AllocationView,
): readonly Allocation[] {
  let problem: string | undefined
  try {
    const allocations = policy.allocate(view)
    problem = problemWith(step.book, allocations)
    if (problem === undefined) return allocations
  } catch (error) {
    problem = `threw: ${error instanceof Error ? error.message : String(error)}`
  }
  step.turn.mark('allocation.rejected', `the policy ${policy.name} ${problem}`)
  return fairPolicy.allocate(view)
}

/** Looks at every agent: filters end without anybody saying so. */
export function allocateAll(step: MasterStep): void {
  if (step.book.frameworks.size === 0) return
  for (const id of step.book.agents.keys()) step.book.candidates.add(id)
  allocate(step)
}

function viewOf(
  ledger: Ledger,
  clients: readonly Client[],
  candidates: readonly Candidate[],
  at: number,
): AllocationView {
  return {
    at,
    capacity: ledger.capacity,
    candidates,
    clients,
    mayReceive: (client, agentId, resources) => {
      const framework = existing(ledger.frameworks, client.frameworkId, 'framework')
      return (
        isWorthOffering(ledger, resources) &&
        !isFiltered(framework, client.role, agentId, resources, at)
      )
    },
  }
}

function candidatesOf(ledger: Ledger): Candidate[] {
  const candidates: Candidate[] = []
  for (const id of ledger.candidates) {
    const agent = ledger.agents.get(id)
    if (agent !== undefined && hasFree(agent)) {
      candidates.push({ agentId: id, free: { ...agent.free } })
    }
  }
  return candidates
}

function clientsOf(ledger: Ledger): Client[] {
  const clients: Client[] = []
  for (const framework of ledger.frameworks.values()) {
    if (framework.state !== 'connected') continue
    for (const role of framework.info.roles) {
      if (framework.suppressedRoles.has(role)) continue
      clients.push({
        frameworkId: framework.id,
        role,
        weight: ledger.weights.get(role) ?? 1,
        allocated: framework.allocated,
        allocations: framework.allocations,
      })
    }
  }
  return clients
}

function isWorthOffering(ledger: Ledger, resources: Readonly<Quantities>): boolean {
  if (ledger.minAllocatable.length === 0) return !isEmpty(resources)
  if (Object.keys(resources).some((name) => !commonResources.has(name))) return true
  return ledger.minAllocatable.some((least) => contains(resources, least))
}

/** A policy that is wrong once is not believed at all: the whole result is refused. */
function problemWith(ledger: Ledger, allocations: readonly Allocation[]): string | undefined {
  const seen = new Set<string>()
  for (const { frameworkId, agentId, role, resources } of allocations) {
    const agent = ledger.agents.get(agentId)
    const framework = ledger.frameworks.get(frameworkId)
    if (agent === undefined || !contains(agent.free, resources) || isEmpty(resources)) {
      return `gave ${frameworkId} what agent ${agentId} does not have`
    }
    if (framework?.state !== 'connected' || !framework.info.roles.includes(role)) {
      return `gave resources to ${frameworkId} in the role ${role}, who cannot receive any`
    }
    if (seen.has(agentId)) return `gave agent ${agentId} away twice`
    seen.add(agentId)
  }
  return undefined
}

function offer(step: MasterStep, allocation: Allocation): void {
  const { book, turn, charts } = step
  const framework = existing(book.frameworks, allocation.frameworkId, 'framework')
  const record: OfferRecord = {
    id: takeOfferId(book),
    frameworkId: framework.id,
    agentId: allocation.agentId,
    role: allocation.role,
    resources: allocation.resources,
    state: charts.offer.initial,
  }
  bookOffer(book, record)
  begin(charts.offer, turn, offerTimers(record))
  turn.send(framework.address, { type: 'allocation.offer', offers: [describe(book, record)] })
}

function describe(ledger: Ledger, offer: OfferRecord): Offer {
  const agent = existing(ledger.agents, offer.agentId, 'agent')
  return {
    offerId: offer.id,
    frameworkId: offer.frameworkId,
    agentId: agent.id,
    hostname: agent.info.hostname,
    role: offer.role,
    resources: toResources(offer.resources),
    ...(agent.info.attributes && { attributes: agent.info.attributes }),
  }
}
