import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DurableCluster } from './durable.js'
import { taskUs } from './lifecycle.js'
import { median, round } from './support.js'

const tasks = 10_000
const rounds = 7
const addedMax = 0.3

/** What it adds to the cost of a task that its agent keeps what it knows, in turn in one run. */
export async function storage() {
  const root = mkdtempSync(join(tmpdir(), 'mesostate-storage-'))
  const agent = { cpus: 16, mem: 65_536 }
  const clusters = [
    await DurableCluster.start(agent, { workDir: root }),
    await DurableCluster.start(agent, { workDir: root, folder: root }),
  ]
  try {
    const [without, kept] = clusters.map((cluster) => cluster.jobs('bench'))
    await taskUs(without, tasks)
    await taskUs(kept, tasks)
    const rows = []
    for (let index = 0; index < rounds; index++) rows.push(await measure(without, kept, index))
    const added = median(rows.map((row) => row['cpu ratio'])) - 1
    return {
      rows,
      verdicts: [
        {
          name: `checkpoints add at most ${addedMax * 100} % to the processor time of a task (median)`,
          value: `${round(added * 100)} %`,
          met: added <= addedMax,
        },
      ],
    }
  } finally {
    for (const cluster of clusters) await cluster.close()
    rmSync(root, { recursive: true, force: true })
  }
}

/** Whoever is first pays for what the other left to be collected, so they take turns. */
async function measure(without, kept, index) {
  const costs = {}
  const order = index % 2 === 0 ? ['without', 'kept'] : ['kept', 'without']
  for (const who of order) costs[who] = await cost(who === 'kept' ? kept : without)
  return {
    round: index + 1,
    'µs/task without': round(costs.without.us),
    'µs/task kept': round(costs.kept.us),
    'cpu µs/task without': round(costs.without.cpuUs),
    'cpu µs/task kept': round(costs.kept.cpuUs),
    'cpu ratio': round(costs.kept.cpuUs / costs.without.cpuUs, 2),
  }
}

/** Processor time is that of all threads: LevelDB writes and tidies up in others. */
async function cost(jobs) {
  globalThis.gc?.()
  const before = process.cpuUsage()
  const us = await taskUs(jobs, tasks)
  const { user, system } = process.cpuUsage(before)
  return { us, cpuUs: (user + system) / tasks }
}
