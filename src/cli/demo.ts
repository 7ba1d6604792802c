import { rm } from 'node:fs/promises'
import { Command } from 'commander'
import { Cluster } from '../cluster.ts'
import { messageOf } from '../executors/sentences.ts'
import { Stage } from './demo/stage.ts'
import { createTenant } from './demo/tenant.ts'
import { work } from './demo/work.ts'
import { exitCodeOfSignal, listenForInterruption } from './interruption.ts'
import { exitCodes } from './usage.ts'

const thinkMs = 600
/** The demonstration promises to end by itself; something is wrong when it takes this long. */
const patienceMs = 13_000

/** `mesostate demo`: the worked example of the Mesos architecture page, with real processes. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('show two-level scheduling live: one agent, two frameworks, real processes')
    .option('--all', 'also show what agents and executors say')
    .action(async ({ all = false }: { all?: boolean }) => {
      process.exitCode = await demo(all)
    })
}

async function demo(all: boolean): Promise<number> {
  const cluster = new Cluster({
    agents: [{ name: 'agent-1', cpus: 4, mem: 4096 }],
    // Nobody competes for the master's time: each framework needs to register but once.
    timeouts: { registrationBackoffMs: 200 },
  })
  const stage = new Stage(cluster, all)
  using interruption = listenForInterruption((_signal, times) => {
    void cluster.close(times === 1 ? {} : { graceMs: 0 })
  })
  try {
    await perform(cluster, stage)
    await cluster.close()
    stage.stop()
    stage.summarize()
    return exitCodes.ok
  } catch (error) {
    stage.stop()
    if (interruption.signal !== undefined) return exitCodeOfSignal(interruption.signal)
    process.stderr.write(`mesostate: ${messageOf(error)}\n`)
    return exitCodes.failed
  } finally {
    await cluster.close()
    await rm(cluster.workDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

/**
 * The first framework is offered all of the agent and takes three quarters of it. What is left goes
 * to the second, which runs what fits, declines what does not, and gets more when more is free.
 */
async function perform(cluster: Cluster, stage: Stage): Promise<void> {
  await cluster.ready
  const shown = {
    thinkMs,
    remark: (who: string, what: string) => stage.remark(who, what),
    launched: stage.launched.bind(stage),
    updated: stage.updated.bind(stage),
  }
  const late = new AbortController()
  const patience = setTimeout(() => late.abort(), patienceMs)
  const tooLate = new Promise<never>((_resolve, reject) => {
    late.signal.addEventListener('abort', () => {
      reject(new Error(`the demonstration did not end within ${patienceMs / 1_000} s`))
    })
  })
  const first = createTenant(cluster, {
    ...shown,
    name: 'framework-1',
    tasks: [work('crunch', 2_000, 2, 1024), work('sort', 3_200, 1, 2048)],
  })
  const play = async () => {
    await first.framework.registered
    const second = createTenant(cluster, {
      ...shown,
      name: 'framework-2',
      tasks: [work('index', 3_000, 1, 1024), work('train', 1_500, 2, 2048)],
    })
    await Promise.all([first, second].map(leaveWhenDone))
  }
  try {
    await Promise.race([play(), tooLate])
  } finally {
    clearTimeout(patience)
  }
}

async function leaveWhenDone({ framework, done }: ReturnType<typeof createTenant>): Promise<void> {
  await done
  await framework.stop()
}
