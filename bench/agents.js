import { Cluster, VirtualClock } from './support.js'

const pingIntervalMs = 15_000
const rounds = 4

/** Cost of agents that are only there: memory, registration, and messages between them and the master. */
export async function agents() {
  measure(200)
  const rows = [1_000, 20_000].map(measure)
  const [small, large] = rows
  const growth = large['µs/message'] / small['µs/message'] - 1
  return {
    rows,
    verdicts: [
      {
        name: 'cost per message is flat from 1,000 to 20,000 agents (±25 %)',
        value: `${growth >= 0 ? '+' : ''}${Math.round(growth * 100)} %`,
        met: Math.abs(growth) <= 0.25,
      },
    ],
  }
}

function measure(count) {
  const clock = new VirtualClock()
  const specs = Array.from({ length: count }, () => ({ cpus: 8, mem: 16_384 }))
  const before = heapBytes()
  const start = performance.now()
  const cluster = new Cluster({ agents: specs, clock })
  clock.advance(1_000)
  const registeredMs = performance.now() - start
  const bytes = heapBytes() - before
  if (cluster.snapshot().agents.length !== count) throw new Error('not all agents registered')
  let messages = 0
  cluster.messages(() => messages++)
  clock.advance(pingIntervalMs)
  const perRound = []
  for (let round = 0; round < rounds; round++) {
    messages = 0
    const roundStart = performance.now()
    clock.advance(pingIntervalMs)
    perRound.push(((performance.now() - roundStart) * 1_000) / messages)
  }
  perRound.sort((a, b) => a - b)
  return {
    agents: count,
    'bytes/agent': Math.round(bytes / count),
    'µs/registration': Math.round((registeredMs * 10_000) / count) / 10,
    'µs/message': Math.round((perRound[1] ?? 0) * 100) / 100,
  }
}

function heapBytes() {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
