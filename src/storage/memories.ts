import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/schema'
import type { StoredRecords } from '../actors/ports.ts'
import {
  type AgentMemory,
  type MasterMemory,
  StoredAdmission,
  StoredAgent,
  StoredCluster,
  StoredExecutor,
  StoredFramework,
  StoredGone,
  StoredHistory,
  StoredMaintenance,
  StoredSettings,
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

/** The same for a master. */
export function masterMemoryOf(records: StoredRecords, damages: string[]): MasterMemory {
  const read = <Schema extends TSchema>(kind: string, schema: Schema): Static<Schema>[] =>
    recordsOf(records, kind, schema, damages)
  const [cluster] = read('cluster', StoredCluster)
  const [settings] = read('settings', StoredSettings)
  const [maintenance] = read('maintenance', StoredMaintenance)
  const [history] = read('history', StoredHistory)
  return {
    ...(cluster && { cluster }),
    ...(settings && { settings }),
    ...(maintenance && { maintenance }),
    ...(history && { history }),
    agents: read('agent', StoredAdmission),
    gone: read('gone', StoredGone),
  }
}

/** All records of a kind: those under its name, or its name and a slash. */
function recordsOf<Schema extends TSchema>(
  records: StoredRecords,
  kind: string,
  schema: Schema,
  damages: string[],
): Static<Schema>[] {
  const ofKind = [...records].filter(([key]) => key === kind || key.startsWith(`${kind}/`))
  // To compile takes milliseconds, and a new folder has nothing to check.
  if (ofKind.length === 0) return []
  const validator = Compile(schema)
  const found: Static<Schema>[] = []
  for (const [key, value] of ofKind) {
    if (validator.Check(value)) found.push(value)
    else {
      const [, [first]] = validator.Errors(value)
      damages.push(`the record ${key}${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`)
    }
  }
  return found
}
