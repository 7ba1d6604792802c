import { simulate } from 'mesostate/testing'
import { round } from './support.js'

const speedMin = 1_000
const seedsPerMinuteMin = 500

const minuteMs = 60_000
/** How fast time passes depends on how much goes on: jobs come and go, offers are refused. */
const bigWorld = { agents: 100, frameworks: 10, faults: 'light' }
const calm = { ...bigWorld, tasks: 100, safetyMs: 60 * minuteMs }
const busy = { ...bigWorld, tasks: 400, safetyMs: 60 * minuteMs }
const hectic = { ...bigWorld, tasks: 400, safetyMs: 10 * minuteMs }
const smallWorld = { faults: 'heavy' }

/** The simulator on one core: virtual time against the processor time it takes. */
export async function simulation() {
  // Compiling the code takes longer than a run: it is not what is measured.
  measure('', [2], hectic)
  const big = measure('100 agents, 10 frameworks, light: 100 jobs in an hour', [1], calm)
  const rows = [
    big,
    measure('the same with 400 jobs in an hour', [1], busy),
    measure('the same with 400 jobs in ten minutes', [1], hectic),
  ]
  measure('', seedsFrom(1_001, 25), smallWorld)
  const small = measure('3 agents, 3 frameworks, heavy', seedsFrom(1, 75), smallWorld)
  const speed = big['virtual s/s']
  return {
    rows: [...rows, small],
    verdicts: [
      {
        name: `100 agents, 10 frameworks and 100 jobs an hour under light faults run ${speedMin} times as fast as real time`,
        value: `${speed} times`,
        met: speed >= speedMin,
      },
      {
        name: `${seedsPerMinuteMin} seeds of the small heavy world in a minute of one core`,
        value: `${small['seeds/min']} seeds`,
        met: small['seeds/min'] >= seedsPerMinuteMin,
      },
    ],
  }
}

function seedsFrom(first, count) {
  return Array.from({ length: count }, (_, index) => first + index)
}

function measure(world, seeds, options) {
  const before = process.cpuUsage()
  const reports = seeds.map((seed) => simulate({ ...options, seed }))
  const { user, system } = process.cpuUsage(before)
  const seconds = (user + system) / 1e6
  const virtualMs = reports.reduce(
    (sum, { safetyMs, livenessMs }) => sum + safetyMs + livenessMs,
    0,
  )
  const messages = reports.reduce((sum, { counts }) => sum + counts.delivered, 0)
  const violations = reports.reduce((sum, report) => sum + report.violations.length, 0)
  return {
    world,
    seeds: seeds.length,
    'virtual s': Math.round(virtualMs / 1_000),
    'cpu s': round(seconds, 2),
    'virtual s/s': Math.round(virtualMs / 1_000 / seconds),
    'messages/virtual s': round((messages * 1_000) / virtualMs),
    'messages/s': Math.round(messages / seconds),
    'seeds/min': Math.round((seeds.length * 60) / seconds),
    violations,
  }
}
