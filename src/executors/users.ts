import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, closeSync, lchownSync, openSync, readdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { UserWishes } from '../model/agent/step.ts'
import { outputFiles } from './sandbox.ts'
import { codeOf } from './sentences.ts'

/**
 * As whom a process begins, where that is not the user of this one. It is in the group of its user
 * and in no other: Node can give none to what it starts.
 */
export interface ProcessUser {
  readonly uid: number
  readonly gid: number
}

export interface UsersParts {
  /** The user id of this process. */
  readonly ownId: number
  readonly ownName: string | undefined
  /** Nothing when there is no such user; throws when that cannot be found out. */
  readonly look: (name: string) => ProcessUser | undefined
}

/** The users of this machine, as whom an agent that is root runs what it is asked to. */
export class Users {
  readonly #parts: UsersParts
  /** Each is looked up once, because that starts processes. */
  readonly #found = new Map<string, ProcessUser>()

  constructor(parts: UsersParts = { ownId: ownId(), ownName: ownName(), look: lookUp }) {
    this.#parts = parts
  }

  /**
   * The user for a command, nothing for that of this process. Throws a sentence when it cannot be
   * run as whom it is to. Whoever is not root runs all as itself; frameworks have to name a user,
   * and only a command that asks for one of its own is refused then.
   */
  find({ command, framework }: UserWishes): ProcessUser | undefined {
    const { ownId, ownName } = this.#parts
    const isRoot = ownId === 0
    // Clients whose own user has no name leave that of their framework empty, as it must be there.
    const name = command ?? (isRoot && framework !== '' ? framework : undefined)
    if (name === undefined || name === ownName) return undefined
    const user = this.#found.get(name) ?? this.#parts.look(name)
    if (user === undefined) throw new Error(`there is no user ${JSON.stringify(name)} here`)
    this.#found.set(name, user)
    if (user.uid === ownId) return undefined
    if (!isRoot) throw new Error(`only an agent that is root can run something as ${name}`)
    return user
  }
}

/**
 * Gives a new sandbox, with all that was put into it, to whom its task runs as. Its output files
 * are made before, so that nobody can put something else in their place, and the folder itself is
 * given last.
 */
export function giveSandbox(sandbox: string, { uid, gid }: ProcessUser): void {
  for (const name of outputFiles) closeSync(openSync(join(sandbox, name), 'wx', 0o644))
  const give = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) give(path)
      else lchownSync(path, uid, gid)
    }
    chownSync(folder, uid, gid)
  }
  // What a task writes is nobody else's business, as in Mesos.
  chmodSync(sandbox, 0o750)
  give(sandbox)
}

function ownId(): number {
  return process.geteuid?.() ?? -1
}

/** Some containers run as a user without a name. */
function ownName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}

/** Asks `id`, which knows users of directories, too. It takes numbers as users; Mesos does not. */
function lookUp(name: string): ProcessUser | undefined {
  if (name === '' || /^\+?\d+$/.test(name) || name.includes('\0')) return undefined
  const ask = (what: string): number => {
    return Number(execFileSync('id', [what, '--', name], { stdio: ['ignore', 'pipe', 'ignore'] }))
  }
  try {
    return { uid: ask('-u'), gid: ask('-g') }
  } catch (error) {
    if (codeOf(error) === undefined) return undefined
    throw error
  }
}
