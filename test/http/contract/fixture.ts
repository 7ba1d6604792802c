import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import type { Data } from '../scheduler/support.ts'

/**
 * A rule of Mesos' protocol as requests and answers. A text that begins with `$` stands for what
 * the first event or answer with that text had in this place; in calls it is filled in. A null in
 * what is expected means that there is no such field. What else an event has does not matter.
 *
 * Calls of schedulers have their framework's id and stream id unless the fixture gives others.
 */
export interface Fixture {
  /** Folder and file. */
  readonly name: string
  /** Where the protocol has it: `§6.3, check 7` is row 7 of the checks of LAUNCH. */
  readonly rule: string
  readonly says: string
  /** What the framework is besides the usual. */
  readonly framework?: Data
  /**
   * Short for a conversation: each is merged into a good task (a null takes a field away), launched
   * on an offer of its own, and answered with an UPDATE like `answer`.
   */
  readonly launch?: readonly Data[]
  /** The same with the two tasks and the executor of a group: `{ tasks: [{}, {}], executor: {} }`. */
  readonly launchGroup?: readonly GroupChanges[]
  readonly answer?: Data
  readonly steps?: readonly Step[]
}

export interface GroupChanges {
  readonly tasks?: readonly Data[]
  readonly executor?: Data
}

/** One step of a conversation: a call and how it is answered, or something that is heard. */
export interface Step {
  /** Which scheduler it is about, by its number; default 1. */
  readonly scheduler?: number
  readonly call?: Data
  readonly headers?: Record<string, string>
  /** The status of the answer to a call. */
  readonly status?: number
  /** The body of the answer, as JSON. */
  readonly answer?: unknown
  /** The next event of the scheduler that is like this. */
  readonly event?: Data
  /** Nothing like this was heard since the last call, though the master had the time to say it. */
  readonly nothing?: Data
  /** An offer that was not there before the last call: `$offer`, `$agent`, `$role`. */
  readonly offer?: 'new'
  /** The scheduler's stream ends: the master ended it, or the scheduler hangs up. */
  readonly stream?: 'ends' | 'is hung up'
  /** A call of operators to the master, of executors or operators to the agent. */
  readonly operator?: Data
  readonly executor?: Data
  /** The next event on the executor's stream that is like this. */
  readonly executorEvent?: Data
  /** A request as it is. */
  readonly request?: Request
}

export interface Request {
  readonly to?: 'master' | 'agent'
  readonly method?: string
  readonly path: string
  readonly headers?: Record<string, string>
  /** A text as it is, or data that becomes JSON. */
  readonly body?: unknown
}

/** The fixtures of one folder here, in the order of their names. */
export function fixturesIn(folder: string): Fixture[] {
  const path = fileURLToPath(new URL(`./${folder}/`, import.meta.url))
  return readdirSync(path)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => ({
      name: `${folder}/${file}`,
      ...parse(readFileSync(path + file, 'utf8'), { merge: true }),
    }))
}
