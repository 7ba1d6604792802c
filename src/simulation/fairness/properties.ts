/**
 * What a fair outcome must show, after Ghodsi et al., NSDI 2011, section 3. Each function returns
 * the breaches it finds as sentences, none when the outcome is fair in that respect.
 *
 * `wholeTasks` is 0 where tasks can be divided. Where they cannot, no policy keeps these promises
 * to the letter: with 1 a breach counts if it is more than the rounding of `fillDiscretely` in one
 * pool, with n if it is more than n times as much.
 */
import {
  type Allotment,
  type Bundle,
  type Capacity,
  dominantStepOf,
  type Outcome,
  portionsOf,
  tasksWithin,
  type User,
  weightOf,
} from './model.ts'
import { isMore, SLACK, short } from './support.ts'

/** Nobody can hold what is not there. */
export function overuseOf({ capacity, used }: Outcome): string[] {
  return Object.entries(used).flatMap(([resource, amount]) => {
    const there = capacity[resource] ?? 0
    if (amount <= there * (1 + SLACK)) return []
    return [`the users hold ${short(amount)} ${resource}, and there are ${short(there)}`]
  })
}

/**
 * Sharing incentive: everybody runs at least as many tasks as in a cluster of its own with its
 * part of every resource, the n-th where weights are equal. Where weights by resource do not sum
 * up to the same for all resources, parts are taken of the largest sum. With whole tasks a user
 * may lack the part that one task of everybody takes of the fullest resource.
 */
export function sharingLossesOf({ capacity, allotments }: Outcome, wholeTasks = 0): string[] {
  const users = allotments.map(({ user }) => user)
  const entitlements = entitlementsOf(users, capacity)
  const lacking = wholeTasks * roundPortionOf(users, capacity)
  return allotments.flatMap(({ user, name, tasks }, index) => {
    const due = tasksWithin(entitlements[index] ?? {}, user)
    if (!isMore(due * (1 - lacking), tasks, user, capacity)) return []
    return [`${name} runs ${short(tasks)} tasks, and ${short(due)} with its part of the cluster`]
  })
}

/**
 * Envy-freeness: nobody could run more tasks with what another holds, made larger or smaller by
 * their weights. With whole tasks one task of either of the two may make the difference.
 */
export function envyOf({ capacity, allotments }: Outcome, wholeTasks = 0): string[] {
  return allotments.flatMap(({ user, name, tasks }) =>
    allotments.flatMap((other) => {
      const reached = tasksWithin(inTermsOf(user, other), user)
      const allowed = wholeTasks === 0 ? 0 : wholeTasks * envyAllowed(user, other.user, capacity)
      if (!isMore(reached, tasks + allowed, user, capacity)) return []
      return [
        `${name} runs ${short(tasks)} tasks, and ${short(reached)} with what ${other.name} holds`,
      ]
    }),
  )
}

/**
 * Pareto efficiency: nobody could run more tasks without others running fewer. (What is held
 * beyond the needs of one's tasks is as good as idle.) With whole tasks no whole one may fit any
 * more.
 */
export function wasteOf({ capacity, allotments }: Outcome, wholeTasks = 0): string[] {
  const idle = new Map(Object.entries(capacity))
  for (const { user, tasks } of allotments) {
    for (const [resource, amount] of Object.entries(user.demand)) {
      idle.set(resource, (idle.get(resource) ?? 0) - amount * tasks)
    }
  }
  return allotments.flatMap(({ user, name, tasks }) => {
    const room = tasksWithin(Object.fromEntries(idle), user)
    const isWaste = wholeTasks > 0 ? room > wholeTasks - SLACK : isMore(room, 0, user, capacity)
    if (!isWaste) return []
    return [`${name} runs ${short(tasks)} tasks, and idle resources are enough for ${short(room)}`]
  })
}

/** Single-resource fairness: if there is but one resource, it is shared max-min fairly. */
export function singleResourceUnfairnessOf(outcome: Outcome, wholeTasks = 0): string[] {
  const demands = outcome.allotments.map(({ user }) => user.demand)
  const resources = new Set([outcome.capacity, ...demands].flatMap((each) => Object.keys(each)))
  const [resource, ...others] = resources
  if (resource === undefined || others.length > 0) return []
  return unequalSharesOf(outcome, resource, wholeTasks)
}

