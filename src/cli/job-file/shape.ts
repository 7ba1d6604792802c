import type { TSchema } from 'typebox'
import { Check } from 'typebox/schema'
import { suggestion } from '../../model/suggestion.ts'
import { type Path, type Report, valueText } from './problems.ts'

/** A bound above this is no news to people, unless it is what they broke. */
const roundMax = 1e6

/**
 * Says everything that keeps data from having the shape of a schema, each where it is. TypeBox
 * decides what is right; this walk finds the words: of a union it follows the branch that was
 * meant, and of an unknown key it knows the neighbours.
 */
export function reportShape(schema: TSchema, data: unknown, report: Report, path: Path = []): void {
  const branches = branchesOf(schema)
  if (branches !== undefined) {
    const meant = branches.filter((branch) => kindOf(branch) === kindOfData(data))
    const [branch] = meant
    if (meant.length === 1 && branch !== undefined && hasParts(branch)) {
      reportShape(branch, data, report, path)
    } else if (!Check(schema, data)) {
      report(path, misfit(path, data, schema))
    }
    return
  }
  if (kindOf(schema) === 'object' && isRecord(data)) reportFields(schema, data, report, path)
  else if (kindOf(schema) === 'array' && Array.isArray(data)) {
    reportItems(schema, data, report, path)
  } else if (!Check(schema, data)) {
    report(path, misfit(path, data, schema))
  }
}

function reportFields(
  schema: TSchema,
  data: Readonly<Record<string, unknown>>,
  report: Report,
  path: Path,
): void {
  const properties = recordOf(schema, 'properties')
  const [pattern] = Object.values(recordOf(schema, 'patternProperties'))
  const required = listOf(schema, 'required')
  const known = Object.keys(properties).filter((key) => key !== '$schema')
  for (const [key, value] of Object.entries(data)) {
    const field = Object.hasOwn(properties, key) ? properties[key] : pattern
    if (isSchema(field)) reportShape(field, value, report, [...path, key])
    else {
      const hint = suggestion(key, known) || `; expected one of ${known.join(', ')}`
      report([...path, key], `there is no key ${key} here${hint}`, 'key')
    }
  }
  for (const key of required) {
    if (typeof key !== 'string' || Object.hasOwn(data, key)) continue
    report(path, `${key} is missing; expected ${expected(properties[key])}`, 'key')
  }
  if (pattern !== undefined && Object.keys(data).length === 0) {
    report(path, `${subject(path)} is empty; expected ${expected(schema)}`)
  }
}

function reportItems(schema: TSchema, data: readonly unknown[], report: Report, path: Path): void {
  const items = field(schema, 'items')
  const counted = Check({ ...schema, items: {} }, data)
  if (!counted)
    report(path, `${subject(path)} has ${data.length} items; expected ${expected(schema)}`)
  if (!isSchema(items)) return
  for (const [index, item] of data.entries()) reportShape(items, item, report, [...path, index])
}

function misfit(path: Path, data: unknown, schema: TSchema): string {
  const isBare = typeof data === 'boolean' || typeof data === 'number'
  // YAML reads a bare true as a truth value, and a bare 5 as a number.
  const hint = isBare && Check(schema, String(data)) ? '; put it in quotes' : ''
  return `${subject(path)} is ${valueText(data)}; expected ${expected(schema, data)}${hint}`
}

/** What a schema asks for, in words. */
function expected(schema: unknown, data?: unknown): string {
  if (!isSchema(schema)) return 'a value'
  const branches = branchesOf(schema)
  if (branches !== undefined) return branches.map((branch) => expected(branch, data)).join(' or ')
  const values = field(schema, 'enum')
  if (Array.isArray(values)) return values.join(' or ')
  const only = field(schema, 'const')
  if (only !== undefined) return valueText(only)
  switch (kindOf(schema)) {
    case 'number':
      return numberText(schema, data)
    case 'string':
      return stringText(schema)
    case 'array':
      return listText(schema)
    case 'boolean':
      return 'true or false'
    default:
      return mapText(schema)
  }
}

function numberText(schema: TSchema, data: unknown): string {
  const what = field(schema, 'type') === 'integer' ? 'a whole number' : 'a number'
  const unit = field(schema, 'description') === 'seconds' ? ' of seconds' : ''
  const above = field(schema, 'exclusiveMinimum')
  const least = field(schema, 'minimum')
  const most = field(schema, 'maximum')
  const low = above !== undefined ? ` above ${above}` : least !== undefined ? ` from ${least}` : ''
  const isTooMuch = typeof data === 'number' && Number(most) < data && data < Infinity
  const high = Number(most) < roundMax || isTooMuch ? ` to ${most}` : ''
  return `${what}${unit}${low}${high}`
}

function stringText(schema: TSchema): string {
  const [example] = listOf(schema, 'examples')
  if (typeof example === 'string') {
    return `a text such as ${example.includes(' ') ? `"${example}"` : example}`
  }
  if (field(schema, 'pattern') === '^/') return 'a path that begins with a slash'
  const most = field(schema, 'maxLength')
  return most === undefined ? 'a text' : `a text of 1 to ${most} characters`
}

function listText(schema: TSchema): string {
  const description = field(schema, 'description')
  const [least, most] = [field(schema, 'minItems'), field(schema, 'maxItems')]
  if (least !== undefined && least === most) return `a list of ${least}`
  if (typeof description === 'string' && description.startsWith('a list')) return description
  return least === undefined ? 'a list' : 'a list of at least one'
}

function mapText(schema: TSchema): string {
  const description = field(schema, 'description')
  if (typeof description === 'string' && description.startsWith('a map')) return description
  const keys = Object.keys(recordOf(schema, 'properties')).filter((key) => key !== '$schema')
  return keys.length === 0 ? 'a map' : `a map with keys such as ${keys.slice(0, 3).join(', ')}`
}

function subject(path: Path): string {
  const last = path.at(-1)
  if (last === undefined) return 'the file'
  if (typeof last === 'string') return last
  const list = path.findLast((step) => typeof step === 'string')
  return `item ${last + 1} of ${list ?? 'the list'}`
}

/** Whether a value of this schema has parts of which each can be wrong. */
function hasParts(schema: TSchema): boolean {
  return kindOf(schema) === 'object' || kindOf(schema) === 'array'
}

function kindOf(schema: TSchema): string {
  const type = field(schema, 'type')
  return type === 'integer' ? 'number' : String(type)
}

function kindOfData(data: unknown): string {
  if (data === null) return 'null'
  return Array.isArray(data) ? 'array' : typeof data
}

function branchesOf(schema: TSchema): TSchema[] | undefined {
  const branches = field(schema, 'anyOf')
  return Array.isArray(branches) ? branches.filter(isSchema) : undefined
}

function recordOf(schema: TSchema, name: string): Readonly<Record<string, unknown>> {
  const value = field(schema, name)
  return isRecord(value) ? value : {}
}

function listOf(schema: TSchema, name: string): readonly unknown[] {
  const value = field(schema, name)
  return Array.isArray(value) ? value : []
}

function field(schema: TSchema, name: string): unknown {
  return Reflect.get(schema, name)
}

function isSchema(value: unknown): value is TSchema {
  return isRecord(value)
}

/** Whether a value is a map of the file: an object, and no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
