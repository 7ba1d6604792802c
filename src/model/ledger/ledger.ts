import type { Quantities } from '../resources/quantities.ts'
import { pingSlices, type Timeouts } from '../timeouts.ts'
import type { AgentRecord, FrameworkRecord, OfferRecord } from './records.ts'

/** The sizes of the master's memories of the past (Mesos: src/master/constants.hpp). */
export const completedFrameworksMax = 50
export const completedTasksMax = 1_000
export const unreachableTasksMax = 1_000

/**
 * The master's book. It is plain data, changed in place by the decisions in model/master and by
 * nobody else; an explorer copies it before each step.
 */
export interface Ledger {
  readonly explorable: boolean
  readonly masterId: string
  readonly timeouts: Timeouts
  /** Resources below which an offer is not worth making; any one of them suffices. */
  readonly minAllocatable: readonly Readonly<Record<string, number>>[]
  readonly weights: Map<string, number>
  readonly agents: Map<string, AgentRecord>
  readonly frameworks: Map<string, FrameworkRecord>
  readonly offers: Map<string, OfferRecord>
  /** Who lives where: the ids behind the addresses of agents and schedulers. */
  readonly agentAt: Map<string, string>
  readonly frameworkAt: Map<string, string>
  /** The scalars of all connected agents together. */
  readonly capacity: Quantities
  /** Agents with something to allocate since the last allocation. */
  readonly candidates: Set<string>
  /** Ids of frameworks that are gone for good, oldest first; bounded. */
  readonly completedFrameworks: string[]
  /** The slice of the agents that is pinged next. */
  pingSlot: number
  /** The agents of each slice. */
  readonly pingSlices: readonly Set<AgentRecord>[]
  nextFramework: number
  nextAgent: number
  nextOffer: number
}

export interface LedgerOptions {
  readonly masterId: string
  readonly timeouts: Timeouts
  readonly weights?: ReadonlyMap<string, number>
  readonly minAllocatable?: readonly Readonly<Record<string, number>>[]
  readonly explorable?: boolean
}

/** 0.01 cpus or 32 MB, as in Mesos (`--min_allocatable_resources`), in thousandths. */
const defaultMinAllocatable = [{ cpus: 10 }, { mem: 32_000 }]

export function createLedger(options: LedgerOptions): Ledger {
  return {
    explorable: options.explorable ?? false,
    masterId: options.masterId,
    timeouts: options.timeouts,
    minAllocatable: options.minAllocatable ?? defaultMinAllocatable,
    weights: new Map(options.weights),
    agents: new Map(),
    frameworks: new Map(),
    offers: new Map(),
    agentAt: new Map(),
    frameworkAt: new Map(),
    capacity: {},
    candidates: new Set(),
    completedFrameworks: [],
    pingSlot: 0,
    pingSlices: Array.from({ length: pingSlices }, () => new Set<AgentRecord>()),
    nextFramework: 0,
    nextAgent: 0,
    nextOffer: 0,
  }
}

/** Ids as Mesos forms them, so that logs of both read alike. */
export function takeFrameworkId(ledger: Ledger): string {
  return `${ledger.masterId}-${String(ledger.nextFramework++).padStart(4, '0')}`
}

export function takeAgentId(ledger: Ledger): string {
  return `${ledger.masterId}-S${ledger.nextAgent++}`
}

export function takeOfferId(ledger: Ledger): string {
  return `${ledger.masterId}-O${ledger.nextOffer++}`
}

/** The framework whose scheduler lives at the address, if it is registered. */
export function frameworkAt(ledger: Ledger, address: string): FrameworkRecord | undefined {
  const id = ledger.frameworkAt.get(address)
  return id === undefined ? undefined : ledger.frameworks.get(id)
}

/** The agent that lives at the address, if it is registered. */
export function agentAt(ledger: Ledger, address: string): AgentRecord | undefined {
  const id = ledger.agentAt.get(address)
  return id === undefined ? undefined : ledger.agents.get(id)
}
