import type { Attributes } from '../../messages/index.ts'
import type { Quantities, Scalars } from '../resources/quantities.ts'

/** A framework in one of its roles, as a policy sees it: someone who may be offered resources. */
export interface Client {
  readonly frameworkId: string
  readonly role: string
  /** Offered to it and used by it in this role: scalars by name, in thousandths. */
  readonly allocated: Readonly<Scalars>
  /** How often it was allocated something so far. */
  readonly allocations: number
  /** Goes up with every change of these. */
  readonly version: number
}

/** A role in the tree of roles: `eng/ads` lies below `eng`, and that below the root, ''. */
export interface Role {
  readonly path: string
  readonly parent: Role | undefined
  /** How much it counts among its siblings; 1 when nothing is said. */
  readonly weight: number
  /** Who comes first, under policies that know priorities; 0 when nothing is said. */
  readonly priority: number
  /**
   * What it and the roles below it hold: offered, used, or reserved for them. Scalars by name, in
   * thousandths.
   */
  readonly allocated: Readonly<Scalars>
  /** How often it, or a role below it, was allocated something so far. */
  readonly allocations: number
  /** Goes up with every change of these. */
  readonly version: number
  /** The same without the roles below it. */
  readonly own: Pick<Role, 'allocated' | 'allocations'>
}

/** An agent with something free. */
export interface Candidate {
  readonly agentId: string
  readonly hostname: string
  readonly attributes: Attributes
  /** Everything it has, in thousandths; keys tell reserved and revocable resources apart. */
  readonly total: Readonly<Quantities>
  /** What is left of it in this round. */
  readonly free: Readonly<Quantities>
}

/** Resources of one agent for one client. */
export interface Allocation {
  readonly frameworkId: string
  readonly role: string
  readonly agentId: string
  readonly resources: Readonly<Quantities>
}

export interface Given {
  readonly client: Client
  readonly resources: Readonly<Quantities>
}

/** What seldom changes between rounds. */
export interface RoundConstants {
  /** Who wants offers, and in which order the round lists them. */
  readonly clients: object
  readonly weights: object
  readonly priorities: object
}

/** One allocation: who wants what is free, and what the rules allow. */
export interface AllocationRound {
  /** Milliseconds. */
  readonly at: number
  /** Scalars of all connected agents together, by name, in thousandths. */
  readonly capacity: Readonly<Scalars>
  /** Agents with something free, in random order. */
  readonly candidates: readonly Candidate[]
  /** Who wants offers at all: registered, connected, not suppressed. */
  readonly clients: readonly Client[]
  /**
   * The role of a client, or one above it; what it says stays true as long as the constants are the
   * same. Throws for a role that nobody has.
   */
  role(path: string): Role
  /**
   * What a policy keeps from one round of a master to the next to spare work. It must not change
   * any answer. The members say when it is out of date: each is the same object as long as it says
   * the same.
   */
  readonly memory: Map<string, object>
  readonly constants: RoundConstants
  /** What was given out before the policy decides: what quotas guarantee. */
  readonly given: readonly Given[]
  /** A random number in [0, 1): the same state and message give the same numbers. */
  random(): number
  /**
   * Everything of the agent that the client may be offered now. It respects reservations, quotas,
   * filters, constraints, capabilities and the least size of an offer. Nothing when it may not have
   * the agent.
   */
  offerable(client: Client, candidate: Candidate): Readonly<Quantities> | undefined
  /**
   * Takes resources out of what is left in this round, by default all that is offerable; nothing
   * when that is nothing. A policy returns the allocations that it made in this way.
   */
  allocate(
    client: Client,
    candidate: Candidate,
    resources?: Readonly<Quantities>,
  ): Allocation | undefined
}

/**
 * Decides who is offered what. It is pure: it sees a round and returns allocations, and the same
 * round gives the same answer. What roles are guaranteed by quotas was given out before; the master
 * checks the result, and when it gives away what it may not, refuses it as a whole.
 */
export interface AllocationPolicy {
  readonly name: string
  allocate(round: AllocationRound): readonly Allocation[]
  /** Who comes first now, for explanations. */
  order?(round: AllocationRound): readonly Client[]
  /** Tasks may be killed so that roles of higher priority get what they ask for. */
  readonly preempts?: boolean
}
