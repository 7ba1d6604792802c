import { isTerminal } from './records.js'

/**
 * Compares what the scheduler was told with what the tasks' own processes wrote. It knows nothing
 * of how either came about.
 *
 * @typedef {import('./records.js').Entry} Entry
 * @typedef {{ rule: string, taskId?: string, problem: string }} Violation
 *
 * @typedef {object} Status the part of a status that is looked at
 * @property {string} taskId
 * @property {string} state
 * @property {number} [exitCode]
 * @property {string} [uuid]
 *
 * @typedef {object} History of one task
 * @property {string} taskId
 * @property {number} launchedAtMs
 * @property {(Status & { atMs: number })[]} told
 * @property {Entry[]} journal
 * @property {boolean} isKillAsked
 *
 * @typedef {object} Evidence
 * @property {readonly object[]} lines what the tenant wrote
 * @property {ReadonlyMap<string, Entry[]>} journals
 * @property {readonly { pid: number, value: string }[]} running processes of tasks at the end
 * @property {readonly { hostname: string, cpus: number, mem: number }[]} offered at the end
 * @property {readonly { hostname: string, cpus: number, mem: number }[]} agents
 * @property {number} deadlineMs by when every task must have ended
 * @property {readonly number[]} keepersKilledAtMs when those were killed who tell how tasks end
 */

/** A process that was killed may have written its last line when that had just been said. */
const graceMs = 1_000

/** @type {Record<string, (history: History, evidence: Evidence) => string | undefined>} */
const taskRules = {
  'running means started': ({ told, journal, isKillAsked }) => {
    // Whoever is killed at once may not live to write it.
    if (isKillAsked || !told.some(({ state }) => state === 'TASK_RUNNING')) return undefined
    return startsIn(journal) > 0 ? undefined : 'told RUNNING, but it never started'
  },
  'started at most once': ({ journal }) => {
    const starts = startsIn(journal)
    return starts > 1 ? `its command started ${starts} times` : undefined
  },
  'one end': ({ told }) => {
    const ends = told.filter(({ state }) => isTerminal(state))
    const states = new Set(ends.map(({ state }) => state))
    const codes = new Set(ends.flatMap(({ exitCode }) => exitCode ?? []))
    if (states.size > 1) return `told ${[...states].join(' and ')}`
    return codes.size > 1 ? `told the exit codes ${[...codes].join(' and ')}` : undefined
  },
  'the end is the end': ({ told }) => {
    const first = told.findIndex(({ state }) => isTerminal(state))
    const later = told.slice(first + 1).find(({ state }) => !isTerminal(state))
    if (first < 0 || later === undefined) return undefined
    return `told ${later.state} after ${told[first].state}`
  },
  'no step back': ({ told }) => {
    const first = told.findIndex(({ state }) => begun.has(state))
    const later = first < 0 ? [] : told.slice(first)
    const isBack = later.some(({ state }) => state === 'TASK_STAGING')
    return isBack ? `told STAGING after ${told[first].state}` : undefined
  },
  'every task ends': ({ told }, { deadlineMs }) => {
    const end = endOf(told)
    if (end === undefined) return `not ended; last told ${told.at(-1)?.state ?? 'nothing'}`
    const lateMs = Math.round(end.atMs - deadlineMs)
    return lateMs > 0 ? `its end was told ${lateMs} ms too late` : undefined
  },
  'the exit code is true': (history, evidence) => {
    const { told, journal } = history
    const end = endOf(told)
    const wrote = journal.find(({ what }) => what === 'ended')?.value
    const isExcused = history.isKillAsked || lostItsKeeper(history, evidence)
    if (end === undefined || !hasCode(told, isExcused)) return undefined
    // An answer to a question has the state alone; the word with the code may come before or after.
    const exitCode = told.find((status) => status.exitCode !== undefined)?.exitCode
    const { state } = end
    if (exitCode === wrote) return undefined
    return `told ${state} ${exitCode ?? 'without a code'}, but it wrote ${wrote ?? 'no end'}`
  },
  'killed means asked': ({ told, isKillAsked }) => {
    const isKilled = told.some(({ state }) => state === 'TASK_KILLED')
    return isKilled && !isKillAsked ? 'told KILLED, but nobody asked for it' : undefined
  },
  'dropped means never started': ({ told, journal }) => {
    const isDropped = told.some(({ state }) => state === 'TASK_DROPPED')
    return isDropped && startsIn(journal) > 0 ? 'told DROPPED, but it started' : undefined
  },
  'lost means ended': ({ told, journal }) => {
    const end = endOf(told)
    if (end === undefined || !lost.has(end.state)) return undefined
    const ended = journal.find(({ what }) => what === 'ended')
    if (ended === undefined) return undefined
    const lateMs = Math.round(ended.atMs - end.atMs)
    if (lateMs > graceMs) return `told ${end.state}, and it worked on for ${lateMs} ms`
    return `told ${end.state}, though it ended by itself with ${ended.value}`
  },
}

