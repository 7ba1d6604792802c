import type { Carried } from '../../messages/index.ts'
import { bytesAt, isAbsent, type Json, listAt, objectAt, textAt } from './json.ts'

const forms = { object: objectAt, text: textAt, list: listAt, bytes: bytesAt } as const

/** Fields on which nothing here decides, and the form of each. */
export type Undecided = Readonly<Record<string, keyof typeof forms>>

/** The fields among these that are set, in Mesos' own JSON; nothing when none is. */
export function carry(json: Json, fields: Undecided, path: string): Carried | undefined {
  let carried: Carried | undefined
  for (const field in fields) {
    const value = json[field]
    const form = fields[field]
    if (isAbsent(value) || form === undefined) continue
    carried ??= {}
    carried[field] = forms[form](value, `${path}.${field}`)
  }
  return carried
}
