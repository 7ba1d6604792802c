import { readFileSync } from 'node:fs'
import { findProcesses, killNow } from './records.js'

/**
 * The processes that start commands for the agents and tell how they end. Each agent has one while
 * it has commands, and starts another one when it is killed: how those end that it kept, nobody
 * can tell any more. To faults they look like one process.
 */
export class Keepers {
  name = 'keeper'
  isUp = true
  /** @type {number[]} when they were killed */
  killedAtMs = []
  #find

  /** @param {string} variable @param {string} mark which processes belong to the run */
  constructor(variable, mark) {
    this.#find = () => findProcesses(variable, mark).filter(({ pid }) => isKeeper(pid))
  }

  start() {}

  async restart() {
    for (const { pid } of this.#find()) {
      this.killedAtMs.push(Date.now())
      killNow(pid)
    }
  }

  async end() {}

  heal() {}
}

function isKeeper(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('keeper-entry')
  } catch {
    return false
  }
}
