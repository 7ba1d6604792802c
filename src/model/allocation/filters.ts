import type { Ledger } from '../ledger/ledger.ts'
import type { AgentRecord, ClientRecord, FrameworkRecord, RefuseFilter } from '../ledger/records.ts'
import { contains, type Quantities } from '../resources/quantities.ts'

/** Mesos' default and bound of refuse_seconds (mesos.proto, Filters). */
const refuseSecondsDefault = 5
const refuseSecondsMax = 365 * 24 * 60 * 60

/** How long a refusal counts, in milliseconds; nothing when it asks for no filter. */
export function refuseMs(seconds: number | undefined, intervalMs: number): number | undefined {
  if (seconds === 0) return undefined
  const legal = seconds !== undefined && seconds > 0 ? seconds : refuseSecondsDefault
  return Math.max(intervalMs, Math.min(legal, refuseSecondsMax) * 1_000)
}

/** What a client refused of an agent, until a time in milliseconds. */
interface Refusal {
  readonly client: ClientRecord
  readonly refused: Readonly<Quantities>
  readonly until: number
}

/** Remembers a refusal; `at` is the time, `epoch` that of the book. */
export function addFilter(agent: AgentRecord, refusal: Refusal, at: number, epoch: number): void {
  const { client, refused, until } = refusal
  const older = pruned(agent.filters.get(client), refusal, at)
  agent.filters.set(client, { refused, until, epoch, older })
}

/** The chain without what is over or cleared, and without what the new filter says as well. */
function pruned(
  filter: RefuseFilter | undefined,
  refusal: Refusal,
  at: number,
): RefuseFilter | undefined {
  if (filter === undefined) return undefined
  const { client, refused, until } = refusal
  const older = pruned(filter.older, refusal, at)
  const said = filter.until <= until && contains(refused, filter.refused)
  if (!isAlive(filter, client, at) || said) return older
  return older === filter.older ? filter : { ...filter, older }
}

/**
 * The filter that keeps these resources from the client: one that refused as much or more; anything
 * extra makes a new offer. Nothing when it may be offered them.
 */
export function blockingFilter(
  agent: AgentRecord,
  client: ClientRecord,
  resources: Readonly<Quantities>,
  at: number,
): RefuseFilter | undefined {
  const latest = agent.filters.get(client)
  if (latest === undefined) return undefined
  for (let filter: RefuseFilter | undefined = latest; filter; filter = filter.older) {
    if (isAlive(filter, client, at) && contains(filter.refused, resources)) return filter
  }
  if (latest.older === undefined && !isAlive(latest, client, at)) agent.filters.delete(client)
  return undefined
}

/** How many refusals count at a time, by role. */
export function activeFilters(agents: Iterable<AgentRecord>, at: number): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { filters } of agents) {
    for (const [client, latest] of filters) {
      for (let filter: RefuseFilter | undefined = latest; filter; filter = filter.older) {
        if (isAlive(filter, client, at)) counts.set(client.role, (counts.get(client.role) ?? 0) + 1)
      }
    }
  }
  return counts
}

function isAlive(filter: RefuseFilter, client: ClientRecord, at: number): boolean {
  return filter.until > at && filter.epoch >= client.filtersFrom
}

/**
 * Filters of these roles, or of all, count no longer. They stay with the agents until somebody
 * looks, because there may be one on every agent.
 */
export function clearFilters(
  ledger: Ledger,
  framework: FrameworkRecord,
  roles?: readonly string[],
): void {
  ledger.epoch++
  for (const client of framework.clients.values()) {
    if (roles === undefined || roles.includes(client.role)) client.filtersFrom = ledger.epoch
  }
  if (ledger.machines.size === 0) return
  for (const { notices } of ledger.agents.values()) {
    const notice = notices.get(framework.id)
    if (notice !== undefined) delete notice.filteredUntilMs
  }
}
