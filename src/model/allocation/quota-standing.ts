import type { Ledger } from '../ledger/ledger.ts'
import type { ClientRecord, Quota, RoleRecord } from '../ledger/records.ts'
import { saysSomething, topRole } from '../ledger/roles.ts'
import { isPlain } from '../resources/kinds.ts'
import {
  type Quantities,
  type Scalars,
  sumOfScalars,
  thousandths,
} from '../resources/quantities.ts'

/** A role with a quota, and what counts against it so far in this round. */
export interface Standing {
  readonly role: RoleRecord
  readonly quota: Quota
  readonly consumed: Scalars
}

/** Why a client gets less than there is. */
export type Shortage =
  | { readonly kind: 'limit'; readonly role: string; readonly name: string; readonly limit: number }
  | { readonly kind: 'headroom'; readonly name: string }

/**
 * The quotas of one round. A role is charged with what it holds and what is reserved for it, offers
 * and roles below included, at once; revocable resources and lists never count (Mesos:
 * src/master/allocator/mesos/hierarchical.cpp, __generateOffers).
 */
export class QuotaStandings {
  readonly #standings = new Map<RoleRecord, Standing>()
  /** What must stay free so that guarantees can still be met. */
  readonly #required: Scalars = {}
  /** What is free in the whole cluster. */
  readonly #available: Scalars = {}

