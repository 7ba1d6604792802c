import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCommandRunner } from '../dist/executors/command-runner.js'
import { KeptProcesses } from '../dist/executors/kept-processes.js'
import { OwnProcesses } from '../dist/executors/own-processes.js'
import { median, round } from './support.js'

const living = 200
const resumeMsMax = 1_000
const tasks = 500
const concurrency = 8
const rounds = 5
const owner = { frameworkId: 'F', executorId: 'E' }

/** What it costs that processes survive their agent, and how soon they are found again. */
export async function recovery() {
  const root = mkdtempSync(join(tmpdir(), 'mesostate-recovery-'))
  try {
    const resumeMs = await resumeAll(root)
    const { own, kept } = await compare(root)
    return {
      rows: [
        { part: `${living} living processes resumed`, ms: round(resumeMs) },
        { part: 'command `true`, child of the agent', ms: round(own / tasks, 3) },
        { part: 'command `true`, surviving the agent', ms: round(kept / tasks, 3) },
      ],
      verdicts: [
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
