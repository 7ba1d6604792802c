import { forEver, Pool } from './pool.js'
import { heapMb, median, round } from './support.js'

/**
 * Mesos' own benchmark DeclineOffers (src/tests/hierarchical_allocator_tests.cpp): every agent
 * partly in use, every framework eligible, every offer declined for ever, round after round. Each
 * figure is a whole cycle of the running master: offers decided, booked, described and sent.
 */
const grid = [
  { agents: 1_000, frameworks: 100, rounds: 105, bar: 15 },
  { agents: 10_000, frameworks: 1_000, rounds: 160, bar: 200 },
  { agents: 50_000, frameworks: 200, rounds: 8, bar: 500 },
  { agents: 20_000, frameworks: 2_000, rounds: 8, bar: 500 },
]
const turnMax = 50
const finishMax = 1
const finishes = 200

/** Who is offered what: whole cycles, idle ones, and the cost of one finished task. */
export async function allocation() {
  measure({ agents: 1_000, frameworks: 50, rounds: 20 })
  const rows = grid.map(measure)
  return { rows, verdicts: rows.flatMap((row, index) => verdictsOn(row, grid[index].bar)) }
}

/** A first cycle happens once to each master: the median is of several, of more where it is short. */
const freshPools = (agents) => (agents > 1_000 ? 3 : 9)
const idleCycles = 5

function measure({ agents, frameworks, rounds }) {
  const before = heapMb()
  const fresh = []
  let pool
  for (let n = 0; n < freshPools(agents); n++) {
    pool?.close()
    pool = new Pool()
    pool.addAgents(agents)
    pool.addFrameworks(frameworks)
    fresh.push(pool.cycle())
  }
  const declined = []
  while (declined.length < rounds && pool.decline(forEver) > 0) declined.push(pool.cycle())
  const allFiltered = pool.decline(forEver) === 0
  const filtered = Array.from({ length: idleCycles }, () => pool.cycle())
  const row = {
    agents,
    frameworks,
    'fresh ms': round(median(fresh)),
    'declined ms': round(median(declined)),
    // Once everything is filtered: the cycle that finds it out, and those after it.
    'found out ms': allFiltered ? round(declined.at(-1), 1) : undefined,
    'filtered ms': allFiltered ? round(median(filtered), 2) : undefined,
    'longest turn ms': round(pool.longestTurn),
    'finished task ms': round(finishedTask(pool), 3),
    filters: pool.filters,
    MB: round(heapMb() - before),
  }
  pool.close()
  return row
}

/** From the agent's update to the offer of what the task held. */
function finishedTask(pool) {
  const times = []
  for (let n = 0; n < finishes; n++) times.push(pool.finish(n))
  return median(times)
}

function verdictsOn(row, bar) {
  const size = `${row.agents} × ${row.frameworks}`
  const verdict = (what, value, limit) => ({
    name: `${size}: ${what} (≤ ${limit} ms)`,
    value: `${value} ms`,
    met: value <= limit,
  })
  return [
    verdict('a cycle, all free', row['fresh ms'], bar),
    verdict('a cycle, every offer declined', row['declined ms'], bar),
    ...(row['filtered ms'] === undefined
      ? []
      : [verdict('a cycle, all filtered', row['filtered ms'], bar)]),
    verdict('the longest turn', row['longest turn ms'], turnMax),
    verdict('one finished task', row['finished task ms'], finishMax),
  ]
}
