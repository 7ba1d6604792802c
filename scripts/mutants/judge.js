import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Short runs of small worlds: many seeds see more than long ones. */
const usualWorlds = [
  { agents: 2, frameworks: 2, tasks: 12, safetyMs: 60_000, faults: 'heavy' },
  { agents: 3, frameworks: 3, tasks: 20, safetyMs: 120_000, faults: 'light' },
]
const usualSeeds = 100
/** No new world is begun after this much processor time, and each takes a second or so. */
const budgetMs = 60_000
/** What takes so much longer than all worlds may does not end: a mutant noticed, too. */
const patienceMs = 10 * budgetMs
/** A named test takes seconds; what takes longer goes round in circles. */
const testMaxMs = 90_000
const endless = { by: 'no end', sentence: `nothing after ${patienceMs / 1_000} s` }

/**
 * Finds out what notices a mutant: worlds of the simulator, or the test or scenario that it names.
 * `changes` are its modules, as compiled. Nothing noticed it when `by` is missing.
 * @returns {Promise<{ by?: string, sentence?: string, seeds?: number, ms: number }>}
 */
export async function judge(root, folder, mutant, changes) {
  const began = performance.now()
  const verdict = await (mutant.test === undefined
    ? simulated(root, folder, mutant, changes)
    : tested(root, folder, mutant, changes))
  return { ...verdict, ms: performance.now() - began }
}

async function simulated(root, folder, mutant, changes) {
  const { name, worlds = usualWorlds, seeds = usualSeeds } = mutant
  const scenario = mutant.scenario && fileURLToPath(new URL(mutant.scenario, root))
  const plan = planOf(folder, name, { changes, worlds, seeds, budgetMs, scenario })
  const player = fileURLToPath(new URL('./play.js', import.meta.url))
  try {
    const { stdout } = await run(process.execPath, [player, plan], { timeout: patienceMs })
    return JSON.parse(stdout)
  } catch (error) {
    if (error.killed) return endless
    throw new Error(`${name} could not be played: ${error.stderr || error.message}`)
  }
}

/** The test must run, and fail: one that does not even load proves nothing. */
async function tested(root, folder, { name, test }, changes) {
  const report = join(folder, `${name}.json`)
  const plan = planOf(folder, name, { changes, test, report })
  const tester = fileURLToPath(new URL('./test.js', import.meta.url))
  try {
    const limits = { timeout: testMaxMs, killSignal: 'SIGKILL' }
    await run(process.execPath, [tester, plan], { cwd: root, ...limits })
    return {}
  } catch (error) {
    return error.killed ? endless : failureIn(report, name)
  }
}

function failureIn(report, name) {
  const { testResults = [] } = JSON.parse(readFileSync(report, 'utf8'))
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed')
  if (failed === undefined) throw new Error(`${name}: its test could not be run`)
  return { by: failed.title, sentence: failed.failureMessages[0]?.split('\n')[0] ?? '' }
}

function planOf(folder, name, plan) {
  const file = join(folder, 'plans', `${name}.json`)
  mkdirSync(join(folder, 'plans'), { recursive: true })
  writeFileSync(file, JSON.stringify(plan))
  return file
}
