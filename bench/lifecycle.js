import { createActor, setup } from 'xstate'
import { createCluster, heapMb, round } from './support.js'

/** Tasks that wait or run at any time: enough to keep the pool busy. */
const inFlight = 1_000
const sendsMax = 40

/** Tasks through the full path, next to raw sends measured before and after in the same run. */
export async function lifecycle() {
  const cluster = await createCluster({ agents: [{ cpus: 16, mem: 65_536 }] })
  const jobs = cluster.jobs('bench')
  await taskUs(jobs, 10_000)
  const rows = []
  for (const tasks of [1_000, 10_000, 100_000]) rows.push(await measure(jobs, tasks))
  await cluster.close()
  const [small, , large] = rows
  const worst = Math.max(...rows.map((row) => row['raw sends/task']))
  return {
    rows,
    verdicts: [
      {
        name: `one task costs at most ${sendsMax} raw sends`,
        value: `${worst}`,
        met: worst <= sendsMax,
      },
      {
        name: 'no growth of cost per task from 1,000 to 100,000 tasks (within 25 % of noise)',
        value: `${round(large['raw sends/task'] / small['raw sends/task'])}×`,
        met: large['raw sends/task'] <= small['raw sends/task'] * 1.25,
      },
      {
        name: 'no growth of memory after 100,000 more tasks (within 5 MB)',
        value: `${round(large['heap MB after'] - small['heap MB after'])} MB`,
        met: large['heap MB after'] - small['heap MB after'] <= 5,
      },
    ],
  }
}

async function measure(jobs, tasks) {
  const before = rawSendUs()
  const us = await taskUs(jobs, tasks)
  const raw = (before + rawSendUs()) / 2
  return {
    tasks,
    'tasks/s': Math.round(1e6 / us),
    'µs/task': round(us),
    'raw sends/s': Math.round(1e6 / raw),
    'raw sends/task': round(us / raw),
    'heap MB after': round(heapMb()),
  }
}

/** One raw send: the least that anything on XState can cost. */
function rawSendUs() {
  const machine = setup({}).createMachine({
    initial: 'off',
    states: { off: { on: { toggle: 'on' } }, on: { on: { toggle: 'off' } } },
  })
  const actor = createActor(machine).start()
  const event = { type: 'toggle' }
  const count = 100_000
  for (let i = 0; i < 20_000; i++) actor.send(event)
  const start = performance.now()
  for (let i = 0; i < count; i++) actor.send(event)
  return ((performance.now() - start) * 1_000) / count
}

/** Microseconds of one task that does nothing, as one of a thousand at a time. */
export async function taskUs(jobs, count) {
  let started = 0
  const work = () => {}
  const worker = async () => {
    while (started++ < count) await jobs.call(work, { cpus: 0.01 })
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: inFlight }, worker))
  return ((performance.now() - start) * 1_000) / count
}
