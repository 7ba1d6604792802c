import { Cluster, heapMb, round, VirtualClock } from './support.js'

const pingIntervalMs = 15_000
/** Messages to time at every size, so that small and large get the same attention. */
const messagesTimed = 160_000
const growthMax = 0.25

/** Cost of agents that are only there: memory, registration, and messages with the master. */
export function agents() {
  const sizes = [1_000, 20_000, 1_000, 20_000]
  measure(1_000)
  const rows = sizes.map(measure)
  const [small, large] = [1_000, 20_000].map((size) => best(rows, size))
  const growth = large / small - 1
  return {
    rows,
    verdicts: [
      {
        name: 'cost per message is flat from 1,000 to 20,000 agents (±25 %, best of two)',
        value: `${growth >= 0 ? '+' : ''}${Math.round(growth * 100)} %`,
        met: Math.abs(growth) <= growthMax,
      },
    ],
  }
}

function best(rows, size) {
  return Math.min(...rows.filter((row) => row.agents === size).map((row) => row['µs/message']))
}

function measure(count) {
  const clock = new VirtualClock()
  const specs = Array.from({ length: count }, () => ({ cpus: 8, mem: 16_384 }))
  const before = heapMb()
  const start = performance.now()
  const cluster = new Cluster({ agents: specs, clock })
  clock.advance(1_000)
  const registeredMs = performance.now() - start
  const kb = ((heapMb() - before) * 1_024) / count
  if (cluster.snapshot().agents.length !== count) throw new Error('not all agents registered')
  clock.advance(pingIntervalMs)
  let messages = 0
  cluster.messages(() => messages++)
  const timed = performance.now()
  while (messages < messagesTimed) clock.advance(pingIntervalMs)
  return {
    agents: count,
    'bytes/agent': Math.round(kb * 1_024),
    'µs/registration': round((registeredMs * 1_000) / count),
    'µs/message': round(((performance.now() - timed) * 1_000) / messages, 2),
  }
}
