/**
 * What the policies of this folder share out, after Ghodsi et al., "Dominant Resource Fairness:
 * Fair Allocation of Multiple Resource Types", NSDI 2011: users who can always use one more task,
 * each task of a user needing the same bundle (so that of two resources in the wrong proportion
 * the surplus is worth nothing), and one pool of resources.
 */
import { InvalidInputError } from '../../model/errors.ts'

/** Amounts by name of the resource, in units of the caller's choice. */
export type Bundle = Readonly<Record<string, number>>

/** What there is to share. A resource that is not named is one of which there is nothing. */
export type Capacity = Bundle

export interface User {
  /** For sentences about the user; without one it is called by its place in the list. */
  readonly name?: string
  /** What one task needs: nothing below zero, and something above it. */
  readonly demand: Bundle
  /**
   * How much the user is due in relation to others, 1 unless given; by resource where its claims
   * to them differ. Always above zero.
   */
  readonly weight?: number | Bundle
}

/** What one user gets. */
export interface Allotment {
  readonly user: User
  readonly name: string
  /** How many tasks run; a fraction where tasks can be divided. */
  readonly tasks: number
  readonly held: Bundle
  /** The part of the capacity that is held, by resource. */
  readonly shares: Bundle
  /** The resource of which a task takes the largest part of the capacity over the weight. */
  readonly dominantResource: string
  /** The part of the dominant resource that is held. */
  readonly dominantShare: number
  /** The dominant share over the weight: what dominant resource fairness makes equal. */
  readonly weightedShare: number
}

/** Who gets how much; the allotments are in the order of the users. */
export interface Outcome {
  readonly capacity: Capacity
  readonly allotments: readonly Allotment[]
  /** What all users hold together. */
  readonly used: Bundle
}

/** Decides how the capacity is shared among users who want as much as they can get. */
export type SharingPolicy = (users: readonly User[], capacity: Capacity) => Outcome

/** A resource that a user needs. */
export interface Portion {
  readonly resource: string
  /** The part of the capacity that one task takes; Infinity where there is none. */
  readonly portion: number
  readonly weight: number
}

/** What one task takes of the resources it needs. */
export function portionsOf(user: User, capacity: Capacity): Portion[] {
  return Object.entries(user.demand)
    .filter(([, amount]) => amount > 0)
    .map(([resource, amount]) => ({
      resource,
      portion: amount / (capacity[resource] ?? 0),
      weight: weightOf(user, resource),
    }))
}

/** What the user is due of a resource, in relation to others. */
export function weightOf({ weight = 1 }: User, resource: string): number {
  return typeof weight === 'number' ? weight : (weight[resource] ?? 1)
}

/** How much one task adds to the user's weighted dominant share: max over j of d_j / (C_j w_j). */
export function dominantStepOf(portions: readonly Portion[]): number {
  return Math.max(...portions.map(({ portion, weight }) => portion / weight))
}

/** How many tasks a bundle is enough for; a fraction where it is enough for a part of one. */
export function tasksWithin(bundle: Bundle, { demand }: User): number {
  return Math.min(
    ...Object.entries(demand)
      .filter(([, amount]) => amount > 0)
      .map(([resource, amount]) => (bundle[resource] ?? 0) / amount),
  )
}

/**
 * The outcome in which each user runs so many tasks. The users hold what their tasks need, unless
 * `held` tells otherwise. Throws InvalidInputError for impossible users or capacity.
 */
export function outcomeOf(
  users: readonly User[],
  capacity: Capacity,
  tasks: readonly number[],
  held: readonly Bundle[] = [],
): Outcome {
  checkUsers(users, capacity)
  const allotments = users.map((user, index) =>
    allotmentOf(user, index, capacity, tasks[index] ?? 0, held[index]),
  )
  const used = new Map(Object.keys(capacity).map((resource) => [resource, 0]))
  for (const allotment of allotments) {
    for (const [resource, amount] of Object.entries(allotment.held)) {
      used.set(resource, (used.get(resource) ?? 0) + amount)
    }
  }
  return { capacity, allotments, used: Object.fromEntries(used) }
}

function allotmentOf(
  user: User,
  index: number,
  capacity: Capacity,
  tasks: number,
  given: Bundle | undefined,
): Allotment {
  const held = given ?? mapped(user.demand, (amount) => amount * tasks)
  // Nothing of nothing is no share, while something of nothing is more than all of it.
  const shares = mapped(held, (amount, resource) =>
    amount === 0 ? 0 : amount / (capacity[resource] ?? 0),
  )
  const portions = portionsOf(user, capacity)
  const step = dominantStepOf(portions)
  const dominant = portions.find(({ portion, weight }) => portion / weight === step)
  const dominantResource = dominant?.resource ?? ''
  return {
    user,
    name: user.name ?? `user ${index + 1}`,
    tasks,
    held,
    shares,
    dominantResource,
    dominantShare: shares[dominantResource] ?? 0,
    weightedShare: (shares[dominantResource] ?? 0) / (dominant?.weight ?? 1),
  }
}

function mapped(bundle: Bundle, change: (amount: number, resource: string) => number): Bundle {
  return Object.fromEntries(
    Object.entries(bundle).map(([resource, amount]) => [resource, change(amount, resource)]),
  )
}

/** Throws InvalidInputError for users or a capacity that cannot be. */
export function checkUsers(users: readonly User[], capacity: Capacity): void {
  for (const [resource, amount] of Object.entries(capacity)) {
    if (isAmount(amount)) continue
    throw new InvalidInputError(`the capacity has ${amount} ${resource}: 0 or more is possible`)
  }
  for (const [index, { name = `user ${index + 1}`, demand, weight = 1 }] of users.entries()) {
    const amounts = Object.values(demand)
    if (!amounts.every(isAmount) || !amounts.some((amount) => amount > 0)) {
      throw new InvalidInputError(
        `${name}: a task needs 0 or more of each resource, and not nothing`,
      )
    }
    const weights = typeof weight === 'number' ? [weight] : Object.values(weight)
    if (!weights.every((each) => isAmount(each) && each > 0)) {
      throw new InvalidInputError(`${name}: a weight is a number above 0`)
    }
  }
}

function isAmount(amount: number): boolean {
  return Number.isFinite(amount) && amount >= 0
}
