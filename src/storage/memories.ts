import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { StoredRecords } from '../actors/ports.ts'
import {
  type AgentMemory,
  StoredAgent,
  StoredExecutor,
  StoredFramework,
  StoredTask,
} from '../messages/records.ts'

/** What an agent's records say; those that are not as they should be are damages. */
export function agentMemoryOf(records: StoredRecords, damages: string[]): AgentMemory {
  const read = <Schema extends TSchema>(kind: string, schema: Schema): Static<Schema>[] =>
    recordsOf(records, kind, schema, damages)
  const [agent] = read('agent', StoredAgent)
  return {
    ...(agent && { agent }),
    frameworks: read('framework', StoredFramework),
    executors: read('executor', StoredExecutor),
    tasks: read('task', StoredTask),
  }
}

/** All records of a kind: those under its name, or its name and a slash. */
function recordsOf<Schema extends TSchema>(
  records: StoredRecords,
  kind: string,
  schema: Schema,
  damages: string[],
): Static<Schema>[] {
  const validator = Compile(schema)
  const found: Static<Schema>[] = []
  for (const [key, value] of records) {
    if (key !== kind && !key.startsWith(`${kind}/`)) continue
    if (validator.Check(value)) found.push(value)
    else {
      const [first] = validator.Errors(value)
      damages.push(`the record ${key}${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`)
    }
  }
  return found
}
