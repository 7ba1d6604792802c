import type { FrameworkRecord } from '../ledger/records.ts'
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

/** Remembers that a framework refused these resources of an agent. */
export function addFilter(
  framework: FrameworkRecord,
  role: string,
  agentId: string,
  refused: Readonly<Quantities>,
  until: number,
): void {
  let byAgent = framework.filters.get(role)
  if (byAgent === undefined) {
    byAgent = new Map()
    framework.filters.set(role, byAgent)
  }
  const filters = byAgent.get(agentId) ?? []
  filters.push({ refused, until })
  byAgent.set(agentId, filters)
}

/** A filter blocks what is no more than it refused; anything extra makes a new offer. */
export function isFiltered(
  framework: FrameworkRecord,
  role: string,
  agentId: string,
  resources: Readonly<Quantities>,
  at: number,
): boolean {
  const byAgent = framework.filters.get(role)
  const filters = byAgent?.get(agentId)
  if (byAgent === undefined || filters === undefined) return false
  const alive = filters.filter((filter) => filter.until > at)
  if (alive.length === 0) byAgent.delete(agentId)
  else if (alive.length < filters.length) byAgent.set(agentId, alive)
  return alive.some((filter) => contains(filter.refused, resources))
}

/** Forgets what was refused of an agent that is no more. */
export function forgetAgent(framework: FrameworkRecord, agentId: string): void {
  for (const byAgent of framework.filters.values()) byAgent.delete(agentId)
}

/** Forgets the filters of these roles, or of all. */
export function clearFilters(framework: FrameworkRecord, roles?: readonly string[]): void {
  if (roles === undefined) framework.filters.clear()
  else for (const role of roles) framework.filters.delete(role)
}
