import type { Resources } from '../../messages/index.ts'
import { allot } from '../../model/resources/allot.ts'
import { describeAmounts, describeResources } from '../../model/resources/describe.ts'
import {
  isPlain,
  isReserved,
  isWithin,
  nameOf,
  parseKind,
  reservedRole,
} from '../../model/resources/kinds.ts'
import { measureOffer } from '../../model/resources/measures.ts'
import { problemWithNames } from '../../model/resources/problems.ts'
import { type Quantities, thousandths, toQuantities } from '../../model/resources/quantities.ts'

/**
 * Says why a demand can never be met by any of the agents, however long it waits, or nothing.
 * Names the resource that is short. What is reserved counts for its role and the roles below it.
 */
export function problemWithFit(
  demand: Resources,
  agents: readonly Resources[],
  roles: readonly string[] = [],
): string | undefined {
  const wanted = toQuantities(demand)
  for (const key in wanted) if (mayComeLater(key)) delete wanted[key]
  const totals: Quantities[] = []
  for (const agent of agents) {
    const total = toQuantities(usableBy(roles, agent))
    if (allot(wanted, total) !== undefined) return undefined
    totals.push(total)
  }
  const unknown = problemWithNames(byName(wanted), new Set(agents.flatMap(namesIn)))
  if (unknown !== undefined) return unknown
  for (const [key, amount] of Object.entries(wanted)) {
    if (totals.some((total) => allot({ [key]: amount }, total) !== undefined)) continue
    const largest = largestOf(key, totals)
    if (!isPlain(key) && largest === 0) return `no agent has any ${key}`
    const has = typeof amount === 'number' ? largest : 'others'
    return `it needs ${amountText(demand, key)}, the largest agent has ${has}`
  }
  const short = totals.map((total) => shortIn(total, wanted)).join(', ')
  return `it needs ${describeResources(demand)} on one agent; no agent has all of it at once (short of ${short})`
}

/** Reservations and volumes are made while the agents run. */
function mayComeLater(key: string): boolean {
  if (!isReserved(key)) return false
  const kind = parseKind(key)
  return kind?.volume !== undefined || kind?.reservations.at(-1)?.type === 'DYNAMIC'
}

function usableBy(roles: readonly string[], agent: Resources): Resources {
  const usable: Resources = {}
  for (const key in agent) {
    const amount = agent[key]
    const owner = reservedRole(key)
    const isUsable = owner === undefined || roles.some((role) => isWithin(role, owner))
    if (amount !== undefined && isUsable) usable[key] = amount
  }
  return usable
}

function byName(wanted: Quantities): Resources {
  return Object.fromEntries(Object.keys(wanted).map((key) => [nameOf(key), 1]))
}

function namesIn(agent: Resources): string[] {
  return Object.keys(agent).map(nameOf)
}

/** The most that any agent has under a key; of a list, how many. */
function largestOf(key: string, totals: readonly Quantities[]): number {
  return Math.max(0, ...totals.map((total) => (measureOffer(total)[key] ?? 0) / thousandths))
}

function shortIn(total: Quantities, wanted: Quantities): string {
  const keys = Object.keys(wanted)
  const isShort = (key: string) => allot({ [key]: wanted[key] ?? 0 }, total) === undefined
  return keys.find(isShort) ?? 'all at once'
}

function amountText(demand: Resources, key: string): string {
  return describeAmounts({ [key]: demand[key] ?? 0 })
}
