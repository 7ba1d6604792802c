import { readResources } from '../../http/wire/resources.ts'
import type { Resources } from '../../messages/index.ts'

/** The parts of answers, as far as they are there: what is shown should not depend on the rest. */

/** What lies at the end of a path of names. */
export function partAt(value: unknown, ...path: readonly string[]): unknown {
  let part = value
  for (const name of path) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, name)) return undefined
    part = Object.entries(part).find(([key]) => key === name)?.[1]
  }
  return part
}

/** A text, or an empty one. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const part = partAt(value, ...path)
  return typeof part === 'string' ? part : ''
}

/** A number, or nothing. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const part = partAt(value, ...path)
  return typeof part === 'number' ? part : undefined
}

/** A list, or an empty one. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const part = partAt(value, ...path)
  return Array.isArray(part) ? part : []
}

/** Resources in our own words; nothing of what cannot be read. */
export function resourcesAt(value: unknown, ...path: readonly string[]): Resources {
  try {
    return readResources(listAt(value, ...path), path.join('.'))
  } catch {
    return {}
  }
}

/** How much there is of each scalar, whoever it is reserved for. */
export function scalarsAt(value: unknown, ...path: readonly string[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const resource of listAt(value, ...path)) {
    const amount = numberAt(resource, 'scalar', 'value')
    const name = textAt(resource, 'name')
    if (amount !== undefined) sums.set(name, (sums.get(name) ?? 0) + amount)
  }
  return sums
}
