import type { MasterMemory } from '../../messages/records.ts'
import type { Scalars } from '../resources/quantities.ts'
import { pingSlices, type Timeouts } from '../timeouts.ts'
import type { GoneAgent, Machine, Maintenance } from './maintenance.ts'
import type {
  AgentRecord,
  ClientRecord,
  FrameworkRecord,
  InverseOfferRecord,
  OfferBatch,
  OfferRecord,
  Quota,
  RoleRecord,
} from './records.ts'
import { newRole, setQuota } from './roles.ts'

/** The sizes of the master's memories of the past (Mesos: src/master/constants.hpp). */
export const completedFrameworksMax = 50
export const fencedMax = 50
export const completedTasksMax = 1_000
export const unreachableTasksMax = 1_000
export const goneAgentsMax = 100_000

/**
 * The master's book. It is plain data, changed in place by the decisions in model/master and by
 * nobody else; an explorer copies it before each step.
 */
export interface Ledger {
  readonly explorable: boolean
  readonly masterId: string
  /** Survives every master, when one keeps what its successor is to know. */
  readonly clusterId: string
  /** Whether a storage keeps what changes here for the next master. */
  readonly durable: boolean
  /** Whether somebody keeps the history of tasks, agents and frameworks. */
  readonly reports: boolean
  readonly timeouts: Timeouts
  /** Resources below which an offer is not worth making; any one of them suffices. */
  readonly minAllocatable: readonly Readonly<Record<string, number>>[]
  /** How many ended tasks of each framework are remembered. */
  readonly completedTasksMax: number
  weights: ReadonlyMap<string, number>
  /** Higher comes first, under policies that know priorities; 0 when nothing is said. */
  priorities: ReadonlyMap<string, number>
  /** Every role that somebody has, holds resources in, or has a quota for; the root is ''. */
  readonly roles: Map<string, RoleRecord>
  /** Host names of agents whose resources may be offered; nothing allows all. */
  whitelist: ReadonlySet<string> | undefined
  readonly agents: Map<string, AgentRecord>
  /** Those of them whose duty is not `active`. */
  readonly offDuty: Set<AgentRecord>
  /** How many agents the last master knew that are not back yet, and how many there were. */
  readonly awaited: { readonly agents: Set<string>; expected: number }
  /** Those that may never come back, by id, the oldest first; bounded. */
  readonly goneAgents: Map<string, GoneAgent>
  /** What is planned for machines; only `setMaintenance` replaces it. */
  maintenance: Maintenance
  /** The machines of that plan, by host name in lower case. */
  machines: ReadonlyMap<string, Machine>
  readonly frameworks: Map<string, FrameworkRecord>
  readonly offers: Map<string, OfferRecord>
  readonly inverseOffers: Map<string, InverseOfferRecord>
  /** Who lives where: the ids behind the addresses of agents and schedulers. */
  readonly agentAt: Map<string, string>
  readonly frameworkAt: Map<string, string>
  /** The scalars of all connected agents together, as far as they may be offered. */
  readonly capacity: Scalars
  /** What is neither reserved nor revocable on connected agents, on duty or not. */
  readonly unreserved: Scalars
  /** Agents with something to allocate since the last allocation. */
  readonly candidates: Set<string>
  /** All agents are to be looked at in the next allocation. */
  allWanted: boolean
  /** Who wants offers now; nothing when it must be gathered anew. */
  wanting: readonly ClientRecord[] | undefined
  /** The offers that wait for answers, by the allocation that made them. */
  readonly batches: Map<string, OfferBatch>
  /** Why a result of the policy was refused, the last time it was. */
  rejected: string | undefined
  /** How many agents one allocation looks at before others have their turn. */
  sliceSize: number
  /** Counts the wishes that began anew. */
  epoch: number
  /** Where random numbers come from. */
  seed: number
  /** Where schedulers lived whose frameworks failed over to others; bounded. */
  readonly fenced: Set<string>
  /** Ids of frameworks that are gone for good, oldest first; bounded. */
  readonly completedFrameworks: string[]
  /** The slice of the agents that is pinged next. */
  pingSlot: number
  /** The agents of each slice. */
  readonly pingSlices: readonly Set<AgentRecord>[]
  nextFramework: number
  nextAgent: number
  nextOffer: number
  nextBatch: number
  nextOperation: number
}

export interface LedgerOptions {
  readonly masterId: string
  readonly timeouts: Timeouts
  readonly weights?: ReadonlyMap<string, number>
  readonly priorities?: ReadonlyMap<string, number>
  readonly whitelist?: ReadonlySet<string>
  readonly quotas?: ReadonlyMap<string, Quota>
  readonly seed?: number
  readonly minAllocatable?: readonly Readonly<Record<string, number>>[]
  readonly completedTasksMax?: number
  readonly explorable?: boolean
  /** Somebody keeps the history of tasks, agents and frameworks. */
  readonly reports?: boolean
  /** What the last master left, perhaps nothing; with it the master keeps what changes. */
  readonly memory?: MasterMemory
}

/** Agents in the first slice of the first allocation; after that experience tells. */
const firstSlice = 1_000

/** 0.01 cpus or 32 MB, as in Mesos (`--min_allocatable_resources`), in thousandths. */
const defaultMinAllocatable = [{ cpus: 10 }, { mem: 32_000 }]

export function createLedger(options: LedgerOptions): Ledger {
  const ledger: Ledger = {
    explorable: options.explorable ?? false,
    masterId: options.masterId,
    clusterId: options.memory?.cluster?.clusterId ?? options.masterId,
    durable: options.memory !== undefined,
    reports: options.reports ?? false,
    timeouts: options.timeouts,
    minAllocatable: options.minAllocatable ?? defaultMinAllocatable,
    completedTasksMax: options.completedTasksMax ?? completedTasksMax,
    weights: new Map(options.weights),
    priorities: new Map(options.priorities),
    roles: new Map([['', newRole('', undefined)]]),
    whitelist: options.whitelist,
    agents: new Map(),
    offDuty: new Set(),
    awaited: { agents: new Set(), expected: 0 },
    goneAgents: new Map(),
    maintenance: { windows: [], down: [] },
    machines: new Map(),
    frameworks: new Map(),
    offers: new Map(),
    inverseOffers: new Map(),
    agentAt: new Map(),
    frameworkAt: new Map(),
    capacity: {},
    unreserved: {},
    candidates: new Set(),
    allWanted: false,
    wanting: undefined,
    batches: new Map(),
    rejected: undefined,
    sliceSize: firstSlice,
    epoch: 0,
    seed: options.seed ?? 0,
    fenced: new Set(),
    completedFrameworks: [],
    pingSlot: 0,
    pingSlices: Array.from({ length: pingSlices }, () => new Set<AgentRecord>()),
    nextFramework: 0,
    nextAgent: 0,
    nextOffer: 0,
    nextBatch: 0,
    nextOperation: 0,
  }
  for (const [role, quota] of options.quotas ?? []) setQuota(ledger, role, quota)
  return ledger
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

export function takeBatchId(ledger: Ledger): string {
  return `${ledger.masterId}-B${ledger.nextBatch++}`
}
