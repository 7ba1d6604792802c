import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StorageError } from '../model/errors.ts'

/** Goes up when what is kept changes its form so that an older version could not read it. */
const format = 1

const markerName = 'mesostate.json'

/** Whose records lie in a folder. */
export type KeeperKind = 'master' | 'agent'

interface Marker {
  readonly format: number
  readonly kind: string
}

/**
 * Makes the folder, if need be, and says whether somebody's records should lie there. Throws
 * StorageError for a folder that is not ours to use.
 */
export function claimFolder(folder: string, kind: KeeperKind): 'new' | 'known' {
  try {
    mkdirSync(folder, { recursive: true })
    const marker = read(join(folder, markerName))
    if (marker === undefined) return 'new'
    check(folder, marker, kind)
    return 'known'
  } catch (error) {
    throw asStorageError(folder, error)
  }
}

/** From now on records should lie there: called when there is a place for them. */
export function markFolder(folder: string, kind: KeeperKind): void {
  const path = join(folder, markerName)
  writeFileSync(`${path}.new`, `${JSON.stringify({ format, kind } satisfies Marker)}\n`)
  renameSync(`${path}.new`, path)
}

/** The trouble as an error that says what to do about it. */
export function asStorageError(folder: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error
  const advice = adviceFor(codeOf(error))
  const reason = error instanceof Error ? error.message : String(error)
  return new StorageError(`the folder ${folder} ${advice} (${reason})`, { cause: error })
}

function adviceFor(code: string | undefined): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'may not be written by this user; give it to them, or choose another'
    case 'ENOSPC':
    case 'EDQUOT':
      return 'lies on a full disk; make room and start again: what was kept is still there'
    case 'EFBIG':
      return 'holds a file that may not grow (ulimit -f); raise the limit and start again'
    case 'LEVEL_LOCKED':
      return 'is in use by another process; each master and each agent needs its own'
    case 'ENOTDIR':
    case 'EEXIST':
      return 'is no folder; choose another'
    default:
      return 'cannot be used'
  }
}

/** LevelDB wraps what the file system said. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const text = error.message
  if (/No space left/i.test(text)) return 'ENOSPC'
  if (/File too large/i.test(text)) return 'EFBIG'
  if (/Permission denied/i.test(text)) return 'EACCES'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return error.cause === undefined || code === 'LEVEL_LOCKED' ? code : (codeOf(error.cause) ?? code)
}

function read(path: string): Marker | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  const value: unknown = parsed(text)
  if (isMarker(value)) return value
  throw new StorageError(
    `${path} is damaged; write {"format":1,"kind":"master"} (or "agent") there`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isMarker(value: unknown): value is Marker {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    typeof value.format === 'number' &&
    'kind' in value &&
    typeof value.kind === 'string'
  )
}

function check(folder: string, marker: Marker, kind: KeeperKind): void {
  if (marker.format > format) {
    throw new StorageError(
      `the folder ${folder} was written by a newer version (format ${marker.format}, this one knows ${format}); use that version, or another folder`,
    )
  }
  if (marker.kind !== kind) {
    throw new StorageError(
      `the folder ${folder} holds what ${named(marker.kind)} keeps; ${named(kind)} needs one of its own`,
    )
  }
}

function named(kind: string): string {
  return kind === 'agent' ? 'an agent' : `a ${kind}`
}
