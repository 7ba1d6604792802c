import { assert } from '../assert.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { AgentRecord } from '../ledger/records.ts'
import { nextRandom } from '../random.ts'
import {
  contains,
  isEmpty,
  type Quantities,
  type Scalars,
  subtract,
} from '../resources/quantities.ts'
import type { ConstraintCompiler } from './constraints.ts'
import { Contender, contendersOf } from './contender.ts'
import { blockingFilter } from './filters.ts'
import { Lot, lotsOn } from './lot.ts'
import type {
  Allocation,
  AllocationRound,
  Candidate,
  Client,
  Given,
  Role,
  RoundConstants,
} from './policy.ts'
import { QuotaStandings } from './quota-standing.ts'
import { RoleView } from './role-view.ts'
import { clientsWanting } from './wanting.ts'

/** Why a client may not be offered an agent. */
export type Refusal =
  | 'nothing'
  | 'gpus'
  | 'constraints'
  | 'reserved'
  | 'limit'
  | 'headroom'
  | 'crumb'
  | 'filtered'

/** A policy did what it must not; nothing of its result counts. */
export class PolicyError extends Error {}

export interface RoundOptions {
  /** The agents to look at; those with nothing to offer are passed over. */
  readonly agentIds: Iterable<string>
  readonly compiler: ConstraintCompiler
  /** Milliseconds. */
  readonly at: number
  readonly memory?: Map<string, object>
  /** Looks closely even where nobody wanted anything the last time. */
  readonly afresh?: boolean
  /** The policy is of unknown quality: it sees copies, so that it cannot change the book. */
  readonly untrusted?: boolean
}

/**
 * One allocation as it goes on. It works on a draft: the book changes only when the master accepts
 * the result.
 */
export class Round implements AllocationRound {
  readonly at: number
  readonly capacity: Readonly<Scalars>
  readonly candidates: readonly Lot[]
  readonly clients: readonly Contender[]
  readonly quotas: QuotaStandings
  readonly memory: Map<string, object>
  readonly constants: RoundConstants
  readonly given: Given[] = []
  /** How often a client was considered for an agent: the measure of work. */
  considered = 0
  /** Why the last client that was considered may not have the agent; nothing when it may. */
  refusal: Refusal | undefined
  /** What was taken and is not offered yet. */
  readonly #taken = new Set<Allocation>()
  readonly #ledger: Ledger
  #seed: number
  /** The agent that was considered last. */
  #current: Lot | undefined

