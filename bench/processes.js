import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createCluster, round } from './support.js'

const tasks = 500
const concurrency = 8
const ratioMax = 1.3
/** The first tasks of a process pay for its compiler: these rounds are shown, and do not count. */
const coldRounds = 3
const rounds = 5

/** `true` as 500 command tasks, next to a bare spawn loop of the same concurrency, in turn. */
export async function processes() {
  const rows = []
  const sandboxes = []
  for (let index = 0; index < coldRounds + rounds; index++) {
    const bareMs = await bare(tasks)
    const tasksMs = await throughCluster(sandboxes)
    rows.push({
      round: index < coldRounds ? 'cold' : `${index - coldRounds + 1}`,
      'bare ms': Math.round(bareMs),
      'tasks ms': Math.round(tasksMs),
      ratio: round(tasksMs / bareMs, 2),
    })
  }
  // Not sooner: a file system is slow to make folders where it has just deleted many.
  for (const folder of sandboxes) await rm(folder, { recursive: true, force: true })
  const ratios = rows.slice(coldRounds).map((row) => row.ratio)
  ratios.sort((a, b) => a - b)
  const median = ratios[Math.floor(rounds / 2)]
  return {
    rows,
    verdicts: [
      {
        name: `500 command tasks take at most ${ratioMax}× a bare spawn loop (median)`,
        value: `${median}×`,
        met: median <= ratioMax,
      },
    ],
  }
}

async function bare(count) {
  let started = 0
  const worker = async () => {
    while (started++ < count) {
      const child = spawn('true', [], { stdio: 'ignore' })
      await new Promise((resolve) => child.once('exit', resolve))
    }
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: concurrency }, worker))
  return performance.now() - start
}

async function throughCluster(sandboxes) {
  const cluster = await createCluster({ agents: [{ cpus: concurrency, mem: 1_024 }] })
  const jobs = cluster.jobs('bench')
  const start = performance.now()
  const handles = Array.from({ length: tasks }, () => jobs.submit({ command: ['true'], cpus: 1 }))
  const results = await Promise.all(handles.map((handle) => handle.done))
  const elapsed = performance.now() - start
  await cluster.close()
  sandboxes.push(cluster.workDir)
  const bad = results.filter((result) => result.state !== 'TASK_FINISHED')
  if (bad.length > 0) throw new Error(`${bad.length} tasks did not finish: ${bad[0].message}`)
  return elapsed
}
