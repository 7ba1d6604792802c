import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import type { OpenedStorage, Storage, StoredChanges, StoredRecords } from '../actors/ports.ts'
import { asStorageError, claimFolder, type KeeperKind, markFolder } from './folder.ts'
import { Seal } from './seal.ts'

export interface LevelOptions {
  readonly folder: string
  readonly kind: KeeperKind
  /**
   * Whether a write also survives the loss of power, which costs a disk's flush each time. Without
   * it a write survives the death of the process.
   */
  readonly sync: boolean
}

/** Where the seal lies; no record has a key like this. */
const sealKey = '!seal'

/**
 * Opens what a master or an agent keeps on disk. Damage is found by a seal over all values, said,
 * and what can be read is kept. Rejects with StorageError for a folder that cannot be used.
 */
export async function openLevel(options: LevelOptions): Promise<OpenedStorage> {
  const { folder, kind } = options
  const damages: string[] = []
  const before = claimFolder(folder, kind)
  const location = join(folder, 'records')
  try {
    const isLost = before === 'known' && !existsSync(join(location, 'CURRENT'))
    if (isLost) damages.push(`the index of ${location} is gone`)
    const { level, records, seal } = await openSound(location, isLost, damages)
    if (before === 'new') markFolder(folder, kind)
    return { storage: new LevelStorage(options, level, seal), records, damages }
  } catch (error) {
    throw asStorageError(folder, error)
  }
}

interface Opened {
  readonly level: ClassicLevel
  readonly records: StoredRecords
  readonly seal: Seal
}

/** Opens it; what LevelDB cannot open or read it is asked to repair, once. */
async function openSound(location: string, isLost: boolean, damages: string[]): Promise<Opened> {
  if (isLost) await ClassicLevel.repair(location)
  try {
    return await open(location, isLost, damages)
  } catch (error) {
    if (isLocked(error)) throw error
    damages.push(`${location} could not be read: ${deepest(error)}`)
  }
  await ClassicLevel.repair(location)
  return open(location, true, damages)
}

async function open(location: string, isRepaired: boolean, damages: string[]): Promise<Opened> {
  const level = new ClassicLevel(location)
  try {
    await level.open()
    damages.push(...droppedAtOpening(location))
    return { level, ...(await readAll(level, isRepaired, damages)) }
  } catch (error) {
    await level.close()
    throw error
  }
}

/** LevelDB leaves out what it cannot read of its journal, and says so only in its own log. */
function droppedAtOpening(location: string): string[] {
  const log = readFileSync(join(location, 'LOG'), 'utf8')
  return [...log.matchAll(/([^/\\\s]+): dropping (\d+) bytes; (.+)/g)].map(
    ([, file, bytes, why]) => `${bytes} bytes of ${join(location, file ?? '')} are lost: ${why}`,
  )
}

async function readAll(level: ClassicLevel, isRepaired: boolean, damages: string[]) {
  const records = new Map<string, unknown>()
  const seal = new Seal()
  let sealed: string | undefined
  for (const [key, text] of await level.iterator().all()) {
    if (key === sealKey) {
      sealed = text
      continue
    }
    seal.note(key, text)
    try {
      records.set(key, JSON.parse(text))
    } catch {
      damages.push(`the record ${key} is no JSON and is left out`)
    }
  }
  const damage = damageOf(seal, sealed, isRepaired)
  if (damage !== undefined) damages.push(damage)
  return { records, seal }
}

/** Says what the seal tells about the values that were read, or nothing when all are there. */
function damageOf(seal: Seal, sealed: string | undefined, isRepaired: boolean): string | undefined {
  const { count } = seal.value
  if (sealed === JSON.stringify(seal.value)) return undefined
  if (sealed === undefined && count === 0 && !isRepaired) return undefined
  const expected: unknown = sealed === undefined ? undefined : JSON.parse(sealed)
  const were = isCounted(expected) ? `of ${expected.count}` : 'of an unknown number'
  return `${count} records ${were} could be read, or some are older than they should be`
}

function isCounted(value: unknown): value is { readonly count: number } {
  return typeof value === 'object' && value !== null && 'count' in value
}

/** Costs a quarter of a list of changes (measured: 10 against 40 µs for the four of a task). */
type Batch = ReturnType<ClassicLevel['batch']>

class LevelStorage implements Storage {
  readonly #options: LevelOptions
  readonly #level: ClassicLevel
  readonly #seal: Seal
  #last = Promise.resolve()

  constructor(options: LevelOptions, level: ClassicLevel, seal: Seal) {
    this.#options = options
    this.#level = level
    this.#seal = seal
  }

  /** One after the other: LevelDB's own threads keep no order. */
  write(changes: StoredChanges, done: (error?: Error) => void): void {
    const written = this.#commit(changes, this.#last)
    this.#last = written
    written.then(() => done(), done)
  }

  async #commit(changes: StoredChanges, before: Promise<void>): Promise<void> {
    const { folder, sync } = this.#options
    try {
      const batch = this.#batchOf(changes)
      await before
      await batch.write({ sync })
    } catch (error) {
      throw asStorageError(folder, error)
    }
  }

  /** What is to be written, as it is now. */
  #batchOf(changes: StoredChanges): Batch {
    const batch = this.#level.batch()
    for (const [key, value] of changes) {
      const text = value === undefined ? undefined : JSON.stringify(value)
      if (text !== undefined) batch.put(key, text)
      else if (this.#seal.has(key)) batch.del(key)
      this.#seal.note(key, text)
    }
    return batch.length === 0 ? batch : batch.put(sealKey, JSON.stringify(this.#seal.value))
  }

  async close(): Promise<void> {
    await this.#last.catch(() => {})
    await this.#level.close()
  }
}

function isLocked(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && error.code === 'LEVEL_LOCKED') || isLocked(error.cause)
}

function deepest(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : deepest(error.cause)
}
