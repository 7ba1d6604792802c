import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** States after which a framework that knows partitions expects to hear no more of a task. */
const terminal = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
])

/** @param {string} state */
export function isTerminal(state) {
  return terminal.has(state)
}

/**
 * The lines of a file of JSON; the last one may be cut off, because its writer was killed.
 *
 * @param {string} file
 */
export function readLines(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line)]
      } catch {
        return []
      }
    })
}

/**
 * What a task wrote about itself.
 *
 * @typedef {{ what: 'started' | 'ended', value: number, atMs: number }} Entry
 */

/**
 * @param {string} folder
 * @returns {Map<string, Entry[]>} by task
 */
export function readJournals(folder) {
  return new Map(readdirSync(folder).map((name) => [name, readJournal(join(folder, name))]))
}

/** @returns {Entry[]} */
function readJournal(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [what, value, seconds] = line.split(' ')
      return { what, value: Number(value), atMs: Number(seconds) * 1_000 }
    })
}

/**
 * Processes that have the variable in their environment, as `pid: value`.
 *
 * @param {string} variable
 * @param {string} mark what the value begins with
 */
export function findProcesses(variable, mark) {
  const needle = `\0${variable}=${mark}`
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const environment = `\0${readIfThere(`/proc/${pid}/environ`)}`
      const at = environment.indexOf(needle)
      if (at < 0) return []
      const value = environment.slice(at + variable.length + 2, environment.indexOf('\0', at + 1))
      return [{ pid: Number(pid), value }]
    })
}

/** @param {number} pid */
export function killNow(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    // It has ended, or is somebody else's.
    return ''
  }
}