const begun = new Set(['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'])
const lost = new Set(['TASK_LOST', 'TASK_GONE', 'TASK_GONE_BY_OPERATOR', 'TASK_UNKNOWN'])

/**
 * @param {Evidence} evidence
 * @returns {Violation[]}
 */
export function check(evidence) {
  const histories = historiesOf(evidence)
  const ofTasks = [...histories.values()].flatMap((history) =>
    Object.entries(taskRules).flatMap(([rule, breach]) => {
      const problem = breach(history, evidence)
      return problem === undefined ? [] : [{ rule, taskId: history.taskId, problem }]
    }),
  )
  return [
    ...ofTasks,
    ...strangers(evidence, histories),
    ...failures(evidence),
    ...leftovers(evidence),
    ...imbalances(evidence),
  ]
}

/**
 * @param {Pick<Evidence, 'lines' | 'journals'>} evidence
 * @returns {Map<string, History>} of each task that was launched
 */
export function historiesOf({ lines, journals }) {
  /** @type {Map<string, History>} */
  const histories = new Map()
  for (const { type, taskId, atMs, status } of lines) {
    if (type === 'launching') {
      const journal = journals.get(taskId) ?? []
      histories.set(taskId, { taskId, launchedAtMs: atMs, told: [], journal, isKillAsked: false })
    }
    const history = histories.get(taskId ?? status?.taskId)
    if (history === undefined) continue
    if (type === 'killing') history.isKillAsked = true
    if (type === 'told') history.told.push({ ...status, atMs })
  }
  return histories
}

/** The first word of its end. @param {History['told']} told */
export function endOf(told) {
  return told.find(({ state }) => isTerminal(state))
}

function startsIn(journal) {
  return journal.filter(({ what }) => what === 'started').length
}

/** Between the launch and the end, somebody was killed who may have been to tell how it ends. */
function lostItsKeeper({ launchedAtMs, told }, { keepersKilledAtMs }) {
  const endedAtMs = endOf(told)?.atMs ?? Number.POSITIVE_INFINITY
  return keepersKilledAtMs.some((atMs) => atMs >= launchedAtMs && atMs <= endedAtMs)
}

/** Whether its end must say which code it wrote; who is killed may not live to write one. */
function hasCode(told, isExcused) {
  const state = endOf(told)?.state
  if (state === 'TASK_FINISHED') return true
  const isGiven = told.some(({ exitCode }) => exitCode !== undefined)
  return isGiven || (state === 'TASK_FAILED' && !isExcused)
}

/** What ran or was told of without having been launched. */
function strangers({ lines, journals }, histories) {
  const rule = 'nothing unasked'
  const ran = [...journals.keys()]
    .filter((taskId) => !histories.has(taskId))
    .map((taskId) => ({ rule, taskId, problem: 'it ran, but nobody launched it' }))
  const told = new Set(lines.flatMap(({ status }) => status?.taskId ?? []))
  return [...told]
    .filter((taskId) => !histories.has(taskId))
    .map((taskId) => ({ rule, taskId, problem: 'told of, but nobody launched it' }))
    .concat(ran)
}

/** The framework is refused, or forgotten and let in under another id. */
function failures({ lines }) {
  const rule = 'one framework'
  const failed = lines.filter(({ type }) => type === 'failed')
  const ids = new Set(lines.flatMap(({ frameworkId }) => frameworkId ?? []))
  return [
    ...failed.map(({ message }) => ({ rule, problem: message })),
    ...(ids.size > 1 ? [{ rule, problem: `it had the ids ${[...ids].join(', ')}` }] : []),
  ]
}

function leftovers({ running }) {
  return running.map(({ pid, value }) => ({
    rule: 'no process is left',
    taskId: value.slice(value.indexOf(':') + 1),
    problem: `process ${pid} still runs`,
  }))
}

/** When nothing runs, every agent is to be had as a whole, once. */
function imbalances({ offered, agents }) {
  const rule = 'the books balance'
  const describe = ({ cpus, mem }) => `${cpus} cpus, ${mem} MB`
  const wrong = agents.flatMap((agent) => {
    const offers = offered.filter(({ hostname }) => hostname === agent.hostname)
    const texts = offers.map(describe)
    if (texts.length === 1 && texts[0] === describe(agent)) return []
    const found = texts.join(' and ') || 'nothing'
    return [{ rule, problem: `of ${agent.hostname} ${found} is free, not ${describe(agent)}` }]
  })
  const names = new Set(agents.map(({ hostname }) => hostname))
  return offered
    .filter(({ hostname }) => !names.has(hostname))
    .map(({ hostname }) => ({ rule, problem: `there is an agent ${hostname}` }))
    .concat(wrong)
}
