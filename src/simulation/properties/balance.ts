import type { Ledger } from '../../model/ledger/ledger.ts'
import type { AgentRecord } from '../../model/ledger/records.ts'
import type { Quantities, Quantity } from '../../model/resources/quantities.ts'

/**
 * Whether the accounts of an agent come to the same sizes as what its offers and tasks hold.
 * Quicker than `auditAgent`, which says what is wrong and tells apart the items of a set.
 */
export function isInBalance(ledger: Ledger, agent: AgentRecord): boolean {
  const { total, free, offered, used } = agent
  const rest: Sizes = {}
  count(rest, total, 1)
  count(rest, free, -1)
  count(rest, offered, -1)
  count(rest, used, -1)
  if (!isZero(rest)) return false
  count(rest, offered, 1)
  for (const id of agent.offers) {
    const offer = ledger.offers.get(id)
    if (offer === undefined) return false
    count(rest, offer.resources, -1)
  }
  if (!isZero(rest)) return false
  count(rest, used, 1)
  for (const { holds, resources } of agent.tasks) if (holds) count(rest, resources, -1)
  for (const { task } of agent.abandoned.values()) if (task.holds) count(rest, task.resources, -1)
  return isZero(rest)
}

type Sizes = Record<string, number>

function count(sizes: Sizes, amounts: Readonly<Quantities>, sign: 1 | -1): void {
  for (const key in amounts) {
    const amount = amounts[key]
    if (amount !== undefined) sizes[key] = (sizes[key] ?? 0) + sign * sizeOf(amount)
  }
}

function sizeOf(amount: Quantity): number {
  if (typeof amount === 'number') return amount
  let size = 0
  for (const item of amount) size += typeof item === 'string' ? 1 : item[1] - item[0] + 1
  return size
}

function isZero(sizes: Sizes): boolean {
  for (const key in sizes) if (sizes[key] !== 0) return false
  return true
}
