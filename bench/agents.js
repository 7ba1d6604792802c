import { setTimeout as wait } from 'node:timers/promises'
import { createCluster, heapMb, round } from './support.js'

/** Pings come faster than in production, and at the same rate whatever the number of agents. */
const msPerPing = 0.2
const windowMs = 6_000
const growthMax = 0.25

/** Cost of agents that are only there: memory, registration, and messages with the master. */
export async function agents() {
  await measure(1_000)
  const rows = []
  for (const size of [1_000, 20_000, 1_000, 20_000]) rows.push(await measure(size))
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

async function measure(count) {
  const pingIntervalMs = count * msPerPing
  await wait(500)
  const before = heapMb()
  const start = performance.now()
  const cluster = await createCluster({
    agents: Array.from({ length: count }, () => ({ cpus: 8, mem: 16_384 })),
    timeouts: { pingIntervalMs, pingSilenceMs: 600_000 },
  })
  const registeredMs = performance.now() - start
  const bytes = (heapMb() - before) * 2 ** 20
  await wait(2 * pingIntervalMs)
  let messages = 0
  cluster.messages(() => messages++)
  const cpu = process.cpuUsage()
  await wait(windowMs)
  const { user, system } = process.cpuUsage(cpu)
  const cost = (user + system) / messages
  await cluster.close()
  return {
    agents: count,
    'bytes/agent': Math.round(bytes / count),
    'µs/registration': round((registeredMs * 1_000) / count),
    messages,
    'µs/message': round(cost, 2),
  }
}
