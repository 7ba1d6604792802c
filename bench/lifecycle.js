import { setup, createActor } from 'xstate'
import { createCluster } from 'mesostate'

/** Tasks that wait at any time: enough to keep the pool busy, and no more to count than needed. */
const inFlight = 1_000

/** One raw send: the least that anything on XState can cost. */
function rawSendUs(count) {
  const machine = setup({}).createMachine({
    initial: 'off',
    states: { off: { on: { toggle: 'on' } }, on: { on: { toggle: 'off' } } },
  })
  const actor = createActor(machine).start()
  const event = { type: 'toggle' }
  for (let i = 0; i < 20_000; i++) actor.send(event)
  const start = performance.now()
  for (let i = 0; i < count; i++) actor.send(event)
  return ((performance.now() - start) * 1_000) / count
}

async function runTasks(jobs, count) {
  let started = 0
  const work = () => {}
  const worker = async () => {
    while (started++ < count) await jobs.call(work, { cpus: 0.01 })
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: inFlight }, worker))
  return ((performance.now() - start) * 1_000) / count
}

function heapMb() {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}

/** Tasks through the full path, next to raw sends measured in the same run. */
export async function lifecycle() {
  const cluster = await createCluster({ agents: [{ cpus: 16, mem: 65_536 }] })
  const jobs = cluster.jobs('bench')
  await runTasks(jobs, 5_000)
  const rows = []
  for (const count of [1_000, 10_000, 100_000]) {
    const raw = rawSendUs(200_000)
    const taskUs = await runTasks(jobs, count)
    const heap = heapMb()
    rows.push({
      tasks: count,
      'tasks/s': Math.round(1e6 / taskUs),
      'µs/task': round(taskUs),
      'raw sends/s': Math.round(1e6 / raw),
      'raw sends/task': round(taskUs / raw),
      'heap MB after': round(heap),
    })
  }
  await cluster.close()
  return rows
}

function round(value) {
  return Math.round(value * 10) / 10
}
console.table(await lifecycle())
