import type { Carried } from '../../messages/index.ts'
import { isAbsent, type Json } from './json.ts'

/** The fields among these that are set, in Mesos' own JSON; nothing when none is. */
export function carry(json: Json, fields: readonly string[]): Carried | undefined {
  let carried: Carried | undefined
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] ?? ''
    const value = json[field]
    if (isAbsent(value)) continue
    carried ??= {}
    carried[field] = value
  }
  return carried
}
