import { InvalidInputError } from '../../model/errors.ts'

/** Someone who wants a part of one resource. */
export interface Claim {
  /** How much is wanted at most, in the unit of the capacity; Infinity unless given. */
  readonly wanted?: number
  /** How much the claimant is due in relation to others, 1 unless given. */
  readonly weight?: number
}

/**
 * Max-min fairness for one resource: what each claimant gets, in the order of the claims. Nobody
 * gets more than is wanted, and whoever gets less than that gets, by weight, at least as much as
 * any other. Exact up to rounding. Throws InvalidInputError for amounts below zero and weights not
 * above it.
 */
export function maxMinOneResource(claims: readonly Claim[], capacity: number): number[] {
  const wishes = claims.map(({ wanted = Number.POSITIVE_INFINITY, weight = 1 }) => {
    if (!(wanted >= 0) || !(weight > 0 && Number.isFinite(weight))) {
      throw new InvalidInputError('a claim wants 0 or more, with a weight above 0')
    }
    return { wanted, weight, perWeight: wanted / weight }
  })
  if (!(capacity >= 0 && Number.isFinite(capacity))) {
    throw new InvalidInputError(`the capacity is ${capacity}: 0 or more is possible`)
  }
  let left = capacity
  let weights = wishes.reduce((sum, { weight }) => sum + weight, 0)
  let level = 0
  // The modest are served in full; what they leave raises the level of all who want more.
  for (const { wanted, weight, perWeight } of wishes.toSorted(
    (a, b) => a.perWeight - b.perWeight,
  )) {
    level = left / weights
    if (perWeight > level) break
    left -= wanted
    weights -= weight
    level = perWeight
  }
  return wishes.map(({ wanted, weight }) => Math.min(wanted, level * weight))
}
