import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Refusal } from '../server/answers.ts'
import type { Attached } from './sandboxes.ts'

/** The most that is read at once, as in Mesos: 16 pages. */
const readBytesMax = 16 * 4_096

/** What is to be known of a file. */
export interface FileFacts {
  readonly name: string
  readonly links: number
  readonly bytes: number
  readonly modifiedAtMs: number
  readonly mode: number
  readonly userId: number
  readonly groupId: number
}

/** What is in a folder, by name; there is nothing in a file. Throws a Refusal. */
export async function listFolder(attached: Attached): Promise<FileFacts[]> {
  const folder = await placeOf(attached)
  const names = await readdir(folder).catch(() => [])
  const facts = await Promise.all(
    names.sort().map(async (name) => {
      // What vanishes meanwhile is not there; a link is shown as one, wherever it leads.
      const found = await lstat(join(folder, name)).catch(() => undefined)
      return found === undefined ? [] : [{ name, ...factsOf(found) }]
    }),
  )
  return facts.flat()
}

function factsOf(found: Awaited<ReturnType<typeof lstat>>): Omit<FileFacts, 'name'> {
  return {
    links: Number(found.nlink),
    bytes: Number(found.size),
    modifiedAtMs: Number(found.mtimeMs),
    mode: Number(found.mode),
    userId: Number(found.uid),
    groupId: Number(found.gid),
  }
}

/** A piece of a file and its whole size; a negative offset reads nothing. Throws a Refusal. */
export async function readPiece(
  attached: Attached,
  offset: number,
  length = readBytesMax,
): Promise<{ readonly size: number; readonly data: Buffer }> {
  await using file = await openedFile(attached)
  const { size } = await file.stat()
  const wanted = Math.min(length, readBytesMax, Math.max(0, size - offset))
  if (offset < 0 || wanted <= 0) return { size, data: Buffer.alloc(0) }
  const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, offset)
  return { size, data: buffer.subarray(0, bytesRead) }
}

/** The whole file. Throws a Refusal. */
export async function wholeFile(
  attached: Attached,
): Promise<{ readonly size: number; readonly stream: Readable }> {
  const file = await openedFile(attached)
  const { size } = await file.stat()
  // No more than it is now, because the size is said first.
  if (size > 0) return { size, stream: file.createReadStream({ start: 0, end: size - 1 }) }
  await file.close()
  return { size, stream: Readable.from([]) }
}

/**
 * Opens a file without waiting for whoever writes a pipe, and looks where it really is after that:
 * a task may put a link in the place of what was looked at before.
 */
async function openedFile(attached: Attached): Promise<FileHandle> {
  const path = await placeOf(attached)
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW
  const file = await open(path, flags).catch(() => {
    throw noSuchFile()
  })
  try {
    const root = await realpath(attached.root)
    if (process.platform === 'linux') {
      expectBelow(root, await readlink(`/proc/self/fd/${file.fd}`))
    }
    const facts = await file.stat()
    if (facts.isDirectory()) throw new Refusal(400, 'This is a folder; it cannot be read.')
    if (!facts.isFile()) throw new Refusal(400, 'This is no plain file; it cannot be read.')
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

async function placeOf({ root, rest }: Attached): Promise<string> {
  if (rest.includes('\0')) throw noSuchFile()
  // Not joined: `a/..` is a place only if there is an `a`.
  const [base, path] = await Promise.all([realpath(root), realpath(`${root}/${rest}`)]).catch(
    () => {
      throw noSuchFile()
    },
  )
  expectBelow(base, path)
  return path
}

function expectBelow(root: string, path: string): void {
  if (path === root || path.startsWith(`${root}/`)) return
  throw new Refusal(400, 'This leads out of the sandbox; it is inaccessible.')
}

export function noSuchFile(): Refusal {
  return new Refusal(404, 'There is no such file or folder.')
}