/**
 * Bottleneck fairness: if all users need most of the same resource, that resource is shared
 * max-min fairly. Nothing is promised, and nothing found, for weights by resource.
 */
export function bottleneckUnfairnessOf(outcome: Outcome, wholeTasks = 0): string[] {
  const { capacity, allotments } = outcome
  if (allotments.some(({ user }) => typeof user.weight === 'object')) return []
  const bottleneck = Object.keys(capacity).find((resource) =>
    allotments.every(({ user }) => {
      const portions = portionsOf(user, capacity)
      const own = portions.find((each) => each.resource === resource)?.portion ?? 0
      return portions.every(({ portion }) => portion <= own * (1 + SLACK))
    }),
  )
  return bottleneck === undefined ? [] : unequalSharesOf(outcome, bottleneck, wholeTasks)
}

/**
 * Users without bounds share one resource max-min fairly if their shares are as their weights and
 * nothing is left. Whole tasks may differ by one of each; less may be left than any of them needs.
 */
function unequalSharesOf(outcome: Outcome, resource: string, wholeTasks: number): string[] {
  const { capacity, allotments, used } = outcome
  const total = capacity[resource] ?? 0
  if (total === 0) return []
  const portionOf = ({ user }: Allotment) => (user.demand[resource] ?? 0) / total
  const left = 1 - (used[resource] ?? 0) / total
  const smallest = Math.min(...allotments.map(portionOf))
  const idle =
    left > wholeTasks * smallest + SLACK ? [`${short(left)} of all ${resource} is left`] : []
  const unequal = allotments.flatMap((poor) =>
    allotments.flatMap((rich) => {
      const due =
        ((poor.shares[resource] ?? 0) * weightOf(rich.user, resource)) /
        weightOf(poor.user, resource)
      const allowed = wholeTasks * (portionOf(poor) + portionOf(rich))
      const share = rich.shares[resource] ?? 0
      if (share <= due + allowed + SLACK) return []
      return [
        `${rich.name} has ${short(share)} of all ${resource}, and is due ${short(due)} beside ${poor.name}`,
      ]
    }),
  )
  return [...idle, ...unequal]
}

/** What each user is due of the capacity by its weights. */
function entitlementsOf(users: readonly User[], capacity: Capacity): Bundle[] {
  const resources = Object.keys(capacity).filter((resource) =>
    users.some(({ demand }) => (demand[resource] ?? 0) > 0),
  )
  const sums = resources.map((resource) =>
    users.reduce((sum, user) => sum + weightOf(user, resource), 0),
  )
  const whole = Math.max(...sums)
  return users.map((user) =>
    Object.fromEntries(
      resources.map((resource) => [
        resource,
        ((capacity[resource] ?? 0) * weightOf(user, resource)) / whole,
      ]),
    ),
  )
}

/** The largest part of a resource that one task of every user takes together. */
function roundPortionOf(users: readonly User[], capacity: Capacity): number {
  const sums = new Map<string, number>()
  for (const { resource, portion } of users.flatMap((user) => portionsOf(user, capacity))) {
    if (Number.isFinite(portion)) sums.set(resource, (sums.get(resource) ?? 0) + portion)
  }
  return Math.max(0, ...sums.values())
}

/** What the other holds, as if its weights were those of the user. */
function inTermsOf(user: User, other: Allotment): Bundle {
  return Object.fromEntries(
    Object.entries(other.held).map(([resource, amount]) => [
      resource,
      (amount * weightOf(user, resource)) / weightOf(other.user, resource),
    ]),
  )
}

/** How many tasks of its own a user may envy another where neither can have parts of a task. */
function envyAllowed(user: User, other: User, capacity: Capacity): number {
  const portions = portionsOf(user, capacity)
  const ratios = portions.map(({ resource, weight }) => weight / weightOf(other, resource))
  return (
    dominantStepOf(portionsOf(other, capacity)) / dominantStepOf(portions) + Math.max(...ratios)
  )
}
