import { isReserved, isRevocable, nameOf, parseKind } from './kinds.ts'
import { isRanges, type Quantities, type Quantity, thousandths } from './quantities.ts'
import { countValues } from './ranges.ts'

/**
 * One number per key, in thousandths: the items of a list are counted. They tell at a glance what
 * an offer cannot hold; whether it does hold it is for `allot` to say.
 */
export type Measures = Readonly<Record<string, number>>

/** The measures of a demand, key by key. */
export function measureDemand(demand: Readonly<Quantities>): Measures {
  const measures: Record<string, number> = {}
  for (const key in demand) measures[key] = measure(demand[key])
  return measures
}

/** The measures of an offer: what is reserved counts under its key, and under its name too. */
export function measureOffer(offered: Readonly<Quantities>): Measures {
  const measures: Record<string, number> = {}
  for (const key in offered) {
    const amount = measure(offered[key])
    measures[key] = (measures[key] ?? 0) + amount
    if (!isReserved(key) || isRevocable(key) || parseKind(key)?.volume !== undefined) continue
    const name = nameOf(key)
    measures[name] = (measures[name] ?? 0) + amount
  }
  return measures
}

/** Whether the offer may hold the demand. When not, it certainly does not. */
export function mayHold(offered: Measures, demand: Measures): boolean {
  for (const key in demand) {
    const wanted = demand[key]
    const held = offered[key]
    if (wanted !== undefined && (held === undefined || held < wanted)) return false
  }
  return true
}

/** The least that either demand takes of each resource: who cannot hold this holds neither. */
export function leastOf(left: Measures, right: Measures): Measures {
  const least: Record<string, number> = {}
  for (const key in left) {
    const [one, other] = [left[key], right[key]]
    if (one !== undefined && other !== undefined) least[key] = Math.min(one, other)
  }
  return least
}

/** The size of one amount; nothing measures nothing. */
export function measure(amount: Quantity | undefined): number {
  if (amount === undefined) return 0
  if (typeof amount === 'number') return amount
  return (isRanges(amount) ? countValues(amount) : amount.length) * thousandths
}
