import {
  type Capacity,
  checkUsers,
  dominantStepOf,
  type Outcome,
  outcomeOf,
  type Portion,
  portionsOf,
  type User,
} from './model.ts'

/** Two resources that run out this close to each other, in relation, run out at once. */
const SIMULTANEOUS = 1e-12

/**
 * Dominant resource fairness: the weighted dominant shares rise together until a resource runs
 * out. Who needs that resource stops; the others go on (a user that needs nothing of a resource
 * need not stop when it is gone). So the outcome is the max-min fair one of the weighted dominant
 * shares. Weighted by resource, the share is the largest u_ij / w_ij (Ghodsi et al., NSDI 2011,
 * section 4.3). Exact up to rounding. Throws InvalidInputError for impossible users or capacity.
 */
export function dominantResourceFairness(users: readonly User[], capacity: Capacity): Outcome {
  return fill(users, capacity, dominantStepOf)
}

/**
 * Asset fairness: the sums of each user's shares of all resources (over the weights) rise
 * together, as if equal parts of different resources cost the same. It is the obvious policy that
 * Ghodsi et al., NSDI 2011, section 5.1 compare with: a user may get less than with a cluster of
 * its own.
 */
export function assetFairness(users: readonly User[], capacity: Capacity): Outcome {
  return fill(users, capacity, (portions) =>
    portions.reduce((sum, { portion, weight }) => sum + portion / weight, 0),
  )
}

interface Filling {
  readonly portions: readonly Portion[]
  /** How many tasks the user gains while the level that all users share rises by one. */
  readonly pace: number
  tasks: number
}

/** Progressive filling: `stepOf` tells by how much one task raises the level of its user. */
function fill(
  users: readonly User[],
  capacity: Capacity,
  stepOf: (portions: readonly Portion[]) => number,
): Outcome {
  checkUsers(users, capacity)
  const fillings = users.map((user): Filling => {
    const portions = portionsOf(user, capacity)
    return { portions, pace: 1 / stepOf(portions), tasks: 0 }
  })
  const free = new Map<string, number>()
  // Who needs something that there is none of has no pace, and never starts.
  let growing = fillings.filter(({ pace }) => pace > 0)
  while (growing.length > 0) {
    const drains = drainsOf(growing)
    const rises = [...drains].map(([resource, drain]) => (free.get(resource) ?? 1) / drain)
    const rise = Math.min(...rises)
    const exhausted = new Set<string>()
    for (const [resource, drain] of drains) {
      const left = free.get(resource) ?? 1
      if (left / drain <= rise * (1 + SIMULTANEOUS)) exhausted.add(resource)
      free.set(resource, left - drain * rise)
    }
    for (const filling of growing) filling.tasks += filling.pace * rise
    growing = growing.filter(
      ({ portions }) => !portions.some(({ resource }) => exhausted.has(resource)),
    )
  }
  return outcomeOf(
    users,
    capacity,
    fillings.map(({ tasks }) => tasks),
  )
}

/** The part of each resource that is taken while the level rises by one. */
function drainsOf(growing: readonly Filling[]): Map<string, number> {
  const drains = new Map<string, number>()
  for (const { portions, pace } of growing) {
    for (const { resource, portion } of portions) {
      drains.set(resource, (drains.get(resource) ?? 0) + portion * pace)
    }
  }
  return drains
}
