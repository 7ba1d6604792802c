import { InvalidInputError } from '../../model/errors.ts'
import type { Path, Report } from './problems.ts'
import { isRecord } from './shape.ts'

/** A part of the file that has a name: in front of it as key of a map, or in it. */
export interface Named {
  readonly path: Path
  readonly name: unknown
  readonly value: unknown
}

/** The items of a list or a map of named things. */
export function partsOf(value: unknown, path: Path): Named[] {
  if (Array.isArray(value)) {
    return value.map((item, index) => ({
      path: [...path, index],
      name: fieldsOf(item).name,
      value: item,
    }))
  }
  return Object.entries(fieldsOf(value)).map(([key, item]) => ({
    path: [...path, key],
    name: key,
    value: item,
  }))
}

export function reportTwins(parts: readonly Named[], what: string, report: Report): void {
  const seen = new Set<unknown>()
  for (const { name, path } of parts) {
    if (name === undefined) continue
    if (seen.has(name)) {
      report([...path, 'name'], `two ${what}s are named ${String(name)}; names must differ`)
    }
    seen.add(name)
  }
}

/** The fields of a map; none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}

/** Lets the library judge; what it refuses is reported. Returns whether it was content. */
export function attempt(
  judge: () => unknown,
  path: Path,
  report: Report,
  at?: 'key' | 'value',
): boolean {
  try {
    judge()
    return true
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    report(path, error.message, at)
    return false
  }
}
