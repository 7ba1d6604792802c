/**
 * What a fair policy must show when the world changes, after Ghodsi et al., NSDI 2011, section 3:
 * each function runs the policy in two worlds and returns the breaches as sentences, none when it
 * is fair.
 *
 * `allowed` tells how many tasks a user may differ for other reasons, such as that tasks are
 * whole.
 */
import { type Bundle, type Capacity, type SharingPolicy, tasksWithin, type User } from './model.ts'
import { isMore, short } from './support.ts'

/** How many tasks the user at this place in the list may gain or lose; none unless told. */
export type Allowance = (user: number) => number

const nothing: Allowance = () => 0

/**
 * Strategy-proofness: the user at the place `liar` runs no more tasks (of its real demand) when it
 * claims to need something else.
 */
export function gainsByLying(
  policy: SharingPolicy,
  users: readonly User[],
  capacity: Capacity,
  liar: number,
  claim: Bundle,
  allowed = nothing,
): string[] {
  const user = users[liar]
  if (user === undefined) return []
  const honest = policy(users, capacity).allotments[liar]
  const lying = policy(users.with(liar, { ...user, demand: claim }), capacity).allotments[liar]
  if (honest === undefined || lying === undefined) return []
  const useful = tasksWithin(lying.held, user)
  if (!isMore(useful, honest.tasks + allowed(liar), user, capacity)) return []
  const told = Object.entries(claim).map(([resource, amount]) => `${short(amount)} ${resource}`)
  return [
    `${honest.name} runs ${short(honest.tasks)} tasks, and ${short(useful)} when it claims to need ${told.join(', ')}`,
  ]
}

/** Population monotonicity: when the user at the place `leaver` is not there, nobody runs fewer. */
export function lossesByDeparture(
  policy: SharingPolicy,
  users: readonly User[],
  capacity: Capacity,
  leaver: number,
  allowed = nothing,
): string[] {
  const before = policy(users, capacity).allotments
  const after = policy(users.toSpliced(leaver, 1), capacity).allotments.map(({ tasks }) => tasks)
  return before.flatMap(({ user, name, tasks }, index) => {
    const now = after[index < leaver ? index : index - 1]
    if (index === leaver || now === undefined) return []
    if (!isMore(tasks, now + allowed(index), user, capacity)) return []
    return [
      `${name} runs ${short(tasks)} tasks, and ${short(now)} when ${before[leaver]?.name} is gone`,
    ]
  })
}

/**
 * Resource monotonicity: when resources are added, nobody runs fewer tasks. No policy that is
 * Pareto efficient and has the sharing incentive can promise it (Ghodsi et al., NSDI 2011, section
 * 6).
 */
export function lossesByGrowth(
  policy: SharingPolicy,
  users: readonly User[],
  capacity: Capacity,
  added: Bundle,
  allowed = nothing,
): string[] {
  const names = new Set([...Object.keys(capacity), ...Object.keys(added)])
  const grown = Object.fromEntries(
    [...names].map((name) => [name, (capacity[name] ?? 0) + (added[name] ?? 0)]),
  )
  const after = policy(users, grown).allotments
  return policy(users, capacity).allotments.flatMap(({ user, name, tasks }, index) => {
    const now = after[index]?.tasks ?? 0
    if (!isMore(tasks, now + allowed(index), user, capacity)) return []
    const more = Object.entries(added).map(([resource, amount]) => `${short(amount)} ${resource}`)
    return [`${name} runs ${short(tasks)} tasks, and ${short(now)} with ${more.join(', ')} more`]
  })
}
