import { drain, problemAfter } from './drain.ts'
import { type Finding, findingOf, unendedAfter } from './finding.ts'
import type { Rules } from './rules.ts'
import { describeStep } from './steps.ts'

/** So many shorter ways are tried. */
const triesMax = 400

/**
 * Leaves out of a long way what is not needed to break the same promise. A step is known by what
 * it says, because its number depends on what else can happen.
 */
export function shorten(rules: Rules, start: Int32Array, finding: Finding): Finding {
  let best = finding
  let tries = 0
  for (let size = Math.ceil(best.codes.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = best.codes.length - size; at >= 0 && tries < triesMax; at -= size) {
      const wanted = wordsOf(rules, start, best.codes)
      wanted.splice(at, size)
      const found = retrace(rules, start, wanted)
      tries++
      if (found?.property === best.property && found.codes.length < best.codes.length) best = found
    }
  }
  return best
}

function wordsOf(rules: Rules, start: Int32Array, codes: readonly number[]): string[] {
  let row = start
  return codes.map((code) => {
    const words = JSON.stringify(describeStep(rules.layout, row, code))
    row = rules.take(row, code).row.slice()
    return words
  })
}

/** Takes the steps that say this, as far as they can be taken, and says what is wrong then. */
function retrace(rules: Rules, start: Int32Array, wanted: readonly string[]): Finding | undefined {
  const codes: number[] = []
  let row = start
  for (const words of wanted) {
    let code: number | undefined
    rules.choices(row, false, (offered) => {
      if (code !== undefined) return
      if (JSON.stringify(describeStep(rules.layout, row, offered)) === words) code = offered
    })
    if (code === undefined) continue
    codes.push(code)
    const after = rules.take(row, code)
    const problem = problemAfter(rules.layout, code, after)
    if (problem !== undefined) return findingOf(problem, codes)
    row = after.row.slice()
  }
  const { isOver, problem, codes: rest } = drain(rules, row)
  if (problem !== undefined) return findingOf(problem, [...codes, ...rest])
  return isOver ? undefined : findingOf(unendedAfter(rest.length), codes)
}
