import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nanoid } from 'nanoid'
import { identityOf, lives } from '../../executors/process-identity.ts'

/**
 * A master that was given no token leaves the one it made where processes of the same user on the
 * same machine look, so that nobody has to carry it from one to the other: one file for each port.
 * What others could have written is not believed, nor what a process left that is gone: its port
 * may be somebody else's by now.
 */
interface LeftToken {
  readonly token: string
  readonly pid: number
  /** Tells the process from a later one of that id; 0 where the system does not say it. */
  readonly startTime: number
}

/** Leaves a token; the returned function takes it back. Does nothing where there is no place. */
export function leaveForNeighbours(port: number, token: string): () => void {
  const text = JSON.stringify({ token, ...ownIdentity() } satisfies LeftToken)
  for (const folder of folders()) {
    const file = join(folder, `master-${port}`)
    try {
      mkdirSync(folder, { mode: 0o700 })
    } catch {
      // It is there already, or cannot be: the check tells.
    }
    if (!isOurs(folder)) continue
    const made = `${file}.${nanoid(8)}`
    try {
      writeFileSync(made, `${text}\n`, { mode: 0o600, flag: 'wx' })
      renameSync(made, file)
    } catch {
      rmSync(made, { force: true })
      continue
    }
    return () => {
      // The next master of this port may have left its own meanwhile.
      if (read(file) === text) rmSync(file, { force: true })
    }
  }
  return () => {}
}

/** The token that a master of this user, which lives, has left for its port. */
export function tokenFromNeighbour(port: number): string | undefined {
  for (const folder of folders()) {
    if (!isOurs(folder)) continue
    const left = parse(read(join(folder, `master-${port}`)))
    if (left !== undefined && isAlive(left)) return left.token
  }
  return undefined
}

/** Where it may lie, the best first; nothing where the system knows no users. */
function folders(): string[] {
  const uid = process.getuid?.()
  if (uid === undefined) return []
  const { XDG_RUNTIME_DIR: runtime = '' } = process.env
  // Not every session of a user is told of the first, and both must look in the same places.
  const forUser = [runtime, `/run/user/${uid}`].filter((folder) => folder !== '')
  const all = [...forUser.map((folder) => join(folder, 'mesostate'))]
  return [...new Set([...all, join(tmpdir(), `mesostate-${uid}`)])]
}

/** Whether nobody else can have written there, nor can read it. */
function isOurs(folder: string): boolean {
  try {
    const stats = lstatSync(folder)
    return stats.isDirectory() && isPrivate(stats)
  } catch {
    return false
  }
}

function isPrivate({ uid, mode }: Stats): boolean {
  return uid === process.getuid?.() && (mode & 0o077) === 0
}

function read(file: string): string | undefined {
  try {
    const opened = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      const stats = fstatSync(opened)
      if (!stats.isFile() || !isPrivate(stats)) return undefined
      return readFileSync(opened, 'utf8').trim()
    } finally {
      closeSync(opened)
    }
  } catch {
    return undefined
  }
}

function parse(text: string | undefined): LeftToken | undefined {
  try {
    const left: unknown = JSON.parse(text ?? '')
    if (typeof left !== 'object' || left === null) return undefined
    if (!('token' in left && 'pid' in left && 'startTime' in left)) return undefined
    const { token, pid, startTime } = left
    if (typeof token !== 'string' || typeof pid !== 'number') return undefined
    return typeof startTime === 'number' ? { token, pid, startTime } : undefined
  } catch {
    return undefined
  }
}

function ownIdentity(): Omit<LeftToken, 'token'> {
  const { pid } = process
  return (process.platform === 'linux' ? identityOf(pid) : undefined) ?? { pid, startTime: 0 }
}

function isAlive(left: LeftToken): boolean {
  try {
    if (left.startTime > 0) return lives(left)
    process.kill(left.pid, 0)
    return true
  } catch {
    return false
  }
}
