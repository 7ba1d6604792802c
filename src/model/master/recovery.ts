import type { StoredAdmission } from '../../messages/records.ts'
import { enterAgent } from '../ledger/agents.ts'
import { createLedger, type Ledger, type LedgerOptions } from '../ledger/ledger.ts'
import { setMaintenance } from '../ledger/maintenance.ts'
import { setQuota } from '../ledger/roles.ts'
import { quotaOf } from '../validation/quotas.ts'
import { awaitAgent } from './agents.ts'
import { keepCluster, keepSettings } from './keep.ts'
import type { MasterStep } from './step.ts'

/**
 * The book of a master that begins: empty, or with what its predecessor knew of agents and what
 * operators had said. That overrides what the options say (as in Mesos, where the registry
 * overrides `--weights`).
 */
export function openLedger(options: LedgerOptions): Ledger {
  const ledger = createLedger(options)
  const { settings, maintenance, history, agents = [], gone = [] } = options.memory ?? {}
  if (settings !== undefined) {
    ledger.weights = new Map(Object.entries(settings.weights))
    ledger.priorities = new Map(Object.entries(settings.priorities))
    ledger.whitelist = settings.whitelist && new Set(settings.whitelist)
    for (const { path } of [...ledger.roles.values()]) setQuota(ledger, path, nothing)
    for (const info of settings.quotas) setQuota(ledger, info.role, quotaOf(info))
  }
  if (maintenance !== undefined) setMaintenance(ledger, maintenance)
  ledger.completedFrameworks.push(...(history?.completedFrameworks ?? []))
  const oldestFirst = [...gone].sort((one, two) => one.goneAtMs - two.goneAtMs)
  for (const one of oldestFirst) ledger.goneAgents.set(one.id, one)
  for (const stored of agents) restoreAgent(ledger, stored)
  ledger.awaited.expected = ledger.awaited.agents.size
  return ledger
}

const nothing = { guarantees: {}, limits: {} }

function restoreAgent(ledger: Ledger, stored: StoredAdmission): void {
  const { agentId: id, address, info, duty, unreachableTimeMs } = stored
  const state = unreachableTimeMs === undefined ? 'unknown' : 'unreachable'
  const agent = enterAgent(ledger, { id, address, info, state, duty: { ...duty } })
  if (unreachableTimeMs !== undefined) agent.unreachableTimeMs = unreachableTimeMs
  else ledger.awaited.agents.add(id)
}

/** From now on the agents that its predecessor knew have so long to come back. */
export function awaitAgents(step: MasterStep): void {
  if (!step.book.durable) return
  keepCluster(step)
  keepSettings(step)
  for (const id of step.book.awaited.agents) {
    const agent = step.book.agents.get(id)
    if (agent !== undefined) awaitAgent(step, agent)
  }
}

/** The part of the awaited agents that may be missing when promises are worked out again. */
const missingMax = 0.2

/**
 * Whether it is too early to offer anything: as long as many agents are missing nobody can tell
 * what guarantees need (Mesos: src/master/allocator/mesos/hierarchical.cpp, recover).
 */
export function isTooEarly({ awaited: { agents, expected }, roles }: Ledger): boolean {
  if (agents.size <= expected * missingMax) return false
  return [...roles.values()].some(({ quota }) => quota !== undefined)
}
