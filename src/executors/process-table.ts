import { execFile } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { codeOf } from './sentences.ts'

/** A process of this machine, as the table knows it. */
export interface ProcessEntry {
  readonly pid: number
  readonly parentId: number
  readonly groupId: number
  /** 0 where the system does not tell. */
  readonly sessionId: number
  /** Value of the marker variable in the environment that the process was started with. */
  readonly mark: string | undefined
}

/** A look at all living processes; those that ended and only wait to be collected are left out. */
export interface ProcessTable {
  read(): Promise<readonly ProcessEntry[]>
}

/**
 * `variable` is the name of the marker, unique to its reader. Marks of processes older than this
 * one are looked for only on demand.
 */
export function createProcessTable(variable: string, whose: 'own' | 'any' = 'own'): ProcessTable {
  if (process.platform === 'linux') return new LinuxTable(variable, whose)
  return { read: process.platform === 'win32' ? async () => [] : readPs }
}

/** How many processes are read in one turn, so that a big machine does not stop the event loop. */
const entriesPerTurn = 200

interface Known {
  readonly startedAt: number
  readonly mark: string | undefined
}

/** Reads /proc: no process is started, and marks are found in `environ`. */
class LinuxTable implements ProcessTable {
  readonly #needle: Buffer
  readonly #buffer = Buffer.alloc(4_096)
  /** What is older carries no mark. */
  readonly #since: number
  /** Marks that were read, because reading an environment costs as much as all the rest. */
  #known = new Map<number, Known>()

  constructor(variable: string, whose: 'own' | 'any') {
    this.#needle = Buffer.from(`${variable}=`)
    this.#since = whose === 'any' ? 0 : startOf(this.#statOf(process.pid))
  }

  async read(): Promise<readonly ProcessEntry[]> {
    const entries: ProcessEntry[] = []
    const known = new Map<number, Known>()
    let count = 0
    for (const name of readdirSync('/proc')) {
      const pid = Number(name)
      if (!(pid > 0)) continue
      count += 1
      if (count % entriesPerTurn === 0) await nextTurn()
      const entry = this.#entryOf(pid, known)
      if (entry !== undefined) entries.push(entry)
    }
    this.#known = known
    return entries
  }

  #entryOf(pid: number, known: Map<number, Known>): ProcessEntry | undefined {
    const fields = this.#statOf(pid)
    const [state, parentId, groupId, sessionId] = fields
    if (state === undefined || state === 'Z' || state === 'X') return undefined
    // Outside of all sessions are the threads of the system: they have no environment.
    const mark = sessionId === '0' ? undefined : this.#markOf(pid, startOf(fields), known)
    return {
      pid,
      parentId: Number(parentId),
      groupId: Number(groupId),
      sessionId: Number(sessionId),
      mark,
    }
  }

  #markOf(pid: number, startedAt: number, known: Map<number, Known>): string | undefined {
    if (startedAt < this.#since) return undefined
    const before = this.#known.get(pid)
    if (before?.startedAt === startedAt) {
      known.set(pid, before)
      return before.mark
    }
    const environment = readEnvironment(pid)
    // Empty while a process changes to its next program: then the next look must read it again.
    if (environment.length === 0) return undefined
    const mark = this.#findMark(environment)
    known.set(pid, { startedAt, mark })
    return mark
  }

  #findMark(environment: Buffer): string | undefined {
    const at = environment.indexOf(this.#needle)
    if (at < 0) return undefined
    const from = at + this.#needle.length
    const end = environment.indexOf(0, from)
    return environment.toString('latin1', from, end < 0 ? environment.length : end)
  }

  /** The fields of /proc/<pid>/stat from the third on; none when the process is gone. */
  #statOf(pid: number): readonly string[] {
    let file: number
    try {
      file = openSync(`/proc/${pid}/stat`, 'r')
    } catch (error) {
      return lost(error, [])
    }
    try {
      const text = this.#buffer.toString('latin1', 0, readSync(file, this.#buffer))
      // The second field is a name in parentheses that may itself hold blanks and parentheses.
      return text.slice(text.lastIndexOf(')') + 2).split(' ')
    } catch (error) {
      return lost(error, [])
    } finally {
      closeSync(file)
    }
  }
}

/** Start of a process in clock ticks since boot: field 22 of its stat. */
function startOf(fields: readonly string[]): number {
  return Number(fields[19])
}

function readEnvironment(pid: number): Buffer {
  try {
    return readFileSync(`/proc/${pid}/environ`)
  } catch (error) {
    return lost(error, Buffer.alloc(0))
  }
}

/** What to take when a process vanished or is not ours to read; all else spoils the whole look. */
function lost<Nothing>(error: unknown, nothing: Nothing): Nothing {
  const code = codeOf(error)
  if (code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM') throw error
  return nothing
}

/** Asks `ps` where there is no /proc. It shows neither sessions nor environments. */
export function readPs(): Promise<readonly ProcessEntry[]> {
  const columns = 'pid=,ppid=,pgid=,stat='
  return new Promise((resolve, reject) => {
    execFile('ps', ['-A', '-o', columns], { maxBuffer: 64 * 2 ** 20 }, (error, output) => {
      // Without the program no look can ever succeed, and waiting for one would never end.
      if (error !== null && codeOf(error) !== 'ENOENT') return reject(error)
      const entries: ProcessEntry[] = []
      for (const line of output.split('\n')) {
        const [pid, parentId, groupId, state] = line.trim().split(/\s+/)
        if (state === undefined || state.startsWith('Z')) continue
        entries.push({
          pid: Number(pid),
          parentId: Number(parentId),
          groupId: Number(groupId),
          sessionId: 0,
          mark: undefined,
        })
      }
      resolve(entries)
    })
  })
}
