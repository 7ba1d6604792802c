import type { AgentInfo, FrameworkInfo, Resources } from '../../src/messages/index.ts'
import { ConstraintCompiler } from '../../src/model/allocation/constraints.ts'
import { addFilter } from '../../src/model/allocation/filters.ts'
import { allocateGuarantees } from '../../src/model/allocation/guarantees.ts'
import type { Allocation, AllocationPolicy } from '../../src/model/allocation/policy.ts'
import { Round } from '../../src/model/allocation/round.ts'
import { bookOffer } from '../../src/model/ledger/accounts.ts'
import { enterAgent } from '../../src/model/ledger/agents.ts'
import { createLedger, type Ledger, type LedgerOptions } from '../../src/model/ledger/ledger.ts'
import type { AgentRecord, ClientRecord, FrameworkRecord } from '../../src/model/ledger/records.ts'
import {
  clientIn,
  clientOf as clientInBook,
  countResources,
  roleAt,
} from '../../src/model/ledger/roles.ts'
import {
  type Quantities,
  toQuantities,
  toResources,
  toScalars,
} from '../../src/model/resources/quantities.ts'
import { defaultTimeouts } from '../../src/model/timeouts.ts'

/** Somebody's part of an agent, in people's units. */
export interface Part {
  readonly to: string
  readonly on: string
  readonly resources: Resources
}

/** A book with agents and frameworks in it, to allocate from; amounts are in people's units. */
export class Pool {
  readonly ledger: Ledger
  /** What policies keep from round to round. */
  readonly memory = new Map<string, object>()
  readonly #compiler = new ConstraintCompiler()

  constructor(options: Partial<LedgerOptions> = {}) {
    this.ledger = createLedger({ masterId: 'M', timeouts: defaultTimeouts, ...options })
  }

  /** Adds a connected agent; it is known by its host name. */
  agent(hostname: string, resources: Resources, rest: Partial<AgentInfo> = {}): AgentRecord {
    const info: AgentInfo = { hostname, resources, ...rest }
    const agent = enterAgent(this.ledger, {
      id: hostname,
      address: `agent/${hostname}`,
      info,
      state: 'connected',
      duty: { state: 'active' },
    })
    countResources(this.ledger, agent.total, 1, agent.duty)
    return agent
  }

  /** Adds a framework that wants offers in all its roles; by default in the one of its name. */
  framework(id: string, rest: Partial<FrameworkInfo> = {}): FrameworkRecord {
    const info: FrameworkInfo = { name: id, roles: [id], ...rest }
    const record: FrameworkRecord = {
      id,
      address: `scheduler/${id}`,
      info,
      state: 'connected',
      suppressedRoles: new Set(),
      clients: new Map(),
      offers: new Set(),
      tasks: new Map(),
      requests: [],
      unreachableTasks: new Map(),
      completedTasks: [],
      untoldOperations: [],
    }
    this.ledger.frameworks.set(id, record)
    for (const role of info.roles) {
      const minimums = info.minAllocatable?.[role]?.map(toScalars)
      clientIn(this.ledger, record, role).minAllocatable = minimums
    }
    return record
  }

  /** The framework in one of its roles; by default in the role of its name. */
  client(id: string, role = id): ClientRecord {
    const client = this.ledger.frameworks.get(id)?.clients.get(role)
    if (client === undefined) throw new Error(`${id} is not in the role ${role}`)
    return client
  }

  quota(
    role: string,
    quota: { guarantees?: Record<string, number>; limits?: Record<string, number> },
  ): void {
    const { guarantees = {}, limits = {} } = quota
    roleAt(this.ledger, role).quota = {
      guarantees: toScalars(guarantees),
      limits: toScalars(limits),
    }
  }

  /** A new round over these agents, or all. */
  round(at = 0, agentIds: readonly string[] = [...this.ledger.agents.keys()]): Round {
    const frameworks = [...this.ledger.frameworks.values()]
    this.ledger.wanting ??= frameworks.flatMap(({ clients, suppressedRoles }) =>
      [...clients.values()].filter(({ role }) => !suppressedRoles.has(role)),
    )
    return new Round(this.ledger, { agentIds, compiler: this.#compiler, at, memory: this.memory })
  }

  /** The framework refused these resources of the agent, until a time in milliseconds. */
  refuse(
    client: ClientRecord,
    agentId: string,
    refused: Readonly<Quantities>,
    until: number,
  ): void {
    const agent = this.ledger.agents.get(agentId)
    if (agent === undefined) throw new Error(`there is no agent ${agentId}`)
    addFilter(agent, { client, refused, until }, 0, this.ledger.epoch)
  }

  /** The part goes out as an offer; or to another role of the framework than that of its name. */
  give({ to, on, resources }: Part, role = to): void {
    this.#book({ frameworkId: to, role, agentId: on, resources: toQuantities(resources) })
  }

  /** One whole allocation, whose parts go out as offers. */
  allocate(policy: AllocationPolicy, at = 0): Part[] {
    const round = this.round(at)
    const allocations = [...allocateGuarantees(round), ...policy.allocate(round)]
    this.ledger.seed = round.seed
    for (const allocation of allocations) this.#book(allocation)
    return allocations.map(partOf)
  }

  #book(allocation: Allocation): void {
    const id = `O${this.ledger.nextOffer++}`
    const batch = { id, offerIds: [], outstanding: 0 }
    const client = clientInBook(this.ledger, allocation)
    bookOffer(this.ledger, { ...allocation, id, client, batch, state: 'outstanding' })
  }
}

export function partOf({ frameworkId, agentId, resources }: Allocation): Part {
  return { to: frameworkId, on: agentId, resources: toResources(resources) }
}

/** The client of a round, or the candidate, that goes by this name. */
export function clientOf(round: Round, frameworkId: string, role = frameworkId) {
  return known(
    round.clients.find((client) => client.frameworkId === frameworkId && client.role === role),
    `${frameworkId} in the role ${role}`,
  )
}

export function candidateOf(round: Round, agentId: string) {
  return known(
    round.candidates.find((candidate) => candidate.agentId === agentId),
    agentId,
  )
}

function known<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`${what} is not in the round`)
  return value
}