  constructor(ledger: Ledger) {
    const root = ledger.roles.get('')
    for (const role of root?.children ?? []) {
      if (role.quota === undefined || !saysSomething(role.quota)) continue
      const consumed = consumptionOf(role)
      this.#standings.set(role, { role, quota: role.quota, consumed })
      for (const [name, guarantee] of Object.entries(role.quota.guarantees)) {
        const missing = Math.max(0, guarantee - (consumed[name] ?? 0))
        this.#required[name] = (this.#required[name] ?? 0) + missing
      }
    }
    for (const name of Object.keys(this.#required)) {
      this.#available[name] =
        (ledger.unreserved[name] ?? 0) - (root?.held[name] ?? 0) - keptBack(ledger, name)
    }
  }

  get isEmpty(): boolean {
    return this.#standings.size === 0
  }

  /** Whether the role does not have all yet that it is guaranteed. */
  isUnmet(standing: Standing): boolean {
    return Object.keys(standing.quota.guarantees).some((name) => unmetBy(standing, name) > 0)
  }

  /** Of what the client wants, what is free but kept for guarantees of others. */
  keptFrom(
    standing: Standing | undefined,
    wanted: Readonly<Quantities>,
  ): { name: string; amount: number; roles: string[] } | undefined {
    for (const [name, amount] of Object.entries(wanted)) {
      if (typeof amount !== 'number') continue
      const promised = standing === undefined ? 0 : unmetBy(standing, name)
      if (amount <= promised + this.#surplus(name)) continue
      const others = [...this.#standings.values()].filter(
        (other) => other !== standing && unmetBy(other, name) > 0,
      )
      const kept = Math.min(this.#required[name] ?? 0, this.#available[name] ?? 0)
      if (kept > 0 && others.length > 0) {
        return { name, amount: kept, roles: others.map(({ role }) => role.path) }
      }
    }
    return undefined
  }

  /**
   * Whether the client could be offered so much if room were made for it: neither its limit nor
   * guarantees that others wait for would keep it away.
   */
  mayHave(standing: Standing | undefined, wanted: Readonly<Quantities>): boolean {
    return Object.entries(wanted).every(([name, amount]) => {
      if (typeof amount !== 'number' || !isPlain(name)) return true
      const promised = standing === undefined ? 0 : unmetBy(standing, name)
      return amount <= this.#underLimit(standing, name) && promised + this.#surplus(name) >= 0
    })
  }

  /** What guarantees want more than is free. */
  missing(): Scalars {
    const missing: Scalars = {}
    for (const [name, amount] of Object.entries(this.#required)) {
      const short = amount - (this.#available[name] ?? 0)
      if (short > 0) missing[name] = short
    }
    return missing
  }

  standingOf(client: ClientRecord): Standing | undefined {
    return this.#standings.get(topRole(client.node))
  }

  /** What the role's unmet guarantees want of these resources; nothing when they want none. */
  guaranteed(standing: Standing, part: Readonly<Quantities>): Quantities | undefined {
    const wanted: Quantities = {}
    let isWanted = false
    for (const name in part) {
      const amount = part[name]
      if (typeof amount !== 'number' || !isPlain(name)) continue
      const taken = whole(name, Math.min(amount, unmetBy(standing, name)), amount)
      if (taken <= 0) continue
      wanted[name] = taken
      isWanted = true
    }
    return isWanted ? wanted : undefined
  }

  /**
   * The part that limits and the guarantees of others leave to the client. `beforehand` is what it
   * gets of it on its own guarantees, for which the headroom was kept.
   */
  cut(
    standing: Standing | undefined,
    part: Readonly<Quantities>,
    beforehand: Readonly<Quantities> = {},
  ): Quantities {
    return shrunk(part, (name) => {
      const promised = amountOf(beforehand, name)
      const free = Math.min(this.#underLimit(standing, name), promised + this.#surplus(name))
      return Math.max(promised, free)
    })
  }

  /** The part that its own limits leave to the client, whatever others are guaranteed. */
  withinLimits(standing: Standing | undefined, part: Readonly<Quantities>): Quantities {
    return shrunk(part, (name) => this.#underLimit(standing, name))
  }

  /** The first resource of which the client gets nothing, and why. */
  shortage(standing: Standing | undefined, part: Readonly<Quantities>): Shortage | undefined {
    for (const name in part) {
      if (typeof part[name] !== 'number' || !isPlain(name)) continue
      if (this.#underLimit(standing, name) <= 0 && standing !== undefined) {
        const limit = standing.quota.limits[name] ?? 0
        return { kind: 'limit', role: standing.role.path, name, limit }
      }
      if (this.#surplus(name) <= 0) return { kind: 'headroom', name }
    }
    return undefined
  }

  /** The client was given these: its role is charged, and that much less is free. */
  charge(standing: Standing | undefined, resources: Readonly<Quantities>): void {
    for (const name in resources) {
      const amount = resources[name]
      if (typeof amount !== 'number' || !isPlain(name)) continue
      if (name in this.#available) {
        this.#available[name] = Math.max(0, (this.#available[name] ?? 0) - amount)
      }
      if (standing === undefined) continue
      const met = Math.min(amount, unmetBy(standing, name))
      standing.consumed[name] = (standing.consumed[name] ?? 0) + amount
      if (met > 0) this.#required[name] = (this.#required[name] ?? 0) - met
    }
  }

  #underLimit(standing: Standing | undefined, name: string): number {
    const limit = standing?.quota.limits[name]
    if (limit === undefined) return Number.POSITIVE_INFINITY
    return limit - (standing?.consumed[name] ?? 0)
  }

  /** What is free beyond all that guarantees still want. */
  #surplus(name: string): number {
    const required = this.#required[name]
    if (required === undefined || required === 0) return Number.POSITIVE_INFINITY
    return (this.#available[name] ?? 0) - required
  }
}

/** What counts against a role's quota, scalars by name in thousandths. */
export function consumptionOf({ held, reserved }: RoleRecord): Scalars {
  return sumOfScalars([held, reserved])
}

/** What is free on agents that nobody is offered: no guarantee can be met with it. */
function keptBack({ offDuty }: Ledger, name: string): number {
  let sum = 0
  for (const { state, free } of offDuty) {
    const amount = free[name]
    if (state === 'connected' && typeof amount === 'number') sum += amount
  }
  return sum
}

/** What the role is guaranteed and does not have yet. */
function unmetBy({ quota, consumed }: Standing, name: string): number {
  return Math.max(0, (quota.guarantees[name] ?? 0) - (consumed[name] ?? 0))
}

/** What is left when of each unreserved scalar only so much may be had. */
function shrunk(part: Readonly<Quantities>, mostOf: (name: string) => number): Quantities {
  const rest: Quantities = {}
  for (const name in part) {
    const amount = part[name]
    if (amount === undefined) continue
    if (typeof amount !== 'number' || !isPlain(name)) {
      rest[name] = amount
      continue
    }
    const allowed = whole(name, Math.min(amount, mostOf(name)), amount)
    if (allowed > 0) rest[name] = allowed
  }
  return rest
}

/** Gpus are not cut: what is left of one is nothing. */
function whole(name: string, amount: number, all: number): number {
  if (name !== 'gpus' || amount >= all) return amount
  return Math.floor(amount / thousandths) * thousandths
}

function amountOf(amounts: Readonly<Quantities>, name: string): number {
  const amount = amounts[name]
  return typeof amount === 'number' ? amount : 0
}
