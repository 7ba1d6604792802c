import { userInfo } from 'node:os'
import { Refusal } from '../server/answers.ts'
import type { Json } from '../wire/json.ts'
import { type FileFacts, listFolder, noSuchFile, readPiece, wholeFile } from './folder.ts'
import type { AgentPorts } from './ports.ts'
import { ownerOf } from './sandbox-owner.ts'
import type { Attached, Listed } from './sandboxes.ts'

/** Who wants to look into sandboxes. */
export interface Looking {
  readonly ports: AgentPorts
  readonly principal: string | undefined
}

const nanosecondsPerMs = 1_000_000

/** What is in a folder, as Mesos' FileInfo. Throws a Refusal. */
export async function listPath(looking: Looking, path: string): Promise<Json[]> {
  const listed = await entriesOf(looking, path)
  return listed.map(({ name, links, bytes, modifiedAtMs, mode, userId, groupId }) => ({
    path: below(path, name),
    nlink: links,
    size: bytes,
    mtime: { nanoseconds: Math.round(modifiedAtMs * nanosecondsPerMs) },
    mode,
    uid: nameOfUser(userId),
    gid: String(groupId),
  }))
}

/** The same as the plain endpoint has it. */
export async function browsePath(looking: Looking, path: string): Promise<Json[]> {
  const listed = await entriesOf(looking, path)
  return listed.map(({ name, links, bytes, modifiedAtMs, mode, userId, groupId }) => ({
    path: below(path, name),
    nlink: links,
    size: bytes,
    mtime: modifiedAtMs / 1_000,
    mode: modeText(mode),
    uid: nameOfUser(userId),
    gid: String(groupId),
  }))
}

/** A piece of a file. Throws a Refusal. */
export async function readPath(
  looking: Looking,
  path: string,
  offset: number,
  length: number | undefined,
) {
  return readPiece(fileAt(looking, path), offset, length)
}

/** The whole file. Throws a Refusal. */
export async function downloadPath(looking: Looking, path: string) {
  return wholeFile(fileAt(looking, path))
}

function fileAt(looking: Looking, path: string): Attached {
  const found = foundAt(looking, path)
  if ('root' in found) return found
  throw new Refusal(400, 'This is a folder; it cannot be read.')
}

async function entriesOf(looking: Looking, path: string): Promise<FileFacts[]> {
  const found = foundAt(looking, path)
  if ('root' in found) return listFolder(found)
  const folder = { links: 1, bytes: 0, modifiedAtMs: 0, mode: 0o040755, userId: 0, groupId: 0 }
  return found.names.map((name) => ({ name, ...folder }))
}

function foundAt({ ports, principal }: Looking, path: string): Attached | Listed {
  const { sandboxes, authorizer } = ports
  const found = sandboxes.find(path)
  if (found === undefined) throw noSuchFile()
  const isAllowed = authorizer?.may(principal, 'access_sandboxes', ownerOf(ports, found)) ?? true
  if (!isAllowed) throw new Refusal(403, 'You may not look into this sandbox.')
  return found
}

function below(path: string, name: string): string {
  return path.endsWith('/') ? `${path}${name}` : `${path}/${name}`
}

/** Only this process' own user is looked up: others stay numbers. */
function nameOfUser(id: number): string {
  const own = userInfo()
  return own.uid === id ? own.username : String(id)
}

const kinds: Readonly<Record<number, string>> = { 4: 'd', 9: 'l', 1: 'p', 11: 's' }

/** As `ls -l` has it: `-rw-r--r--`. */
function modeText(mode: number): string {
  const bits = [...(mode & 0o777).toString(2).padStart(9, '0')]
  const letters = bits.map((bit, at) => (bit === '1' ? 'rwx'[at % 3] : '-'))
  return `${kinds[mode >> 12] ?? '-'}${letters.join('')}`
}
