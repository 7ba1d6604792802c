import assert from 'node:assert'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCommandRunner } from '../dist/executors/command-runner.js'
import { KeptProcesses } from '../dist/executors/kept-processes.js'
import { OwnProcesses } from '../dist/executors/own-processes.js'
import { connectCluster, createMaster } from '../dist/index.js'
import { RestartableMaster } from './master-restart.js'
import { median, round } from './support.js'

const living = 200
const resumeMsMax = 1_000
const tasks = 500
const concurrency = 8
const rounds = 5
const agentCount = 1_000
const tasksEach = 10
const masterMsMax = 2_000
const restarts = 3
const owner = { frameworkId: 'F', executorId: 'E' }

/** What it costs that processes survive their agent, and how soon they are found again. */
export async function recovery() {
  const root = mkdtempSync(join(tmpdir(), 'mesostate-recovery-'))
  try {
    const resumeMs = await resumeAll(root)
    const { own, kept } = await compare(root)
    const agent = await restartAgent(join(root, 'agent'))
    const masterMs = await restartMaster(join(root, 'master'))
    const crowd = `${agentCount} agents and ${agentCount * tasksEach} tasks`
    return {
      rows: [
        { part: `master of ${crowd} back with all of them`, ms: round(masterMs) },
        { part: `agent of ${living} processes back, from its start`, ms: round(agent.ms) },
        { part: '… from when its modules are loaded', ms: round(agent.loadedMs) },
        { part: `${living} living processes resumed`, ms: round(resumeMs) },
        { part: 'command `true`, child of the agent', ms: round(own / tasks, 3) },
        { part: 'command `true`, surviving the agent', ms: round(kept / tasks, 3) },
      ],
      verdicts: [
        {
          name: `a master of ${crowd} has all of them back within ${masterMsMax} ms`,
          value: `${round(masterMs)} ms`,
          met: masterMs <= masterMsMax,
        },
        {
          name: `an agent process of ${living} living tasks is back within ${resumeMsMax} ms`,
          value: `${round(agent.ms)} ms`,
          met: agent.ms <= resumeMsMax,
        },
        {
          name: `${living} living processes are taken up again within ${resumeMsMax} ms`,
          value: `${round(resumeMs)} ms`,
          met: resumeMs <= resumeMsMax,
        },
      ],
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** From the start of a master on the registry of one that was killed; the median of some. */
async function restartMaster(folder) {
  const crowd = new RestartableMaster(join(folder, 'registry'))
  await crowd.begin(agentCount, tasksEach, folder)
  const before = crowd.standing()
  const times = []
  for (let index = 0; index < restarts; index++) {
    await crowd.stopMaster()
    const start = performance.now()
    await crowd.startMaster()
    await crowd.reunited(agentCount * tasksEach)
    times.push(performance.now() - start)
    assert.deepEqual(crowd.standing(), before)
  }
  await crowd.close()
  return median(times)
}

/** From the start of a process until it has taken up what a killed one left; the median of some. */
async function restartAgent(workDir) {
  const token = 'a-token-for-benchmarks'
  const master = await createMaster({ port: 0, token })
  const entry = new URL('./agent-host.js', import.meta.url)
  const begin = () => fork(entry, [master.place, token, workDir, living])
  const cluster = await connectCluster(master.place, { token })
  const jobs = cluster.jobs('bench')
  let host = begin()
  const first = once(host, 'message')
  const command = ['sleep', '1000']
  for (let index = 0; index < living; index++) jobs.submit({ command, cpus: 0.02, mem: 1 })
  await first
  const times = []
  for (let index = 0; index < restarts; index++) {
    host.kill('SIGKILL')
    await once(host, 'exit')
    const startedAtMs = Date.now()
    host = begin()
    const [{ loadedAtMs, readyAtMs }] = await once(host, 'message')
    times.push({ ms: readyAtMs - startedAtMs, loadedMs: readyAtMs - loadedAtMs })
    assert.equal(master.snapshot().frameworks[0]?.tasks.length, living)
  }
  await cluster.close({ graceMs: 0 })
  host.kill('SIGTERM')
  await once(host, 'exit')
  await master.close()
  const [ms, loadedMs] = ['ms', 'loadedMs'].map((part) => median(times.map((one) => one[part])))
  return { ms, loadedMs }
}

/** From opening the records until each process is told to run on. */
async function resumeAll(root) {
  const records = join(root, 'runs')
  const host = fork(new URL('./recovery-host.js', import.meta.url), [root, records, living])
  await once(host, 'message')
  host.kill('SIGKILL')
  await once(host, 'exit')
  const start = performance.now()
  const processes = new KeptProcesses(records)
  let elapsed = 0
  let runner
  await new Promise((resolve) => {
    let running = 0
    const report = ({ type }) => {
      if (type === 'run.started' && ++running === living) resolve()
    }
    runner = createCommandRunner({ sandboxRoot: root, processes })(report, undefined, owner)
    for (let index = 0; index < living; index++) {
      const command = { value: 'sleep', arguments: ['1000'], shell: false }
      runner.resume({ taskId: `task-${index}`, name: '', agentId: 'S', resources: {}, command })
    }
  })
  elapsed = performance.now() - start
  await runner.close()
  return elapsed
}

/** Median milliseconds of all tasks, both ways in turn. */
async function compare(root) {
  const times = { own: [], kept: [] }
  const kept = new KeptProcesses(join(root, 'kept'))
  const own = new OwnProcesses()
  for (let index = 0; index <= rounds; index++) {
    times.own.push(await run(root, own))
    times.kept.push(await run(root, kept))
  }
  // The first of each pays for the compiler and for the keeper.
  return { own: median(times.own.slice(1)), kept: median(times.kept.slice(1)) }
}

/** As agents do: a runner for each task, closed when its end is known. */
async function run(root, processes) {
  const make = createCommandRunner({ sandboxRoot: root, processes })
  const closing = []
  let started = 0
  const worker = async () => {
    while (started++ < tasks) {
      await new Promise((resolve) => {
        const runner = make(
          ({ type }) => {
            if (type !== 'run.exited') return
            closing.push(runner.close())
            resolve()
          },
          undefined,
          owner,
        )
        const command = { value: 'true', shell: false }
        runner.start({ taskId: `true-${started}`, name: '', agentId: 'S', resources: {}, command })
      })
    }
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: concurrency }, worker))
  const elapsed = performance.now() - start
  await Promise.all(closing)
  return elapsed
}
