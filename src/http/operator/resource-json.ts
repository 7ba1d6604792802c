import { isPlain, isRevocable, nameOf, parseKind } from '../../model/resources/kinds.ts'
import {
  addTo,
  isRanges,
  type Quantities,
  type Quantity,
  type Scalars,
  thousandths,
  toResources,
} from '../../model/resources/quantities.ts'
import { joinRanges } from '../../model/resources/ranges.ts'
import { isObject, type Json } from '../wire/json.ts'
import { writeResources } from '../wire/resources.ts'
import type { Viewer } from './viewer.ts'

/** What is held, by the role for which it was allocated. */
export type ByRole = ReadonlyMap<string, Readonly<Quantities>>

/** Sums by role, from amounts that name theirs. */
export function sumByRole(
  held: Iterable<{ readonly role: string; readonly resources: Readonly<Quantities> }>,
): ByRole {
  const sums = new Map<string, Quantities>()
  for (const { role, resources } of held) {
    const sum = sums.get(role)
    if (sum === undefined) sums.set(role, { ...resources })
    else addTo(sum, resources)
  }
  return sums
}

/** All of it together. */
export function sumOf(byRole: ByRole): Quantities {
  const sum: Quantities = {}
  for (const amounts of byRole.values()) addTo(sum, amounts)
  return sum
}

/**
 * Resources as operators see them: in the form with stacks of reservations and, as far as it can
 * say the same, in the older one, too (Mesos: src/common/resources_utils.cpp, ENDPOINT).
 */
export function endpointResources(amounts: Readonly<Quantities>, allocatedTo?: string): Json[] {
  const form = { refined: true, ...(allocatedTo !== undefined && { allocatedTo }) }
  return writeResources(toResources(amounts), form).map(withOlderForm)
}

export function endpointByRole(byRole: ByRole): Json[] {
  return [...byRole].flatMap(([role, amounts]) => endpointResources(amounts, role))
}

function withOlderForm(resource: Json): Json {
  const stack = Array.isArray(resource.reservations) ? resource.reservations : []
  if (stack.length === 0) return { ...resource, role: '*' }
  const [only] = stack
  if (stack.length > 1 || !isObject(only)) return resource
  const { role, type, ...reservation } = only
  return { ...resource, role, ...(type === 'DYNAMIC' && { reservation }) }
}

/**
 * Whether the caller may see all roles for which it is reserved: a resource that is shown names
 * each of its stack.
 */
export function isVisible(key: string, seesRole: (role: string) => boolean): boolean {
  if (isPlain(key)) return true
  return (parseKind(key)?.reservations ?? []).every(({ role }) => seesRole(role))
}

/** Amounts without what is reserved for roles that nobody may see. */
export function visible(
  amounts: Readonly<Quantities>,
  seesRole: (role: string) => boolean,
): Readonly<Quantities> {
  const hidden = Object.keys(amounts).filter((key) => !isVisible(key, seesRole))
  if (hidden.length === 0) return amounts
  return Object.fromEntries(Object.entries(amounts).filter(([key]) => !hidden.includes(key)))
}

/** The same of amounts by the role for which they are held, without what hidden roles hold. */
export function visibleByRole(byRole: ByRole, { seesAll, seesRole }: Viewer): ByRole {
  if (seesAll) return byRole
  return new Map(
    [...byRole]
      .filter(([role]) => seesRole(role))
      .map(([role, amounts]) => [role, visible(amounts, seesRole)]),
  )
}

/** Amounts as the plain endpoints have them: numbers, and lists as texts, whatever their kind. */
export function plainResources(amounts: Readonly<Quantities>): Record<string, number | string> {
  const totals: Record<string, Quantity> = { cpus: 0, gpus: 0, mem: 0, disk: 0 }
  for (const key in amounts) {
    const amount = amounts[key]
    if (amount === undefined) continue
    const name = isRevocable(key) ? `${nameOf(key)}_revocable` : nameOf(key)
    totals[name] = plus(totals[name], amount)
  }
  return Object.fromEntries(
    Object.entries(totals).map(([name, amount]) => [
      name,
      typeof amount === 'number' ? amount / thousandths : plainAmount(amount),
    ]),
  )
}

function plus(held: Quantity | undefined, amount: Quantity): Quantity {
  if (held === undefined) return amount
  if (typeof held === 'number' || typeof amount === 'number') {
    return typeof held === 'number' && typeof amount === 'number' ? held + amount : amount
  }
  if (isRanges(held) && isRanges(amount)) return joinRanges(held, amount)
  return isRanges(held) || isRanges(amount) ? amount : [...held, ...amount]
}

/** A list as a text: `[31000-32000]`, `{a, b}`. */
export function plainAmount(
  list: readonly (readonly [number, number])[] | readonly string[],
): string {
  if (!isRanges(list)) return `{${list.join(', ')}}`
  return `[${list.map(([begin, end]) => `${begin}-${end}`).join(', ')}]`
}

/** Scalars by name, in people's units. */
export function plainScalars(scalars: Readonly<Scalars>): Record<string, number> {
  const plain: Record<string, number> = {}
  for (const [name, amount] of Object.entries(scalars)) {
    if (amount !== 0) plain[name] = amount / thousandths
  }
  return plain
}

/** Scalars as Mesos' list of resources. */
export function scalarResources(scalars: Readonly<Scalars>): Json[] {
  return Object.entries(plainScalars(scalars))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => ({ name, type: 'SCALAR', scalar: { value } }))
}
