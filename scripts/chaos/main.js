import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { audit } from './auditor.js'
import { check, endOf, historiesOf } from './checker.js'
import { doFaults } from './faults.js'
import { optionsOf, usage } from './options.js'
import { clear, createProcesses } from './processes.js'
import { findProcesses, readJournals, readLines } from './records.js'
import { report } from './report.js'

/** After the last fault every task must have ended by then: updates are repeated for a while. */
const boundMs = 60_000
/** How long the master may take until all it has is free. */
const auditMs = 25_000
/** How long a busy machine may take until a killed process is gone. */
const leftoverMs = 10_000
const startMs = 60_000
const lookMs = 250

const startedAtMs = Date.now()
process.exitCode = await main(process.argv.slice(2))

async function main(args) {
  const options = optionsOf(args)
  if ('problem' in options) {
    console.error(`chaos: ${options.problem}\n\n${usage}`)
    return 2
  }
  if (process.platform !== 'linux') {
    say('skipped: only on Linux do tasks outlive their agent, and /proc tells what runs')
    return 0
  }
  const folder = mkdtempSync(join(tmpdir(), 'mesostate-chaos-'))
  const mark = basename(folder)
  say(`seed ${options.seed}, ${options.agents} agents, ${options.faultsMs / 1_000} s; ${folder}`)
  const leave = () => {
    clear(mark)
    process.exit(130)
  }
  process.on('SIGINT', leave).on('SIGTERM', leave)
  try {
    const evidence = await run(options, folder, mark)
    const violations = check(evidence)
    report({ ...evidence, violations, folder, seed: options.seed })
    if (violations.length > 0) return 1
    clear(mark)
    if (!options.keep) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    return 0
  } finally {
    clear(mark)
  }
}

/** @returns {Promise<import('./checker.js').Evidence & { faults: Record<string, number> }>} */
async function run({ faultsMs, seed, agents: count }, folder, mark) {
  const processes = await createProcesses({ folder, mark, seed, agents: count, surprised: say })
  const { members, keepers, agents, paths, place, token } = processes
  for (const member of members) member.start()
  const linesNow = () => readLines(paths.record)
  if (!(await within(startMs, () => linesNow().some(({ type }) => type === 'told')))) {
    throw new Error(`no task began; see the logs in ${folder}`)
  }
  const names = agents.map(({ hostname }) => hostname)
  const faults = await doFaults({ members, agents: names, seed, lastsMs: faultsMs, say })
  writeFileSync(paths.rest, '')
  const deadlineMs = Date.now() + boundMs
  say('everybody runs again, and nothing new is launched')
  await within(boundMs, () => openIn(linesNow()) === 0)
  say(`${openIn(linesNow())} tasks have not ended`)
  const tasksNow = () => findProcesses('CHAOS_TASK', mark)
  await within(leftoverMs, () => tasksNow().length === 0)
  const running = tasksNow()
  const offered = await audit(place, token, agents, auditMs)
  const lines = linesNow()
  await Promise.all(members.map((member) => member.end('SIGKILL')))
  const journals = readJournals(paths.journals)
  const { killedAtMs: keepersKilledAtMs } = keepers
  return { lines, journals, running, offered, agents, deadlineMs, keepersKilledAtMs, faults }
}

function openIn(lines) {
  const histories = [...historiesOf({ lines, journals: new Map() }).values()]
  return histories.filter(({ told }) => endOf(told) === undefined).length
}

/** Whether it becomes true in time. */
async function within(patienceMs, isTrue) {
  const endsAtMs = Date.now() + patienceMs
  while (!isTrue()) {
    if (Date.now() > endsAtMs) return false
    await rest(lookMs)
  }
  return true
}

function say(line) {
  const seconds = ((Date.now() - startedAtMs) / 1_000).toFixed(1).padStart(6)
  console.log(`${seconds} s  ${line}`)
}
