import type {
  Address,
  AgentInfo,
  Attributes,
  ExecutorInfo,
  FrameworkInfo,
  KillPolicy,
  OperationStatus,
  ResourceOperation,
  TaskState,
  TaskStatus,
} from '../../messages/index.ts'
import type { Quantities, Scalars } from '../resources/quantities.ts'

/**
 * A resource amount that a framework refused on an agent, until a time in milliseconds. There may
 * be millions of them: older ones for the same agent hang on as a chain.
 */
export interface RefuseFilter {
  readonly refused: Readonly<Quantities>
  readonly until: number
  /** The epoch of the book when it was made. */
  readonly epoch: number
  readonly older: RefuseFilter | undefined
}

/**
 * A role, with what it and the roles below it hold: scalars by name, in thousandths. The root of
 * the tree is the role of everybody, with an empty path.
 */
export interface RoleRecord {
  readonly path: string
  readonly parent: RoleRecord | undefined
  readonly children: Set<RoleRecord>
  readonly clients: Set<ClientRecord>
  /** Offered or used, of what is neither reserved nor revocable. */
  readonly held: Scalars
  /** Offered or used, of what is revocable. */
  readonly revocable: Scalars
  /** Reserved for these roles on connected agents, whether somebody uses it or not. */
  readonly reserved: Scalars
  /** How often it was allocated something: breaks ties between equal shares. */
  allocations: number
  /** Goes up with every change of what it holds. */
  version: number
  quota: Quota | undefined
}

/** What a role is promised and what it may have at most; scalars by name, in thousandths. */
export interface Quota {
  readonly guarantees: Readonly<Record<string, number>>
  readonly limits: Readonly<Record<string, number>>
}

/** A framework in one of its roles: who is offered something. */
export interface ClientRecord {
  readonly frameworkId: string
  readonly role: string
  readonly node: RoleRecord
  readonly framework: FrameworkRecord
  /** Offered and used together, reserved or not: scalars by name, in thousandths. */
  readonly allocated: Scalars
  /** How often it was allocated something: breaks ties between equal shares. */
  allocations: number
  /** Goes up with every change of what it holds. */
  version: number
  /** Filters of earlier epochs count no longer. */
  filtersFrom: number
  /** Goes up when its wishes begin anew; agents that nobody wanted are looked at again for it. */
  renewed: number
  /** Its own idea of an offer that is worth making, in place of the master's. */
  minAllocatable: readonly Readonly<Record<string, number>>[] | undefined
}

export interface AgentRecord {
  readonly id: string
  address: Address
  /** Which run of the agent registered, as far as it said so. */
  readonly instance?: string
  info: AgentInfo
  attributes: Attributes
  state: 'unknown' | 'recovered' | 'connected' | 'disconnected' | 'unreachable' | 'removed' | 'gone'
  /** Whether an operator lets it be offered. */
  readonly duty: DutyRecord
  /** Since when it is unreachable, if it is. */
  unreachableTimeMs?: number
  /** total = free + offered + used, always. Amounts are replaced, never changed. */
  total: Readonly<Quantities>
  free: Readonly<Quantities>
  offered: Readonly<Quantities>
  used: Readonly<Quantities>
  readonly offers: Set<string>
  /** Tasks that hold resources here, or whose last update is not acknowledged yet. */
  readonly tasks: Set<TaskRecord>
  /** Executors that are programs of their own, or run groups, by framework and id. */
  readonly executors: Map<string, ExecutorRecord>
  /** Kills to be repeated when the agent comes back, each as it was last asked for. */
  readonly killed: Map<TaskRecord, KillPolicy | undefined>
  /** Tasks that were called lost and may run there all the same, by framework and task. */
  readonly abandoned: Map<string, AbandonedTask>
  /** Operations that it has not answered yet, by number. */
  readonly operations: Map<number, OperationRecord>
  /** What was refused of it, by whom. */
  readonly filters: Map<ClientRecord, RefuseFilter>
  /** Nobody wanted what is free here: of those, `until` the time given, whose wish is no newer. */
  settled: { readonly epoch: number; readonly until: number } | undefined
  /** By framework: what was asked and answered about leaving it before it is worked on. */
  readonly notices: Map<string, NoticeRecord>
  pingsMissed: number
  /** How many calls were sent to it, lost or not; see `callsIn`. */
  sent: number
  /** In which slice of the agents it is pinged. */
  readonly pingSlot: number
}

