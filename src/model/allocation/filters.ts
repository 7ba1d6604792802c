import type { ClientRecord, FrameworkRecord, RefuseFilter } from '../ledger/records.ts'
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

/** Remembers that a client refused these resources of an agent, until a time in milliseconds. */
export function addFilter(
  client: ClientRecord,
  agentId: string,
  refused: Readonly<Quantities>,
  until: number,
  at: number,
): void {
  const older = pruned(client.filters.get(agentId), refused, until, at)
  client.filters.set(agentId, { refused, until, older })
}

/** The chain without what is over, and without what the new filter says as well. */
function pruned(
  filter: RefuseFilter | undefined,
  refused: Readonly<Quantities>,
  until: number,
  at: number,
): RefuseFilter | undefined {
  if (filter === undefined) return undefined
  const older = pruned(filter.older, refused, until, at)
  const said = filter.until <= until && contains(refused, filter.refused)
  if (filter.until <= at || said) return older
  return older === filter.older ? filter : { ...filter, older }
}

/**
 * The filter that keeps these resources from the client: one that refused as much or more; anything
 * extra makes a new offer. Nothing when it may be offered them.
 */
export function blockingFilter(
  client: ClientRecord,
  agentId: string,
  resources: Readonly<Quantities>,
  at: number,
): RefuseFilter | undefined {
  const latest = client.filters.get(agentId)
  for (let filter = latest; filter !== undefined; filter = filter.older) {
    if (filter.until > at && contains(filter.refused, resources)) return filter
  }
  if (latest?.older === undefined && latest !== undefined && latest.until <= at) {
    client.filters.delete(agentId)
  }
  return undefined
}

/** Forgets what was refused of an agent that is no more. */
export function forgetAgent(framework: FrameworkRecord, agentId: string): void {
  for (const client of framework.clients.values()) client.filters.delete(agentId)
}

/** Forgets the filters of these roles, or of all. */
export function clearFilters(framework: FrameworkRecord, roles?: readonly string[]): void {
  for (const client of framework.clients.values()) {
    if (roles === undefined || roles.includes(client.role)) client.filters.clear()
  }
}
