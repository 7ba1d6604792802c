import { isActive } from '../../model/ledger/accounts.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { AgentRecord, ClientRecord } from '../../model/ledger/records.ts'
import { isPlain, nameOf } from '../../model/resources/kinds.ts'
import type { Quantities, Quantity } from '../../model/resources/quantities.ts'

/**
 * Whether the accounts of an agent come to the same sizes as what its offers and tasks hold.
 * Quicker than `auditAgent`, which says what is wrong and tells apart the items of a set.
 */
export function isInBalance(ledger: Ledger, agent: AgentRecord): boolean {
  const { total, free, offered, used } = agent
  if (agent.offers.size > 0 && !isActive(agent)) return false
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

/** The same for a framework in one role, which counts scalars by their plain names. */
export function isClientInBalance(ledger: Ledger, client: ClientRecord): boolean {
  const { framework, role, allocated } = client
  const rest = scalarsIn(allocated)
  for (const id of framework.offers) {
    const offer = ledger.offers.get(id)
    if (offer?.role === role) countScalars(rest, offer.resources)
  }
  for (const task of framework.tasks.values()) {
    if (task.holds && task.role === role) countScalars(rest, task.resources)
  }
  for (const { abandoned } of ledger.agents.values()) {
    if (abandoned.size === 0) continue
    for (const { task } of abandoned.values()) {
      const isIts = task.holds && task.role === role && task.frameworkId === framework.id
      if (isIts) countScalars(rest, task.resources)
    }
  }
  return isZero(rest)
}

function scalarsIn(amounts: Readonly<Quantities>): Sizes {
  const sizes: Sizes = {}
  for (const key in amounts) {
    const amount = amounts[key]
    if (typeof amount === 'number') sizes[key] = amount
  }
  return sizes
}

function countScalars(sizes: Sizes, amounts: Readonly<Quantities>): void {
  for (const key in amounts) {
    const amount = amounts[key]
    if (typeof amount !== 'number') continue
    const name = isPlain(key) ? key : nameOf(key)
    sizes[name] = (sizes[name] ?? 0) - amount
  }
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