  constructor(ledger: Ledger, options: RoundOptions) {
    const {
      agentIds,
      compiler,
      at,
      afresh = false,
      untrusted = false,
      memory = new Map(),
    } = options
    const wanting = clientsWanting(ledger)
    this.at = at
    this.memory = memory
    this.constants = {
      clients: wanting,
      weights: ledger.weights,
      priorities: ledger.priorities,
    }
    this.capacity = untrusted ? { ...ledger.capacity } : ledger.capacity
    this.#ledger = ledger
    this.#seed = ledger.seed
    this.quotas = new QuotaStandings(ledger)
    this.clients = contendersOf(wanting, { compiler, quotas: this.quotas, memory, untrusted })
    this.candidates = this.#shuffled(
      lotsOn(ledger, agentIds, {
        clients: this.clients.length,
        at: afresh ? Number.POSITIVE_INFINITY : at,
        untrusted,
      }),
    )
    for (const [index, lot] of this.candidates.entries()) lot.index = index
  }

  /** Where random numbers go on after this round. */
  get seed(): number {
    return this.#seed
  }

  random(): number {
    const { value, seed } = nextRandom(this.#seed)
    this.#seed = seed
    return value
  }

  role(path: string): Role {
    const record = this.#ledger.roles.get(path)
    if (record === undefined) throw new PolicyError(`asked for the role ${path}, which nobody has`)
    return new RoleView(this.#ledger, record)
  }

  offerable(client: Client, candidate: Candidate): Readonly<Quantities> | undefined {
    return this.#consider(this.#contender(client), this.#lot(candidate))
  }

  allocate(
    client: Client,
    candidate: Candidate,
    resources?: Readonly<Quantities>,
  ): Allocation | undefined {
    const contender = this.#contender(client)
    const lot = this.#lot(candidate)
    const part = this.#consider(contender, lot)
    if (part === undefined) return undefined
    if (resources !== undefined && !areAmounts(resources)) {
      throw new PolicyError(`gave ${client.frameworkId} ${JSON.stringify(resources)}: no amounts`)
    }
    if (resources !== undefined && !contains(part, resources)) {
      throw new PolicyError(
        `gave ${client.frameworkId} more of agent ${lot.agentId} than it may be offered`,
      )
    }
    return this.#take(contender, lot, resources ?? part)
  }

  /**
   * The same for what the client's role is guaranteed and does not have yet: on top of it come
   * lists, what is revocable or reserved for the role, and what nobody else's guarantee needs.
   */
  allocateGuaranteed(client: Client, candidate: Candidate): Allocation | undefined {
    const contender = this.#contender(client)
    const lot = this.#lot(candidate)
    const { standing } = contender
    this.considered++
    if (standing === undefined) return undefined
    const part = contender.partOf(lot.free)
    const guaranteed = this.quotas.guaranteed(standing, part)
    if (guaranteed === undefined) return undefined
    const allowed = this.quotas.cut(standing, part, guaranteed)
    const offered = this.#permitted(contender, lot, allowed)
    if (offered === undefined) {
      if (!contains(allowed, part)) lot.isContested = true
      return undefined
    }
    this.given.push({ client: contender, resources: offered })
    return this.#take(contender, lot, offered)
  }

  /** Whether the client would be offered something of an agent if this were free there. */
  wouldOffer(client: Client, agent: AgentRecord, free: Readonly<Quantities>): boolean {
    const contender = this.#contender(client)
    const options = { clients: this.clients.length, at: Number.POSITIVE_INFINITY, untrusted: false }
    const lot = new Lot({ ...agent, free }, options)
    const part = this.quotas.withinLimits(contender.standing, contender.partOf(free))
    return this.#permitted(contender, lot, part) !== undefined
  }

  /** Whether the allocation was made here and is not offered yet; asked once for each. */
  claim(allocation: Allocation): boolean {
    return this.#taken.delete(allocation)
  }

  /** The agents that nobody wanted need no look until something changes. */
  settle(): void {
    for (const lot of this.candidates) {
      if (lot.isSettled) lot.agent.settled = { epoch: this.#ledger.epoch, until: lot.settledUntil }
    }
  }

  #contender(client: Client): Contender {
    if (client instanceof Contender && this.clients[client.index] === client) return client
    throw new PolicyError(`considered ${client.frameworkId}, who is not a client of this round`)
  }

  #lot(candidate: Candidate): Lot {
    if (candidate instanceof Lot && this.candidates[candidate.index] === candidate) return candidate
    throw new PolicyError('considered an agent that is not a candidate of this round')
  }

  #consider(contender: Contender, lot: Lot): Readonly<Quantities> | undefined {
    this.considered++
    if (lot !== this.#current) {
      this.#current = lot
      lot.revisit()
    }
    if (contender.record.renewed <= lot.settledEpoch) {
      this.refusal = 'filtered'
      lot.refuse(contender, lot.settledUntil)
      return undefined
    }
    if (isEmpty(lot.free)) return this.#refuse(contender, lot, 'nothing')
    const part = lot.isPlain ? lot.free : contender.partOf(lot.free)
    if (part !== lot.free && isEmpty(part)) return this.#refuse(contender, lot, 'reserved')
    if (this.quotas.isEmpty) return this.#permitted(contender, lot, part)
    const allowed = this.quotas.cut(contender.standing, part)
    const offered = this.#permitted(contender, lot, contains(allowed, part) ? part : allowed)
    if (offered === undefined && !contains(allowed, part)) {
      this.refusal = this.quotas.shortage(contender.standing, part)?.kind ?? this.refusal
      lot.isContested = true
    }
    return offered
  }

  /** The part, when the client may have it and it is worth an offer. */
  #permitted(
    contender: Contender,
    lot: Lot,
    part: Readonly<Quantities>,
  ): Readonly<Quantities> | undefined {
    if (lot.hasGpus && !contender.usesGpus) return this.#refuse(contender, lot, 'gpus')
    if (contender.constraints?.allows(lot.agent.info) === false) {
      return this.#refuse(contender, lot, 'constraints')
    }
    if (!lot.isWorth(part, contender.record.minAllocatable ?? this.#ledger.minAllocatable)) {
      return this.#refuse(contender, lot, 'crumb')
    }
    const filter = blockingFilter(lot.agent, contender.record, part, this.at)
    if (filter !== undefined) return this.#refuse(contender, lot, 'filtered', filter.until)
    this.refusal = undefined
    return part
  }

  #refuse(contender: Contender, lot: Lot, why: Refusal, until?: number): undefined {
    this.refusal = why
    lot.refuse(contender, until)
    return undefined
  }

  #take(contender: Contender, lot: Lot, resources: Readonly<Quantities>): Allocation {
    const { frameworkId, role } = contender
    const allocation = { frameworkId, role, agentId: lot.agentId, resources }
    lot.free = resources === lot.free ? {} : subtract(lot.free, resources)
    lot.isContested = true
    if (!this.quotas.isEmpty) this.quotas.charge(contender.standing, resources)
    this.#taken.add(allocation)
    return allocation
  }

  #shuffled(lots: Lot[]): Lot[] {
    for (let index = lots.length - 1; index > 0; index--) {
      const other = Math.floor(this.random() * (index + 1))
      const [left, right] = [lots[index], lots[other]]
      assert(left !== undefined && right !== undefined, () => 'a shuffle left its list')
      lots[index] = right
      lots[other] = left
    }
    return lots
  }
}

/** Scalars are whole thousandths above zero, and lists have items, as everywhere in the books. */
function areAmounts(resources: Readonly<Quantities>): boolean {
  return Object.values(resources).every((amount) =>
    typeof amount === 'number' ? Number.isInteger(amount) && amount > 0 : amount.length > 0,
  )
}
