import type { Storage, StoredChanges } from '../../src/actors/ports.ts'

/** Writes, and resolves when it is safe. */
export function write(storage: Storage, changes: StoredChanges): Promise<void> {
  return new Promise((resolve, reject) => {
    storage.write(changes, (error) => (error === undefined ? resolve() : reject(error)))
  })
}
