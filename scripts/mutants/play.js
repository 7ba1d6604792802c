import { readFileSync } from 'node:fs'
import { register } from 'node:module'

/*
 * A process of its own for one mutant: `node play.js PLAN`. It loads the built simulator, the very
 * code of `mesostate simulate`, with the mutant's modules in it, and plays worlds until a promise
 * is broken, or for as long as the plan allows; or the scenario that the plan names. Says on one
 * line how it went.
 */
const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const { changes, scenario, worlds, seeds, budgetMs } = plan
register('./loader.js', import.meta.url, { data: changes })
const { playScenario, simulate } = await import(
  new URL('../../dist/testing.js', import.meta.url).href
)

/** Of processor time: a busy machine must not let a mutant live. */
function spentMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

function play() {
  for (let seed = 1; seed <= seeds && spentMs() < budgetMs; seed++) {
    for (const world of worlds) {
      const violation = firstViolation({ ...world, seed })
      if (violation !== undefined) return { ...violation, seeds: seed }
    }
  }
  return { seeds }
}

/** A scenario goes otherwise than it was recorded, or cannot even go on. */
function firstDifference() {
  try {
    const [difference] = playScenario(readFileSync(scenario, 'utf8')).differences
    return difference && { by: `> ${difference.command}`, sentence: `line ${difference.line}` }
  } catch (error) {
    return { by: 'it does not go on', sentence: error.message }
  }
}

/** Code that throws out of the simulator is a mutant noticed, too. */
function firstViolation(options) {
  try {
    const [violation] = simulate(options).violations
    return violation && { by: violation.property, sentence: violation.sentence }
  } catch (error) {
    return { by: 'an exception', sentence: error instanceof Error ? error.message : String(error) }
  }
}

const verdict = scenario === undefined ? play() : (firstDifference() ?? {})
process.stdout.write(`${JSON.stringify(verdict)}\n`)
