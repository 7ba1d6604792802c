import { simulate } from 'mesostate/testing'
import { round } from './support.js'

const speedMin = 1_000
const seedsPerMinuteMin = 500

const bigWorld = { agents: 100, frameworks: 10, tasks: 400, faults: 'light' }
const smallWorld = { faults: 'heavy' }

/** The simulator on one core: virtual time against the processor time it takes. */
export async function simulation() {
  // Compiling the code takes longer than a run: it is not what is measured.
  measure('', seedsFrom(2, 2), { ...bigWorld, safetyMs: 600_000 })
  const big = measure('100 agents, 10 frameworks, light', [1], { ...bigWorld, safetyMs: 600_000 })
  // The same work in an hour: what goes on per second decides how fast seconds pass.
  const calm = measure('the same, six times as long', [1], { ...bigWorld, safetyMs: 3_600_000 })
  measure('', seedsFrom(1_001, 25), smallWorld)
  const small = measure('3 agents, 3 frameworks, heavy', seedsFrom(1, 75), smallWorld)
  const speed = big['virtual s/s']
  return {
    rows: [big, calm, small],
    verdicts: [
      {
        name: `a 100-agent cluster under light faults runs ${speedMin} times as fast as real time`,
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
