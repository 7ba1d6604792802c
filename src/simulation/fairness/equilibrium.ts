import { assert } from '../../model/assert.ts'
import { InvalidInputError } from '../../model/errors.ts'
import {
  type Capacity,
  checkUsers,
  type Outcome,
  outcomeOf,
  portionsOf,
  type User,
} from './model.ts'

/** Unspent budgets and unsold resources may be worth this part of all budgets. */
const GAP = 1e-14
/** Each round aims at this part of the gap that is left. */
const AIM = 0.02
/** How far to go at most towards where an amount or a price would become zero. */
const STRIDE = 0.99
const ROUNDS_MAX = 200

/**
 * Competitive equilibrium from equal incomes: each user gets a budget (its weight), and resources
 * have the prices at which all that costs something is sold. It maximises the product of the
 * users' tasks, each to the power of its weight. Ghodsi et al., NSDI 2011, section 5.2: fair and
 * efficient, but users gain by lying about their demands.
 *
 * Method: with x the users' shares and y the price of a full one, p the prices and s what is left
 * of the resources, the equilibrium is where x·y is each user's budget and p·s is zero; both
 * links, from x to s and from p to y, are linear. Newton steps follow that system from inside (a
 * target-following interior-point method for the monotone complementarity problem), in some ten
 * rounds.
 *
 * Accuracy: the gap g, at most 1e-14 of all budgets, bounds the sum of budget_i (r_i − 1 − ln r_i),
 * where r is the exact share over the one found. So a user with the part b of all weights is wrong
 * by about √(2g / b) < 1.5e-7/√b at most, in relation. That is where a resource is just barely sold
 * out at price zero; elsewhere the error is nearer to the gap itself.
 *
 * Throws InvalidInputError for impossible users or capacity, and for weights by resource: an
 * income is one number.
 */
export function competitiveEquilibrium(users: readonly User[], capacity: Capacity): Outcome {
  checkUsers(users, capacity)
  const buyers = users.map((user, index) => buyerOf(user, index, capacity))
  // Who needs something that there is none of cannot buy any task, at whatever price.
  const able = buyers.filter(({ full }) => full > 0)
  const budgets = able.reduce((sum, { weight }) => sum + weight, 0)
  const resources = [...new Set(able.flatMap(({ needs }) => [...needs.keys()]))]
  const shares = equilibriumShares(
    able.map(({ weight }) => weight / budgets),
    able.map(({ needs }) => resources.map((resource) => needs.get(resource) ?? 0)),
  )
  const tasks = users.map(() => 0)
  for (const [place, { index, full }] of able.entries()) tasks[index] = full * (shares[place] ?? 0)
  return outcomeOf(users, capacity, tasks)
}

interface Buyer {
  readonly index: number
  readonly weight: number
  /** How many tasks the whole capacity is enough for: a full share. */
  readonly full: number
  /** The part of each resource that a full share takes; the largest is 1. */
  readonly needs: ReadonlyMap<string, number>
}

function buyerOf(user: User, index: number, capacity: Capacity): Buyer {
  const { name = `user ${index + 1}`, weight = 1 } = user
  if (typeof weight !== 'number') {
    throw new InvalidInputError(`${name}: an income is one number, not a weight for each resource`)
  }
  const portions = portionsOf(user, capacity)
  const full = 1 / Math.max(...portions.map(({ portion }) => portion))
  const needs = new Map(portions.map(({ resource, portion }) => [resource, portion * full]))
  return { index, weight, full, needs }
}

type Vector = readonly number[]
type Matrix = readonly Vector[]

/** The shares of buyers with these budgets (of the sum 1) and these needs in equilibrium. */
function equilibriumShares(budgets: Vector, needs: Matrix): Vector {
  if (budgets.length === 0) return []
  const byResource = transposed(needs)
  // Half of what each budget is due: inside of all bounds, and spending close to the budgets.
  let shares: Vector = budgets.map((budget) => budget / 2)
  let prices: Vector = byResource.map(() => 1 / byResource.length)
  let left: Vector = byResource.map((need) => 1 - dot(need, shares))
  for (let round = 0; ; round++) {
    assert(round < ROUNDS_MAX, () => `no equilibrium after ${round} rounds: ${needs.join(' / ')}`)
    const costs = needs.map((need) => dot(need, prices))
    const unspent = zip(budgets, zip(shares, costs, times), minus)
    const gap = dot(prices, left) + unspent.reduce((sum, each) => sum + Math.abs(each), 0)
    if (gap <= GAP) break
    const worth = (AIM * gap) / prices.length
    const wanted = zip(unspent, costs, over)
    const elasticities = zip(shares, costs, over)
    const system = byResource.map((need, place) => {
      const row = byResource.map((other) => dot(zip(need, elasticities, times), other))
      const own = (left[place] ?? 0) / (prices[place] ?? 1)
      return row.with(place, (row[place] ?? 0) + own)
    })
    const surplus = byResource.map(
      (need, place) => worth / (prices[place] ?? 1) - (left[place] ?? 0) + dot(need, wanted),
    )
    const priceSteps = solve(system, surplus)
    const costSteps = needs.map((need) => dot(need, priceSteps))
    const shareSteps = zip(wanted, zip(elasticities, costSteps, times), minus)
    const leftSteps = byResource.map((need) => -dot(need, shareSteps))
    const stride = Math.min(
      1,
      strideOf(shares, shareSteps),
      strideOf(prices, priceSteps),
      strideOf(left, leftSteps),
    )
    const moved = (values: Vector, steps: Vector) => zip(values, steps, (x, dx) => x + stride * dx)
    shares = moved(shares, shareSteps)
    prices = moved(prices, priceSteps)
    left = moved(left, leftSteps)
  }
  // Rounding may have sold a resource by the last digit too often.
  const load = Math.max(1, ...byResource.map((need) => dot(need, shares)))
  return shares.map((share) => share / load)
}

/** How far the steps may be followed without making a value zero. */
function strideOf(values: Vector, steps: Vector): number {
  const ends = zip(values, steps, (value, step) => (step < 0 ? -value / step : Infinity))
  return STRIDE * Math.min(...ends)
}

/** Solves a symmetric positive definite system by elimination: these need no pivoting. */
function solve(matrix: Matrix, right: Vector): Vector {
  const [first, ...rows] = matrix
  if (first === undefined) return []
  const [pivot = 1, ...tail] = first
  const [value = 0, ...values] = right
  const factors = rows.map(([head = 0]) => head / pivot)
  const rest = solve(
    rows.map(([, ...row], place) => zip(row, tail, (x, y) => x - (factors[place] ?? 0) * y)),
    zip(values, factors, (x, factor) => x - factor * value),
  )
  return [(value - dot(tail, rest)) / pivot, ...rest]
}

function zip(left: Vector, right: Vector, join: (a: number, b: number) => number): number[] {
  return left.map((a, index) => join(a, right[index] ?? 0))
}

function dot(left: Vector, right: Vector): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)
}

function transposed(rows: Matrix): Matrix {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? 0))
}

const times = (a: number, b: number): number => a * b
const over = (a: number, b: number): number => a / b
const minus = (a: number, b: number): number => a - b
