import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { nanoid } from 'nanoid'
import type { KeptFacts } from './keeper-messages.ts'
import type { ProcessIdentity } from './process-identity.ts'
import { codeOf } from './sentences.ts'

/** The folder among the sandboxes that holds the records of all agents. */
export const runsFolder = 'runs'

const version = 1

/** What names a run for those who look for it again. */
export interface RunName {
  readonly frameworkId: string
  readonly executorId: string
  readonly taskId: string
}

/** The first line of a record: what the agent wanted. */
export interface RunWanted extends RunName {
  readonly version: typeof version
  readonly createdAtMs: number
  readonly bootId: string
  /** Who starts it and writes the other lines. */
  readonly keeper: ProcessIdentity
  readonly sandbox: string
}

/**
 * `wanted`: the agent wants it run, and its keeper may begin. `run`: the keeper took it, and nobody
 * else ever will. `over`: its agent has remembered its end elsewhere.
 */
export type RecordStage = 'wanted' | 'run' | 'over'

const stages: readonly RecordStage[] = ['wanted', 'run', 'over']

/** A record as it was found. */
export interface FoundRecord {
  readonly id: string
  readonly stage: RecordStage
  /** Nothing when the agent was killed while it wrote it, or the file is spoiled. */
  readonly wanted: RunWanted | undefined
  readonly facts: KeptFacts
}

/**
 * The records of one agent's runs: a file of JSON lines for each, `<id>.<stage>`. Lines are only
 * ever added, and one that is not whole counts as not written. They outlive processes; after the
 * start of a machine only what had reached the disk is there.
 */
export class RunRecords {
  readonly folder: string

  /** Makes the folder when it is missing; throws when it cannot be used. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.folder = realpathSync(folder)
  }

  /** Path of a record without its stage: what keepers know it by. */
  pathOf(id: string): string {
    return join(this.folder, id)
  }

  /** Writes down what is wanted, under an id that no run ever had; throws when it cannot. */
  add(wanted: Omit<RunWanted, 'version' | 'createdAtMs'>): string {
    const id = nanoid()
    const line = { version, createdAtMs: Date.now(), ...wanted } satisfies RunWanted
    try {
      writeFileSync(`${this.pathOf(id)}.wanted`, `${JSON.stringify(line)}\n`, { flag: 'wx' })
    } catch (error) {
      this.remove(id)
      throw error
    }
    return id
  }

  /** Adds a line; whether that can be done or not, the run goes on. */
  append(id: string, facts: KeptFacts): void {
    try {
      const file = openSync(`${this.pathOf(id)}.run`, constants.O_WRONLY | constants.O_APPEND)
      try {
        // With a line end first, as keepers do: the last line may not be whole.
        writeSync(file, `\n${JSON.stringify(facts)}\n`)
      } finally {
        closeSync(file)
      }
    } catch {
      // Only an agent that is killed right after that would have read it.
    }
  }

  /** Withdraws what is wanted; true when it then will never begin. */
  withdraw(id: string): boolean {
    try {
      unlinkSync(`${this.pathOf(id)}.wanted`)
      return true
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    }
  }

  /** Its end is remembered elsewhere: from here on nobody may take it for a run of its name. */
  retire(id: string): void {
    try {
      renameSync(`${this.pathOf(id)}.run`, `${this.pathOf(id)}.over`)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }

  remove(id: string): void {
    for (const stage of stages) rmSync(`${this.pathOf(id)}.${stage}`, { force: true })
  }

  /** Nothing when there is no such record. */
  find(id: string): FoundRecord | undefined {
    for (const stage of stages) {
      const text = readIfThere(`${this.pathOf(id)}.${stage}`)
      if (text !== undefined) return { id, stage, ...read(text) }
    }
    return undefined
  }

  list(): FoundRecord[] {
    const ids = readdirSync(this.folder).flatMap((name) => this.idIn(name) ?? [])
    return ids.flatMap((id) => this.find(id) ?? [])
  }

  /** The id in the name of a file, if that is a record. */
  idIn(name: string): string | undefined {
    const stage = stages.find((ending) => name.endsWith(`.${ending}`))
    return stage === undefined ? undefined : name.slice(0, -(stage.length + 1))
  }
}

function readIfThere(path: string): string | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

/** The last piece is what follows the last line end: nothing, or a line that is not whole. */
function read(text: string): Pick<FoundRecord, 'wanted' | 'facts'> {
  const lines = text.split('\n').slice(0, -1)
  const [first, ...others] = lines.map(parsed)
  const wanted = isWanted(first) ? first : undefined
  return { wanted, facts: Object.assign({}, ...others) }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** What this version wrote has all its parts, as far as it is there. */
function isWanted(line: unknown): line is RunWanted {
  if (typeof line !== 'object' || line === null) return false
  return 'version' in line && line.version === version && 'keeper' in line && 'sandbox' in line
}
