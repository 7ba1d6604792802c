import { type Json, keyAt, numberAt, objectAt, optionalObject } from './json.ts'

/** Reads amounts by name, `{cpus: {value}}`. */
export function readQuantities(value: unknown, path: string): Record<string, number> {
  const json = optionalObject(value, path) ?? {}
  const quantities: Record<string, number> = {}
  for (const name of Object.keys(json)) {
    const at = `${path}.${name}`
    quantities[keyAt(name, at)] = numberAt(objectAt(json[name], at).value, `${at}.value`)
  }
  return quantities
}

export function writeQuantities(quantities: Readonly<Record<string, number>>): Json {
  const named = Object.entries(quantities).map(([name, value]) => [name, { value }])
  return Object.fromEntries(named)
}
