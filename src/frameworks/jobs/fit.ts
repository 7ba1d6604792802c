import type { Resources } from '../../messages/index.ts'
import { describeResources } from '../../model/resources/describe.ts'
import { problemWithNames } from '../../model/resources/problems.ts'
import { contains, shortOf, toQuantities } from '../../model/resources/quantities.ts'

/**
 * Says why a demand can never be met by any of the agents, however long it waits, or nothing.
 * Names the resource that is short.
 */
export function problemWithFit(
  demand: Resources,
  agents: readonly Resources[],
): string | undefined {
  const known = new Set(agents.flatMap((agent) => Object.keys(agent)))
  const unknown = problemWithNames(demand, known)
  if (unknown !== undefined) return unknown
  const wanted = toQuantities(demand)
  const totals = agents.map((agent) => toQuantities(agent))
  if (totals.some((total) => contains(total, wanted))) return undefined
  for (const name of Object.keys(demand)) {
    const amount = wanted[name]
    if (amount === undefined || totals.some((total) => contains(total, { [name]: amount })))
      continue
    return `it needs ${amountText(demand, name)}, the largest agent has ${largest(agents, name)}`
  }
  const short = totals.map((total) => shortOf(total, wanted)).join(', ')
  return `it needs ${describeResources(demand)} on one agent; no agent has all of it at once (short of ${short})`
}

function amountText(demand: Resources, name: string): string {
  return describeResources({ [name]: demand[name] ?? 0 }).slice(1, -1)
}

function largest(agents: readonly Resources[], name: string): string {
  const scalars = agents.map((agent) => agent[name]).filter((amount) => typeof amount === 'number')
  return scalars.length === 0 ? 'others' : String(Math.max(...scalars))
}
