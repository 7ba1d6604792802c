import { isAbsent, type Json, listAt, objectAt, optionalText, textAt } from './json.ts'

type Labels = Record<string, string>

/** What labels are here: texts by key, or the list as it is when that would lose some of it. */
export interface ReadLabels {
  readonly labels?: Labels
  readonly carried?: Json
}

/** Reads `{labels: [{key, value}]}`. */
export function readLabels(value: unknown, path: string): ReadLabels {
  if (isAbsent(value)) return {}
  const list = listAt(objectAt(value, path).labels, `${path}.labels`)
  const labels: Labels = {}
  let isLossless = true
  for (const [index, item] of list.entries()) {
    const [key, text] = labelAt(item, `${path}.labels[${index}]`)
    if (text === undefined || key in labels || /^\d+$/.test(key)) isLossless = false
    else labels[key] = text
  }
  if (list.length === 0) return {}
  return isLossless ? { labels } : { carried: { labels: list } }
}

/**
 * Reads the labels of a reservation, which are part of what the resource is: nothing where that
 * would lose some of them.
 */
export function readAllLabels(
  value: unknown,
  path: string,
): Record<string, string | undefined> | undefined {
  const labels: Record<string, string | undefined> = {}
  for (const [index, item] of listAt(objectAt(value, path).labels, `${path}.labels`).entries()) {
    const [key, text] = labelAt(item, `${path}.labels[${index}]`)
    if (key in labels || /^\d+$/.test(key)) return undefined
    labels[key] = text
  }
  return labels
}

function labelAt(value: unknown, path: string): readonly [key: string, value: string | undefined] {
  const label = objectAt(value, path)
  return [textAt(label.key, `${path}.key`), optionalText(label.value, `${path}.value`)]
}

/** Writes labels; those of reservations may have no value. */
export function writeLabels(labels: Readonly<Record<string, string | undefined>>): Json {
  const list = Object.entries(labels).map(([key, value]) =>
    value === undefined ? { key } : { key, value },
  )
  return { labels: list }
}
