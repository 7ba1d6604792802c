import type {
  Address,
  AgentInfo,
  Attributes,
  FrameworkInfo,
  TaskState,
  TaskStatus,
} from '../../messages/index.ts'
import type { Quantities } from '../resources/quantities.ts'

/** A resource amount that a framework refused on an agent, until a time in milliseconds. */
export interface RefuseFilter {
  readonly refused: Readonly<Quantities>
  readonly until: number
}

export interface AgentRecord {
  readonly id: string
  address: Address
  info: AgentInfo
  attributes: Attributes
  state: 'unknown' | 'connected' | 'disconnected' | 'unreachable' | 'removed'
  /** total = free + offered + used, always. */
  total: Quantities
  readonly free: Quantities
  readonly offered: Quantities
  readonly used: Quantities
  readonly offers: Set<string>
  /** Tasks that hold resources here, or whose last update is not acknowledged yet. */
  readonly tasks: Set<TaskRecord>
  /** Kills to be repeated when the agent comes back. */
  readonly killed: Set<TaskRecord>
  pingsMissed: number
  /** In which slice of the agents it is pinged. */
  readonly pingSlot: number
}

export interface FrameworkRecord {
  readonly id: string
  address: Address
  info: FrameworkInfo
  state: 'unknown' | 'connected' | 'disconnected' | 'recovered' | 'completed'
  readonly suppressedRoles: Set<string>
  /** By role, then by agent. */
  readonly filters: Map<string, Map<string, RefuseFilter[]>>
  readonly offers: Set<string>
  /** Active tasks, and ended ones whose last update is not acknowledged yet. */
  readonly tasks: Map<string, TaskRecord>
  readonly unreachableTasks: Map<string, TaskRecord>
  /** The last ended tasks, oldest first; bounded. */
  readonly completedTasks: CompletedTask[]
  /** Offered and used together: what its share is computed from. */
  readonly allocated: Quantities
  /** How often it was allocated something: breaks ties between equal shares. */
  allocations: number
}

export interface OfferRecord {
  readonly id: string
  readonly frameworkId: string
  readonly agentId: string
  readonly role: string
  readonly resources: Readonly<Quantities>
  state: 'outstanding' | 'accepted' | 'declined' | 'rescinded' | 'discarded'
}

export interface TaskRecord {
  readonly id: string
  readonly name: string
  readonly frameworkId: string
  readonly agentId: string
  readonly executorId: string
  readonly role: string
  readonly resources: Readonly<Quantities>
  /** The latest state known, which may be ahead of what the framework was told. */
  state: TaskState
  /** The last update that was forwarded to the framework. */
  forwarded?: TaskStatus
  /** Whether its resources still count as used. */
  holds: boolean
}

export interface CompletedTask {
  readonly id: string
  readonly name: string
  readonly agentId: string
  readonly state: TaskState
}
