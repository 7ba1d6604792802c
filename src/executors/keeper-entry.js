import { spawn } from 'node:child_process'
import { closeSync, constants, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The process that starts the commands of one agent and lives on when that is killed, because only
 * the parent of a process is told how it ended. It ends when its agent has let go of it and its
 * last command has ended. Plain JavaScript, because Node runs it as it is, from the sources as well
 * as from the built package.
 *
 * @typedef {import('./keeper-messages.ts').KeeperOrder} KeeperOrder
 * @typedef {import('./keeper-messages.ts').KeptFacts} KeptFacts
 */

/** Rest before a line that could not be written is tried again: the disk may be full. */
const retryMs = 500

/** A link in the place of an output file may lead anywhere, and this process may write there. */
const appending = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW

keep()

function keep() {
  /** Paths of the records of commands that run, or whose end is not written yet. */
  const open = new Set()
  const close = (path) => {
    open.delete(path)
    leaveWhenDone()
  }
  const leaveWhenDone = () => {
    if (open.size === 0 && !process.connected) process.exit()
  }
  // Whoever ends all processes of a service ends the commands too; how these end is to be known.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
  process.on('disconnect', leaveWhenDone)
  process.on('message', (order) => {
    if (!claim(order.path)) return
    open.add(order.path)
    begin(order, (facts) => conclude(order.path, facts, close))
  })
}

/** Whoever renames or removes the record first decides whether the command is ever started. */
function claim(path) {
  try {
    renameSync(`${path}.wanted`, `${path}.run`)
    return true
  } catch {
    return false
  }
}

/**
 * @param {KeeperOrder} order
 * @param {(facts: KeptFacts) => void} conclude takes what is to be the last line of the record
 */
function begin(order, conclude) {
  const { path } = order
  const refuse = ({ code, message }) =>
    conclude({ refused: { ...(code !== undefined && { code }), message } })
  let child
  try {
    child = start(order)
  } catch (error) {
    return refuse(error)
  }
  if (child.pid === undefined) return child.once('error', refuse)
  const { pid } = child
  let problem
  child.once('exit', (code, signal) => {
    // What stays in its group must not outlive it, also when there is no agent to see to that.
    endGroup(pid)
    if (problem !== undefined) conclude({ exit: { problem } })
    else conclude({ exit: signal === null ? { exitCode: code } : { signal } })
  })
  try {
    const facts = { process: { pid, startTime: startTimeOf(pid), startedAtMs: Date.now() } }
    append(path, facts)
    tell(path, facts)
  } catch ({ message }) {
    // What is not on record must not run: the next agent would not find it.
    problem = `it was ended because its start could not be written down: ${message}`
    endGroup(pid)
  }
}

/** @param {KeeperOrder} order */
function start({ file, arguments: list, directory, environment, sandbox, user }) {
  const stdout = openSync(join(sandbox, 'stdout'), appending)
  const stderr = openSync(join(sandbox, 'stderr'), appending)
  try {
    const stdio = ['ignore', stdout, stderr]
    return spawn(file, list, { cwd: directory, env: environment, stdio, detached: true, ...user })
  } finally {
    closeSync(stdout)
    closeSync(stderr)
  }
}

/** The last line of a record: it is tried until it is there, because nobody else can write it. */
function conclude(path, facts, close) {
  try {
    append(path, facts)
  } catch (error) {
    // A record that was removed is one that nobody wants to read.
    if (error.code !== 'ENOENT') return setTimeout(() => conclude(path, facts, close), retryMs)
  }
  tell(path, facts)
  close(path)
}

/** Never makes the file anew: what was removed is to stay away. */
function append(path, facts) {
  const file = openSync(`${path}.run`, constants.O_WRONLY | constants.O_APPEND)
  try {
    // With a line end first, because the last try may have left half a line on a full disk.
    writeSync(file, `\n${JSON.stringify(facts)}\n`)
  } finally {
    closeSync(file)
  }
}

/** @param {KeptFacts} facts */
function tell(path, facts) {
  if (process.connected) process.send({ path, facts }, () => {})
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody was left.
  }
}

function startTimeOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19])
}
