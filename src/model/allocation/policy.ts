import type { Quantities } from '../resources/quantities.ts'

/** A framework in one of its roles, as a policy sees it: someone who may receive resources. */
export interface Client {
  readonly frameworkId: string
  readonly role: string
  readonly weight: number
  /** Scalars offered to or used by the framework, in thousandths. */
  readonly allocated: Readonly<Quantities>
  /** How often it was allocated something so far. */
  readonly allocations: number
}

export interface Candidate {
  readonly agentId: string
  readonly free: Readonly<Quantities>
}

/** The world of one allocation: read-only, and the same view gives the same answer. */
export interface AllocationView {
  /** Milliseconds. */
  readonly at: number
  /** Scalars of all connected agents together, in thousandths. */
  readonly capacity: Readonly<Quantities>
  /** Agents with something free, to be considered now. */
  readonly candidates: readonly Candidate[]
  /** Who wants offers at all: registered, connected, not suppressed. */
  readonly clients: readonly Client[]
  /** Whether a client's filters, and the least size of an offer, allow it these resources. */
  mayReceive(client: Client, agentId: string, resources: Readonly<Quantities>): boolean
}

export interface Allocation {
  readonly frameworkId: string
  readonly role: string
  readonly agentId: string
  readonly resources: Readonly<Quantities>
}

/** Decides how much to offer to whom. Pure: it sees a view and returns allocations. */
export interface AllocationPolicy {
  readonly name: string
  allocate(view: AllocationView): readonly Allocation[]
}
