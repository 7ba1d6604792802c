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
    const at = `${path}.labels[${index}]`
    const label = objectAt(item, at)
    const key = textAt(label.key, `${at}.key`)
    const text = optionalText(label.value, `${at}.value`)
    if (text === undefined || key in labels || /^\d+$/.test(key)) isLossless = false
    else labels[key] = text
  }
  if (list.length === 0) return {}
  return isLossless ? { labels } : { carried: { labels: list } }
}

export function writeLabels(labels: Readonly<Labels>): Json {
  return { labels: Object.keys(labels).map((key) => ({ key, value: labels[key] })) }
}