/** A task whose end its framework was told, whatever the agent says of it later. */
export interface AbandonedTask {
  readonly task: TaskRecord
  /** The agent has said that it ended. */
  isOver: boolean
}

/** Plain data, and all of it must outlive the master. */
export interface DutyRecord {
  state: 'active' | 'deactivated' | 'draining' | 'drained'
  /** On which terms it is drained, while it is and after. */
  drain?: DrainTerms
}

export interface DrainTerms {
  /** No task gets longer than this to end. */
  readonly maxGracePeriodMs?: number
  /** It is declared gone when it is drained. */
  readonly markGone?: boolean
}

/** Where a framework stands with the maintenance of an agent. */
export interface NoticeRecord {
  /** The inverse offer that is out. */
  outstanding?: string
  /** Its last answer, and when it gave it. */
  answer?: { readonly status: 'ACCEPT' | 'DECLINE'; readonly atMs: number }
  /** Until then it is not asked again. */
  filteredUntilMs?: number
}

/** A question to a framework whether it will have left an agent in time. */
export interface InverseOfferRecord {
  readonly id: string
  readonly frameworkId: string
  readonly agentId: string
  state: 'outstanding' | 'accepted' | 'declined' | 'rescinded'
}

/** An operation that was booked and is on its way to the agent. */
export interface OperationRecord {
  readonly frameworkId: string
  readonly operation: ResourceOperation
}

export interface FrameworkRecord {
  readonly id: string
  address: Address
  info: FrameworkInfo
  state: 'unknown' | 'connected' | 'disconnected' | 'recovered' | 'completed'
  readonly suppressedRoles: Set<string>
  /** By role: those it has now, and those it still holds something in. */
  readonly clients: Map<string, ClientRecord>
  readonly offers: Set<string>
  /** What it asked for since it launched something. */
  requests: readonly Readonly<Quantities>[]
  /** Active tasks, and ended ones whose last update is not acknowledged yet. */
  readonly tasks: Map<string, TaskRecord>
  readonly unreachableTasks: Map<string, TaskRecord>
  /** The last ended tasks, oldest first; bounded. */
  readonly completedTasks: CompletedTask[]
  /** What became of its operations while nobody listened; bounded. */
  untoldOperations: readonly OperationStatus[]
}

export interface OfferRecord {
  readonly id: string
  readonly client: ClientRecord
  /** The offers of one allocation expire together. */
  readonly batch: OfferBatch
  readonly frameworkId: string
  readonly agentId: string
  readonly role: string
  readonly resources: Readonly<Quantities>
  state: 'outstanding' | 'accepted' | 'declined' | 'rescinded' | 'discarded'
}

/** The outstanding offers of one allocation. */
export interface OfferBatch {
  readonly id: string
  readonly offerIds: string[]
  /** How many of them are still out. */
  outstanding: number
}

export interface TaskRecord {
  readonly id: string
  readonly name: string
  readonly frameworkId: string
  readonly agentId: string
  readonly executorId: string
  readonly role: string
  resources: Readonly<Quantities>
  /** The latest state known, which may be ahead of what the framework was told. */
  state: TaskState
  /** The last update that was forwarded to the framework. */
  forwarded?: TaskStatus
  /** What was acknowledged last before this master knew the task, as its agent has it. */
  acknowledged?: TaskStatus
  /** Whether its resources still count as used. */
  holds: boolean
  /** The role for which it is ended, if it is. */
  preemptedFor?: string
}

/** An executor that holds resources of its own, as long as it lives. */
export interface ExecutorRecord {
  readonly id: string
  readonly frameworkId: string
  readonly agentId: string
  /** The role in which it was launched. */
  readonly role: string
  readonly info: ExecutorInfo
  readonly resources: Readonly<Quantities>
  holds: boolean
}

export interface CompletedTask {
  readonly id: string
  readonly name: string
  readonly agentId: string
  readonly state: TaskState
}
