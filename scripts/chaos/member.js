import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

/** One process of the cluster, which is killed, stopped and started again. */
export class Member {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child
  /** @type {NodeJS.Timeout | undefined} */
  #timer
  #isStopped = false
  #isEnding = false
  #parts

  /**
   * @param {object} parts
   * @param {string} parts.name
   * @param {() => string[]} parts.command arguments for Node, asked for at each start
   * @param {NodeJS.ProcessEnv} parts.environment
   * @param {string} parts.log what it says goes there
   * @param {(line: string) => void} parts.surprised hears that it ended by itself
   */
  constructor(parts) {
    this.#parts = parts
  }

  get name() {
    return this.#parts.name
  }

  get isUp() {
    return this.#child !== undefined && !this.#isStopped
  }

  start() {
    clearTimeout(this.#timer)
    if (this.#child !== undefined) return
    const { command, environment, log, surprised } = this.#parts
    const output = openSync(log, 'a')
    const child = spawn(process.execPath, command(), {
      env: environment,
      stdio: ['ignore', output, output],
    })
    closeSync(output)
    this.#child = child
    child.once('error', (error) => surprised(`${this.name} did not start: ${error.message}`))
    child.once('exit', (code, signal) => {
      if (this.#child !== child) return
      this.#child = undefined
      if (this.#isEnding) return
      surprised(`${this.name} ended by itself: ${signal ?? `exit code ${code}`}; see ${log}`)
    })
  }

  /**
   * Kills it, or asks it to end, and starts it again. One that is away is started at a new time.
   *
   * @param {'SIGKILL' | 'SIGTERM'} signal
   * @param {number} restMs
   */
  async restart(signal, restMs) {
    await this.end(signal)
    this.#timer = setTimeout(() => this.start(), restMs)
  }

  /** @param {'SIGKILL' | 'SIGTERM'} signal */
  async end(signal) {
    clearTimeout(this.#timer)
    const child = this.#child
    if (child === undefined) return
    this.#isEnding = true
    await new Promise((ended) => {
      child.once('exit', ended)
      child.kill(signal)
      if (this.#isStopped && signal !== 'SIGKILL') child.kill('SIGCONT')
    })
    this.#child = undefined
    this.#isStopped = false
    this.#isEnding = false
  }

  /** @param {number} lastsMs */
  stop(lastsMs) {
    this.#isStopped = true
    this.#child?.kill('SIGSTOP')
    this.#timer = setTimeout(() => this.heal(), lastsMs)
  }

  /** It runs from now on, whatever it does not at present. */
  heal() {
    clearTimeout(this.#timer)
    if (this.#isStopped) this.#child?.kill('SIGCONT')
    this.#isStopped = false
    this.start()
  }
}
