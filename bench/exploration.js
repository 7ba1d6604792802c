import { exploreCluster } from 'mesostate/testing'
import { heapMb } from './support.js'

const statesMin = 1_000_000
const perSecondMin = 5_000
const perSecondAim = 20_000

/** Exploring a tiny cluster on one core: different worlds against the processor time they take. */
export async function exploration() {
  const all = measure('2 agents, 2 frameworks, 3 tasks, 2 faults', {})
  const steady = measure('1 fault, none of the master', {
    masterCrashes: 0,
    faults: 1,
    maxStates: 300_000,
  })
  const { states } = all
  const speed = all['states/s']
  return {
    rows: [all, steady],
    verdicts: [
      {
        name: `${statesMin} different worlds`,
        value: `${states}, no violation`,
        met: states >= statesMin && all.violations === 0,
      },
      {
        name: `${perSecondMin} worlds a second of one core, ${perSecondAim} is the aim`,
        value: `${speed}`,
        met: speed >= perSecondMin,
      },
    ],
  }
}

function measure(world, options) {
  const before = process.cpuUsage()
  const report = exploreCluster(options)
  const { user, system } = process.cpuUsage(before)
  const seconds = (user + system) / 1e6
  return {
    world,
    states: report.states,
    steps: report.steps,
    depth: report.depth,
    walked: report.walked,
    'process states': report.local.states,
    'cpu s': Math.round(seconds * 10) / 10,
    'states/s': Math.round(report.states / seconds),
    'rss MB': Math.round(process.memoryUsage.rss() / 2 ** 20),
    'heap MB after': Math.round(heapMb()),
    violations: report.violation === undefined ? 0 : 1,
  }
}
