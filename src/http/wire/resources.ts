import type { FrameworkInfo, Resources } from '../../messages/index.ts'
import { isPlain } from '../../model/resources/kinds.ts'
import { MalformedResource } from './errors.ts'
import { enumAt, type Json, keyAt, listAt, numberAt, objectAt, WireProblem } from './json.ts'
import { verifyAmount, verifyDisk, verifyValue } from './resource-forms.ts'
import { hasKind, readKey, writeKind } from './resource-kinds.ts'
import { itemsAt, rangesAt, writeRanges } from './values.ts'

type Amount = Resources[string]

/** How resources are told to a framework. */
export interface ResourceForm {
  /** The role that they are allocated to, for frameworks with MULTI_ROLE. */
  readonly allocatedTo?: string
  /** Whether reservations are told as a stack; if not, by `role` and `reservation`. */
  readonly refined: boolean
}

/** The form that a framework understands by its capabilities; `role` is that of the offer. */
export function formFor(info: FrameworkInfo, role?: string): ResourceForm {
  const { capabilities = [] } = info
  const refined = capabilities.includes('RESERVATION_REFINEMENT')
  const isMultiRole = capabilities.includes('MULTI_ROLE')
  return isMultiRole && role !== undefined ? { allocatedTo: role, refined } : { refined }
}

const types = ['SCALAR', 'RANGES', 'SET', 'TEXT'] as const

/**
 * Reads a list of resources. What several of them say about one kind is added up, and an amount of
 * nothing is left out, as Mesos does: clients send `gpus: 0` for what they do not need. Throws
 * WireError for a wrong form, and WireProblem for what is not legal: amounts, too, that nobody can
 * have, such as those below nothing. Whether what several of them add up to can be had, and
 * whether somebody has it, is not asked here.
 */
export function readResources(value: unknown, path: string): Resources {
  const resources = readAmounts(value, path)
  for (const [key, amount] of Object.entries(resources)) {
    if (isNothing(amount)) delete resources[key]
  }
  return resources
}

/** The same with the amounts of nothing, for those to whom they say something. */
export function readAmounts(value: unknown, path: string): Resources {
  const list = listAt(value, path)
  const sums = new Map<string, Sum>()
  for (let index = 0; index < list.length; index++) {
    const at = `${path}[${index}]`
    const json = objectAt(list[index], at)
    const name = nameAt(json.name, at)
    const amount = amountAt(json, name, at)
    verifyAmount(amount, name, at)
    if (hasKind(json)) verifyDisk(json, name, at)
    const key = hasKind(json) ? readKey(json, name, at) : name
    const before = sums.get(key) ?? new Sum()
    sums.set(key, before)
    before.add(amount, at)
  }
  return Object.fromEntries(Array.from(sums, ([key, { total }]) => [key, total]))
}

/** Why one of the resources cannot be, whoever asks for it, or nothing. */
export function problemWithForm(value: unknown, path: string): string | undefined {
  try {
    readResources(value, path)
  } catch (error) {
    if (error instanceof MalformedResource) return error.message
    if (!(error instanceof WireProblem)) throw error
  }
  return undefined
}

function nameAt(value: unknown, path: string): string {
  const name = keyAt(value, `${path}.name`)
  if (name === '') throw new MalformedResource(`${path}.name is empty`)
  if (!/[()[\]{}]/.test(name)) return name
  throw new WireProblem(`${path}.name is ${JSON.stringify(name)}; a name has no brackets`)
}

function amountAt(json: Json, name: string, path: string): Amount {
  const type = enumAt(json.type, types, `${path}.type`)
  if (type === 'TEXT') throw new MalformedResource(`${path}: ${name} is a text; no resource is`)
  verifyValue(json, type, path)
  switch (type) {
    case 'SCALAR':
      return numberAt(objectAt(json.scalar, `${path}.scalar`).value, `${path}.scalar.value`)
    case 'RANGES':
      return rangesAt(objectAt(json.ranges, `${path}.ranges`), `${path}.ranges`)
    case 'SET':
      return itemsAt(objectAt(json.set, `${path}.set`), `${path}.set`)
  }
}

function isNothing(amount: Amount): boolean {
  return typeof amount === 'number' ? amount === 0 : amount.length === 0
}

const thousandths = 1000

/** What several resources say about one kind. Lists grow in place: there may be very many. */
class Sum {
  #scalar: number | undefined
  readonly #ranges: (readonly [number, number])[] = []
  readonly #names: string[] = []

  get total(): Amount {
    return this.#scalar ?? (this.#names.length > 0 ? this.#names : this.#ranges)
  }

  add(amount: Amount, path: string): void {
    const isList = this.#ranges.length + this.#names.length > 0
    if (typeof amount === 'number') {
      if (isList) throw otherType(path)
      const before = this.#scalar
      this.#scalar = before === undefined ? amount : roundedSum(before, amount)
      return
    }
    for (const item of amount) {
      if (this.#scalar !== undefined) throw otherType(path)
      if (typeof item === 'string') this.#names.push(item)
      else this.#ranges.push(item)
    }
    if (this.#ranges.length > 0 && this.#names.length > 0) throw otherType(path)
  }
}

function roundedSum(left: number, right: number): number {
  return Math.round((left + right) * thousandths) / thousandths
}

function isRanges(amount: Amount): amount is readonly (readonly [number, number])[] {
  return typeof amount !== 'number' && typeof amount[0] !== 'string'
}

function otherType(path: string): WireProblem {
  return new WireProblem(`${path} is of another type than the one of this name before it`)
}

/** Writes resources in the form that the reader understands, without those of nothing. */
export function writeResources(resources: Resources, form: ResourceForm): Json[] {
  const allocation = form.allocatedTo === undefined ? undefined : { role: form.allocatedTo }
  const list: Json[] = []
  for (const key in resources) {
    const amount = resources[key]
    if (amount === undefined || isNothing(amount)) continue
    const isOfKind = !isPlain(key)
    const json: Record<string, unknown> = isOfKind
      ? writeKind(key, form.refined)
      : form.refined
        ? { name: key }
        : { name: key, role: '*' }
    writeAmount(json, amount)
    if (allocation !== undefined) json.allocation_info = allocation
    list.push(json)
  }
  return list
}

function writeAmount(json: Record<string, unknown>, amount: Amount): void {
  if (typeof amount === 'number') {
    json.type = 'SCALAR'
    json.scalar = { value: amount }
  } else if (isRanges(amount)) {
    json.type = 'RANGES'
    json.ranges = writeRanges(amount)
  } else {
    json.type = 'SET'
    json.set = { item: amount }
  }
}
