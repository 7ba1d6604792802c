import type { Storage, StoredRecords } from '../actors/ports.ts'
import type { AgentMemory, MasterMemory } from '../messages/records.ts'
import { openLevel } from './level.ts'
import { agentMemoryOf, masterMemoryOf } from './memories.ts'

/** A storage, what an earlier life left there, and what was found damaged, as sentences. */
export interface OpenedMemory<Memory> {
  readonly storage: Storage
  readonly memory: Memory
  readonly damages: readonly string[]
}

/**
 * Opens what a master keeps in a folder: a registry that also survives the loss of power, because
 * a cluster must not forget who belongs to it. Rejects with StorageError.
 */
export async function openMasterMemory(folder: string): Promise<OpenedMemory<MasterMemory>> {
  const { storage, records, damages } = await openLevel({ folder, kind: 'master', sync: true })
  const all = [...damages]
  return { storage, memory: masterMemoryOf(records, all), damages: all }
}

/**
 * Opens what an agent keeps in a folder. A write survives the death of the process; one that a
 * loss of power takes is no loss, because all tasks of the machine are gone with it. `cleanup`
 * forgets all that was kept. Rejects with StorageError.
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
