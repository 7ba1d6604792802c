import type { Resources } from '../../messages/index.ts'
import { thousandths } from '../../model/resources/quantities.ts'
import { type Range, valueTwice } from '../../model/resources/ranges.ts'
import { problemWithRole } from '../../model/validation/roles.ts'
import { MalformedResource } from './errors.ts'
import { isAbsent, isObject, type Json } from './json.ts'

/** What no resource can be, wherever it is named (Mesos: src/common/resources.cpp, validate). */

const partOf = { SCALAR: 'scalar', RANGES: 'ranges', SET: 'set' } as const

/** A resource has the value that its type names, and no other. */
export function verifyValue(json: Json, type: keyof typeof partOf, path: string): void {
  for (const part of ['scalar', 'ranges', 'set'] as const) {
    const isDue = part === partOf[type]
    if (isAbsent(json[part]) !== isDue) continue
    throw new MalformedResource(
      `${path} is of the type ${type} but has ${isDue ? 'no ' : ''}${part}`,
    )
  }
}

/** An amount is more than nothing, if anything; nothing is listed twice. */
export function verifyAmount(amount: Resources[string], name: string, path: string): void {
  const problem = typeof amount === 'number' ? withScalar(amount) : withList(amount)
  if (problem !== undefined) throw new MalformedResource(`${path}: ${name} ${problem}`)
}

function withScalar(amount: number): string | undefined {
  if (amount === 0 || amount * thousandths >= 1 / 2) return undefined
  return amount < 0
    ? `is ${amount}; an amount cannot be negative`
    : `is ${amount}; less than a thousandth cannot be had`
}

function withList(items: Exclude<Resources[string], number>): string | undefined {
  const seen = new Set<string>()
  const ranges: Range[] = []
  for (const item of items) {
    if (typeof item === 'string') {
      if (seen.has(item)) return `lists ${item} twice`
      seen.add(item)
      continue
    }
    const [from, to] = item
    if (to < from) return `has the range [${from}, ${to}]; give the smaller number first`
    ranges.push(item)
  }
  const twice = valueTwice(ranges)
  return twice === undefined ? undefined : `lists ${twice} twice`
}

/** A disk, and nothing else, may be more than an amount; only volumes of it can be shared. */
export function verifyDisk({ disk, shared }: Json, name: string, path: string): void {
  if (!isAbsent(disk) && name !== 'disk') {
    throw new MalformedResource(`${path}: ${name} is no disk, but has the field of one`)
  }
  if (isAbsent(shared) || (isObject(disk) && !isAbsent(disk.persistence))) return
  throw new MalformedResource(`${path}: only volumes can be shared`)
}

/** The roles of a stack of reservations lie below each other; none is everybody's. */
export function verifyStack(
  stack: readonly { readonly role: string; readonly type: 'STATIC' | 'DYNAMIC' }[],
  path: string,
): void {
  for (const [index, { role, type }] of stack.entries()) {
    const outer = stack[index - 1]
    const problem =
      (role === '*' ? 'the role * owns nothing' : problemWithRole(role)) ??
      (outer === undefined || role.startsWith(`${outer.role}/`)
        ? undefined
        : `a reservation for ${outer.role} can be refined only for a role below it`) ??
      (index > 0 && type === 'STATIC' ? 'only the first reservation can be static' : undefined)
    if (problem !== undefined) throw new MalformedResource(`${path}: ${problem}`)
  }
}
