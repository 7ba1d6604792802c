import type { StoredAdmission, StoredSettings } from '../../messages/records.ts'
import { enterAgent } from '../ledger/agents.ts'
import { createLedger, type Ledger, type LedgerOptions } from '../ledger/ledger.ts'
import { setMaintenance } from '../ledger/maintenance.ts'
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
  const { settings, maintenance, history, agents = [], gone = [] } = options.memory ?? {}
  const ledger = createLedger(settings === undefined ? options : saidIn(settings, options))
  if (maintenance !== undefined) setMaintenance(ledger, maintenance)
  ledger.completedFrameworks.push(...(history?.completedFrameworks ?? []))
  const oldestFirst = [...gone].sort((one, two) => one.goneAtMs - two.goneAtMs)
  for (const one of oldestFirst) ledger.goneAgents.set(one.id, one)
  for (const stored of agents) restoreAgent(ledger, stored)
  ledger.awaited.expected = ledger.awaited.agents.size
  return ledger
}

function saidIn(
  settings: StoredSettings,
  { whitelist: _, ...options }: LedgerOptions,
): LedgerOptions {
  const { weights, priorities, quotas, whitelist } = settings
  return {
    ...options,
    weights: new Map(Object.entries(weights)),
    priorities: new Map(Object.entries(priorities)),
    quotas: new Map(quotas.map((info) => [info.role, quotaOf(info)])),
    ...(whitelist !== undefined && { whitelist: new Set(whitelist) }),
  }
}

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
