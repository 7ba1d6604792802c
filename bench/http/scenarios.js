import { get, request } from 'node:http'
import { median } from '../support.js'
import { commandTasks, instantTasks, Launcher } from './launcher.js'
import { withProbe } from './probe.js'
import { Scheduler, within } from './scheduler.js'
import { cpuSeconds } from './targets.js'

const plenty = { cpus: 1_000, mem: 1_000_000 }
const steadily = { liveMax: 100, batchMin: 25 }
const slots = 32

/** A framework with one warm executor (if it needs one), and tasks of that kind. */
async function withLauncher(url, kind, work) {
  const scheduler = await Scheduler.subscribe(url)
  const launcher = new Launcher(scheduler, kind)
  await launcher.offered()
  await launcher.run({ count: 1 })
  await launcher.offered()
  const figures = await work(launcher)
  await scheduler.close()
  return figures
}

/** Instant tasks on one executor, at most 100 unfinished. */
const steady = {
  serve: { resources: plenty, intervalMs: 10 },
  measure: ({ url, pids }, { tasks }) =>
    withLauncher(url, instantTasks, async (launcher) => {
      const before = cpuSeconds(pids)
      const { ms } = await launcher.run({ count: tasks, ...steadily })
      const after = cpuSeconds(pids)
      const cpu = before === undefined ? undefined : ((after - before) * 1_000) / tasks
      return { perSecond: (tasks * 1_000) / ms, cpu }
    }),
}

/** As many in one ACCEPT. */
const burst = {
  serve: { resources: plenty, intervalMs: 10 },
  measure: ({ url }, { burst: count }) =>
    withLauncher(url, instantTasks, async (launcher) => {
      const { ms } = await launcher.run({ count })
      return { perSecond: (count * 1_000) / ms }
    }),
}

/** `true` by the executor for commands that is built in. */
const commands = {
  serve: { resources: { cpus: slots, mem: slots * 64 }, intervalMs: 50 },
  measure: ({ url }, { commands: count }) =>
    withLauncher(url, commandTasks, async (launcher) => {
      const { ms } = await launcher.run({ count, liveMax: slots })
      return { perSecond: (count * 1_000) / ms }
    }),
}

/** One task at a time, while nothing else goes on. */
const single = {
  serve: { resources: plenty, intervalMs: 10 },
  measure: ({ url }, { singles }) =>
    withLauncher(url, instantTasks, async (launcher) => {
      const taken = []
      for (let index = 0; index < singles; index++) {
        await launcher.offered()
        taken.push(...(await launcher.run({ count: 1 })).runningMs)
      }
      return { p50Ms: median(taken), p99Ms: quantile(taken, 0.99) }
    }),
}

/**
 * Calls of many frameworks at once that change nothing: DECLINE of an offer that nobody has. The
 * answer to a RECONCILE at the end of each row of calls proves that they were handled.
 */
const storm = {
  serve: { resources: plenty, intervalMs: 50 },
  async measure({ url }, { frameworks, callsEach }) {
    const all = Array.from({ length: frameworks }, () =>
      Scheduler.subscribe(url, { isQuiet: true }),
    )
    const schedulers = await Promise.all(all)
    const { result: ms, p99Ms } = await withProbe(url, () => rage(schedulers, callsEach))
    await Promise.all(schedulers.map((scheduler) => scheduler.close()))
    return { perSecond: (frameworks * (callsEach + 1) * 1_000) / ms, p99Ms }
  },
}

async function rage(schedulers, callsEach) {
  const handled = schedulers.map((scheduler) => {
    const answer = new Promise((resolve) => {
      scheduler.listen(({ type }) => type === 'UPDATE' && resolve())
    })
    return within(answer, () => 'answer to RECONCILE')
  })
  const began = performance.now()
  for (let index = 0; index < callsEach; index++) {
    for (const scheduler of schedulers) {
      scheduler.call('DECLINE', { offer_ids: [{ value: 'gone' }], filters: { refuse_seconds: 0 } })
    }
  }
  for (const scheduler of schedulers) {
    scheduler.call('RECONCILE', { tasks: [{ task_id: { value: 'unknown' } }] })
  }
  await Promise.all(handled)
  const ms = performance.now() - began
  await Promise.all(schedulers.map((scheduler) => scheduler.answered()))
  return ms
}

/** Reading the state of a master with many tasks, one in five of them running. */
const state = {
  serve: { resources: plenty, intervalMs: 10, completedMax: 1_000_000 },
  hasNoFloor: true,
  measure: ({ url }, { known, reads }) =>
    withLauncher(url, instantTasks, async (launcher) => {
      const running = Math.ceil(known / 5)
      await launcher.run({ count: known - running, ...steadily })
      await launcher.offered()
      await launcher.run({ count: running, stays: true })
      const { result, longestMs } = await withProbe(url, () => readAll(url, reads))
      return { ...result, longestMs }
    }),
}

async function readAll(url, reads) {
  const taken = { '/state': [], '/api/v1': [] }
  for (const path of Object.keys(taken)) {
    // The first one pays for the compiler.
    for (let index = 0; index <= reads; index++) taken[path].push(await read(url, path))
  }
  const [plain, v1] = Object.values(taken).map((all) => median(all.slice(1)))
  return { stateMs: plain, getStateMs: v1 }
}

function read(url, path) {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const taken = (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode}`))
      response.resume().on('end', () => resolve(performance.now() - began))
    }
    if (path === '/state') return get(url + path, taken).on('error', reject)
    const headers = { 'content-type': 'application/json', accept: 'application/json' }
    const call = request(url + path, { method: 'POST', headers }, taken).on('error', reject)
    call.end('{"type":"GET_STATE"}')
  })
}

function quantile(values, share) {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1]
}

export const scenarios = { steady, burst, commands, single, storm, state }
