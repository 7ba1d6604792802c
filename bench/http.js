import { tell } from './http/figures.js'
import { scenarios } from './http/scenarios.js'
import { startFloor, startOurs } from './http/targets.js'
import { median } from './support.js'

const starters = { ours: startOurs, floor: startFloor }

/** Who is measured when: each is first once, so that a slow drift of the machine favours nobody. */
const turns = ['ours', 'floor', 'floor', 'ours']

/**
 * A master and an agent as two processes, driven over the v1 API by one scheduler and one executor,
 * in turn with a floor: a relay in one Node process that keeps no books. The share of the floor
 * is what can be compared between machines. `only` names one scenario; `tasks` is the size of all.
 */
export async function http({ only, tasks = 3_000 } = {}) {
  const names = only === undefined ? Object.keys(scenarios) : only.split(',')
  const unknown = names.find((name) => !(name in scenarios))
  if (unknown !== undefined) {
    throw new Error(`no scenario ${unknown}; there are ${Object.keys(scenarios).join(', ')}`)
  }
  const medians = { ours: {}, floor: {} }
  for (const name of names) await play(name, sizesOf(tasks), medians)
  return tell(medians)
}

function sizesOf(tasks) {
  const share = (part) => Math.max(1, Math.round(tasks / part))
  return {
    tasks,
    burst: share(3),
    commands: share(15),
    singles: share(30),
    frameworks: share(30),
    callsEach: share(60),
    known: share(1.5),
    reads: share(300),
  }
}

async function play(name, sizes, medians) {
  const { serve, measure, hasNoFloor } = scenarios[name]
  const sides = hasNoFloor ? ['ours'] : ['ours', 'floor']
  const targets = {}
  try {
    for (const side of sides) targets[side] = await starters[side](serve)
    if (hasNoFloor) {
      medians.ours[name] = await measure(targets.ours, sizes)
      return
    }
    const { frameworks, callsEach, singles } = sizes
    // Of these a part would be over before the compiler has looked at it.
    const warmUp = { ...sizesOf(sizes.tasks / 5), frameworks, callsEach, singles }
    for (const side of sides) await measure(targets[side], warmUp)
    const runs = { ours: [], floor: [] }
    for (const side of turns) runs[side].push(await measure(targets[side], sizes))
    for (const side of sides) medians[side][name] = mediansOf(runs[side])
  } finally {
    for (const { stop } of Object.values(targets)) await stop()
  }
}

/** The middle of each figure over all runs; of two, the mean. */
function mediansOf(runs) {
  const keys = Object.keys(runs[0]).filter((key) => runs[0][key] !== undefined)
  const middle = (values) => (median(values) + -median(values.map((value) => -value))) / 2
  return Object.fromEntries(keys.map((key) => [key, middle(runs.map((run) => run[key]))]))
}
