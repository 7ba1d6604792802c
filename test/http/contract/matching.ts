import type { Data } from '../scheduler/support.ts'

/** What the texts with `$` stand for. */
export type Names = Map<string, unknown>

/** A value in which names are replaced by what they stand for. */
export function filledIn(value: unknown, names: Names): unknown {
  if (typeof value === 'string' && value.startsWith('$')) {
    if (!names.has(value)) throw new Error(`${value} stands for nothing yet`)
    return names.get(value)
  }
  if (Array.isArray(value)) return value.map((item) => filledIn(item, names))
  return isData(value) ? recordIn(value, names) : value
}

/** The same of an object. */
export function recordIn(value: Data, names: Names): Data {
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, filledIn(part, names)]),
  )
}

/**
 * Says what differs from what is expected, or nothing; then names that stood for nothing are noted
 * down.
 */
export function difference(expected: unknown, seen: unknown, names: Names): string | undefined {
  const noted: Names = new Map(names)
  const found = compare(expected, seen, noted, '')
  if (found === undefined) for (const [name, value] of noted) names.set(name, value)
  return found
}

/** Whether something is as expected, whatever its names stand for. */
export function isLike(expected: unknown, seen: unknown, names: Names): boolean {
  return difference(expected, seen, new Map(names)) === undefined
}

function compare(expected: unknown, seen: unknown, names: Names, path: string): string | undefined {
  if (expected === null) return seen === undefined ? undefined : `${path} is there`
  if (typeof expected === 'string' && expected.startsWith('$') && !names.has(expected)) {
    if (seen === undefined) return `${path} is missing`
    names.set(expected, seen)
    return undefined
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(seen) || seen.length !== expected.length)
      return differs(expected, seen, path)
    const found = expected.map((item, at) => compare(item, seen[at], names, `${path}[${at}]`))
    return found.find((one) => one !== undefined)
  }
  if (isData(expected)) {
    if (!isData(seen)) return differs(expected, seen, path)
    const parts = Object.entries(expected)
    const found = parts.map(([key, part]) => compare(part, seen[key], names, `${path}.${key}`))
    return found.find((one) => one !== undefined)
  }
  return seen === filledIn(expected, names) ? undefined : differs(expected, seen, path)
}

function differs(expected: unknown, seen: unknown, path: string): string {
  return `${path} is ${JSON.stringify(seen)}, not ${JSON.stringify(expected)}`
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value with changes in it: objects are merged, a null takes a field away, all else replaces. */
export function merged(value: Data, changes: Data): Data {
  const result: Record<string, unknown> = { ...value }
  for (const [key, change] of Object.entries(changes)) {
    const before = result[key]
    if (change === null) delete result[key]
    else result[key] = isData(before) && isData(change) ? merged(before, change) : change
  }
  return result
}
