import type { Storage, StoredRecords } from '../actors/ports.ts'
import type { AgentMemory } from '../messages/records.ts'
import { openLevel } from './level.ts'
import { agentMemoryOf } from './memories.ts'

/** A storage, what an earlier life left there, and what was found damaged, as sentences. */
export interface OpenedMemory<Memory> {
  readonly storage: Storage
  readonly memory: Memory
  readonly damages: readonly string[]
}

/**
 * Opens what an agent keeps in a folder. A write survives the death of the process; one that a
 * loss of power takes is no loss, because all tasks of the machine are gone with it. `cleanup` forgets all that was kept. Rejects
 * with StorageError.
 */
export async function openAgentMemory(
  folder: string,
  cleanup = false,
): Promise<OpenedMemory<AgentMemory>> {
  const { storage, records, damages } = await openLevel({ folder, kind: 'agent', sync: false })
  const all = [...damages]
  if (!cleanup) return { storage, memory: agentMemoryOf(records, all), damages: all }
  await forget(storage, records)
  return { storage, memory: agentMemoryOf(new Map(), all), damages: all }
}

function forget(storage: Storage, records: StoredRecords): Promise<void> {
  const nothing = new Map([...records.keys()].map((key) => [key, undefined]))
  return new Promise((resolve, reject) => {
    storage.write(nothing, (error) => (error === undefined ? resolve() : reject(error)))
  })
}
