import type { ResourceOperation, Resources } from '../../messages/index.ts'
import { assert } from '../assert.ts'
import { formatKind, parseKind, type ResourceKind } from './kinds.ts'
import { addTo, type Quantities, type Quantity, subtract, toQuantities } from './quantities.ts'

/** An amount of one kind that becomes the same amount of another; the sum stays as it is. */
export interface Conversion {
  readonly from: string
  readonly to: string
  readonly amount: Quantity
}

/** What an operation does, key by key. Expects keys that were validated. */
export function conversionsOf(operation: ResourceOperation): Conversion[] {
  switch (operation.type) {
    case 'RESERVE':
      return towards(operation.resources, unreservedKey)
    case 'UNRESERVE':
      return reversed(towards(operation.resources, unreservedKey))
    case 'CREATE':
    case 'GROW_VOLUME':
      return towards(operation.volumes, diskKey)
    case 'DESTROY':
    case 'SHRINK_VOLUME':
      return reversed(towards(operation.volumes, diskKey))
  }
}

/** The conversions that undo these. */
export function reversed(conversions: readonly Conversion[]): Conversion[] {
  return conversions.map(({ from, to, amount }) => ({ from: to, to: from, amount })).reverse()
}

/** What makes all that is left of volumes disk again, if the conversions created any. */
export function undoingCreation(
  conversions: readonly Conversion[],
  left: Readonly<Quantities>,
): Conversion[] {
  return conversions.flatMap(({ from, to }) => {
    const amount = left[to]
    const isVolume = kindOf(to).volume !== undefined
    return isVolume && amount !== undefined ? [{ from: to, to: from, amount }] : []
  })
}

/** What the conversions take (`from`) or give (`to`), together. */
export function sumOf(conversions: readonly Conversion[], side: 'from' | 'to'): Quantities {
  const sum: Quantities = {}
  for (const conversion of conversions) addTo(sum, { [conversion[side]]: conversion.amount })
  return sum
}

/** The amounts after the conversions; they must hold what these take. */
export function converted(
  amounts: Readonly<Quantities>,
  conversions: readonly Conversion[],
): Quantities {
  const result = subtract(amounts, sumOf(conversions, 'from'))
  addTo(result, sumOf(conversions, 'to'))
  return result
}

/** The key without its last reservation. */
export function unreservedKey(key: string): string {
  const kind = kindOf(key)
  return formatKind({ ...kind, reservations: kind.reservations.slice(0, -1) })
}

/** The disk that a volume is made of. */
export function diskKey(key: string): string {
  const { volume: _, ...disk } = kindOf(key)
  return formatKind(disk)
}

function towards(resources: Resources, sourceOf: (key: string) => string): Conversion[] {
  return Object.entries(toQuantities(resources)).map(([to, amount]) => ({
    from: sourceOf(to),
    to,
    amount,
  }))
}

function kindOf(key: string): ResourceKind {
  const kind = parseKind(key)
  assert(kind !== undefined, () => `${key} is no resource`)
  return kind
}
