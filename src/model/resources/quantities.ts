import type { Resources } from '../../messages/index.ts'
import { assert } from '../assert.ts'
import { containsRanges, joinRanges, type Range, withoutRanges } from './ranges.ts'

/**
 * An amount as the books keep it. Scalars are whole thousandths, Mesos' fixed point, so that sums
 * are exact; ranges are sorted, apart and inclusive; sets are sorted.
 */
export type Quantity = number | readonly Range[] | readonly string[]

/** Amounts by resource name. Names without an amount are absent, never zero or empty. */
export type Quantities = Record<string, Quantity>

/** Amounts that are all numbers, in thousandths. */
export type Scalars = Record<string, number>

/** One unit as the books count it. */
export const thousandths = 1_000

/** From people's and messages' units to the books'. Expects amounts that were validated. */
export function toQuantities(resources: Resources): Quantities {
  const quantities: Quantities = {}
  for (const name in resources) {
    const amount = resources[name]
    if (typeof amount === 'number') {
      const scalar = Math.round(amount * thousandths)
      if (scalar !== 0) quantities[name] = scalar
    } else if (amount !== undefined && amount.length > 0) {
      quantities[name] = isRanges(amount)
        ? joinRanges([], amount)
        : Object.freeze([...amount].sort())
    }
  }
  return quantities
}

/** Scalars from messages' units to the books'. */
export function toScalars(scalars: Readonly<Record<string, number>>): Scalars {
  return Object.fromEntries(
    Object.entries(scalars).map(([name, amount]) => [name, Math.round(amount * thousandths)]),
  )
}

/** All the accounts together. */
export function sumOfScalars(accounts: Iterable<Readonly<Scalars>>): Scalars {
  const sum: Scalars = {}
  for (const account of accounts) {
    for (const name in account) sum[name] = (sum[name] ?? 0) + (account[name] ?? 0)
  }
  return sum
}

/** From the books' units to people's and messages'. */
export function toResources(quantities: Readonly<Quantities>): Resources {
  const resources: Resources = {}
  for (const name in quantities) {
    const amount = quantities[name]
    if (typeof amount === 'number') resources[name] = amount / thousandths
    else if (amount !== undefined) resources[name] = amount
  }
  return resources
}

export function isEmpty(quantities: Readonly<Quantities>): boolean {
  for (const _name in quantities) return false
  return true
}

/** Both together; one of them itself when the other is nothing. */
export function plusAll(
  left: Readonly<Quantities>,
  right: Readonly<Quantities>,
): Readonly<Quantities> {
  if (isEmpty(left)) return right
  if (isEmpty(right)) return left
  const sum: Quantities = { ...left }
  addTo(sum, right)
  return sum
}

/** What is left of `have` without `taken`; taking more than there is would be a wrong book. */
export function takenFrom(
  have: Readonly<Quantities>,
  taken: Readonly<Quantities>,
): Readonly<Quantities> {
  if (have === taken) return {}
  const name = shortOf(have, taken)
  assert(name === undefined, () => `more ${name} taken than is there`)
  return subtract(have, taken)
}

/** Adds in place: the accounts of an agent or framework grow and shrink, they are not replaced. */
export function addTo(account: Quantities, amounts: Readonly<Quantities>): void {
  for (const name in amounts) {
    const amount = amounts[name]
    const held = account[name]
    if (amount === undefined) continue
    account[name] = held === undefined ? amount : plus(held, amount, name)
  }
}

/** Takes out in place; taking more than there is would be a wrong book. */
export function takeFrom(account: Quantities, amounts: Readonly<Quantities>): void {
  for (const name in amounts) {
    const amount = amounts[name]
    const held = account[name]
    if (amount === undefined) continue
    assert(held !== undefined && covers(held, amount), () => `more ${name} taken than is there`)
    if (held === amount) {
      delete account[name]
      continue
    }
    const rest = minus(held, amount)
    if (isNothing(rest)) delete account[name]
    else account[name] = rest
  }
}

/** What is left of `have` without `taken`; never below nothing, as in Mesos. */
export function subtract(have: Readonly<Quantities>, taken: Readonly<Quantities>): Quantities {
  const rest: Quantities = {}
  for (const name in have) {
    const held = have[name]
    if (held === undefined) continue
    const amount = taken[name]
    const left = amount === undefined ? held : minus(held, amount)
    if (!isNothing(left)) rest[name] = left
  }
  return rest
}

export function contains(have: Readonly<Quantities>, wanted: Readonly<Quantities>): boolean {
  return have === wanted || shortOf(have, wanted) === undefined
}

/** The first resource of which `have` holds less than is wanted, or nothing. */
export function shortOf(
  have: Readonly<Quantities>,
  wanted: Readonly<Quantities>,
): string | undefined {
  for (const name in wanted) {
    const amount = wanted[name]
    if (amount === undefined) continue
    const held = have[name]
    if (held === undefined || !covers(held, amount)) return name
  }
  return undefined
}

/**
 * The first resource of which both have the same items, or which is a number here and a list there:
 * the two can never be had together.
 */
export function clashOf(
  left: Readonly<Quantities>,
  right: Readonly<Quantities>,
): string | undefined {
  for (const name in right) {
    const [held, amount] = [left[name], right[name]]
    if (held !== undefined && amount !== undefined && !isApart(held, amount)) return name
  }
  return undefined
}

function isApart(held: Quantity, amount: Quantity): boolean {
  if (typeof held === 'number' || typeof amount === 'number') return typeof held === typeof amount
  return isRanges(held) === isRanges(amount) && covers(minus(held, amount), held)
}

/** Whether a list is one of ranges, and not of names. Lists in the books are never empty. */
export function isRanges(
  amount: readonly Range[] | readonly string[] | Range[] | string[],
): amount is readonly Range[] {
  return typeof amount[0] !== 'string'
}

function isNothing(amount: Quantity): boolean {
  return typeof amount === 'number' ? amount <= 0 : amount.length === 0
}

function plus(held: Quantity, amount: Quantity, name: string): Quantity {
  if (typeof held === 'number' && typeof amount === 'number') return held + amount
  assert(
    typeof held !== 'number' && typeof amount !== 'number',
    () => `${name} is a number here and a list there`,
  )
  if (isRanges(held) && isRanges(amount)) return joinRanges(held, amount)
  assert(!isRanges(held) && !isRanges(amount), () => `${name} is ranges here and a set there`)
  return [...new Set([...held, ...amount])].sort()
}

function minus(held: Quantity, amount: Quantity): Quantity {
  if (typeof held === 'number' || typeof amount === 'number') {
    return typeof held === 'number' && typeof amount === 'number'
      ? Math.max(0, held - amount)
      : held
  }
  if (isRanges(held)) return isRanges(amount) ? withoutRanges(held, amount) : held
  const taken: ReadonlySet<unknown> = new Set<unknown>(amount)
  return held.filter((item) => !taken.has(item))
}

function covers(held: Quantity, amount: Quantity): boolean {
  if (held === amount) return true
  if (typeof held === 'number' || typeof amount === 'number') {
    return typeof held === 'number' && typeof amount === 'number' && held >= amount
  }
  if (isRanges(held)) return isRanges(amount) && containsRanges(held, amount)
  const present: ReadonlySet<unknown> = new Set<unknown>(held)
  return amount.every((item) => present.has(item))
}
