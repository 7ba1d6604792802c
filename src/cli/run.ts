import { resolve } from 'node:path'
import { Command } from 'commander'
import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import { createCluster } from '../cluster.ts'
import { exitCodeOfSignal, listenForInterruption } from './interruption.ts'
import type { Plan } from './job-file/plan.ts'
import {
  type PlanOptions,
  printDocument,
  readPlan,
  sortArguments,
  withPlanOptions,
} from './plan-options.ts'
import { connect } from './processes/connect.ts'
import { type TokenGiven, withTokenFile } from './processes/options.ts'
import { tell } from './processes/talk.ts'
import {
  documentOf,
  type EndedTask,
  failureLines,
  type RunReport,
  verdictLine,
} from './running/report.ts'
import { asRunCluster, type RunCluster } from './running/run-cluster.ts'
import { type SubmittedTask, submitPlan } from './running/submit.ts'
import { Watch } from './running/watch.ts'
import { exitCodes, UsageError } from './usage.ts'

interface RunOptions extends PlanOptions, TokenGiven {
  readonly master?: string
  readonly workDir?: string
  readonly messages?: boolean
}

/** `mesostate run`: the frameworks and jobs of a file, on a cluster here or elsewhere. */
export function runCommand(): Command {
  return withTokenFile(withPlanOptions(new Command('run')))
    .description('run the frameworks and jobs of a file on an embedded cluster')
    .argument('[file]', 'the job file, in YAML or JSON')
    .option('--work-dir <dir>', 'where sandboxes are made (default: a new temporary folder)')
    .option('--master <host:port>', 'run them on the cluster of this master instead')
    .option('--json', 'print one JSON document at the end, and nothing else on stdout')
    .option('--messages', 'also show what schedulers and master say to each other')
    .addHelpText(
      'after',
      '\nExit codes: 0 all tasks finished; 1 one did not; 2 the file is wrong and nothing was started;' +
        '\n130 after Ctrl-C, which ends all tasks gracefully (again: at once).',
    )
    .action(async (file: string | undefined, options: RunOptions) => {
      process.exitCode = await run(file, options)
    })
}

async function run(file: string | undefined, options: RunOptions): Promise<number> {
  const { words, specs } = sortArguments([file], options.agents, 'mesostate run FILE.yaml')
  const plan = await readPlan(words[0], { ...options, ...(specs && { agents: [...specs] }) })
  if (plan === undefined) return exitCodes.usage
  const report = await runPlan(plan, options)
  if (options.json) printDocument(documentOf(report))
  return report.exitCode
}

async function runPlan(plan: Plan, options: RunOptions): Promise<RunReport> {
  const { json = false, messages = false } = options
  const startedAtMs = Date.now()
  const cluster = await clusterFor(plan, options)
  const stream = json ? process.stderr : process.stdout
  const show = !json || stream.isTTY === true
  const watch = new Watch({ cluster, stream, show, messages, startedAtMs })
  let lastStanding: ClusterSnapshot | undefined
  using interruption = listenForInterruption((signal, times) => {
    lastStanding ??= cluster.snapshot()
    watch.remark(
      times === 1
        ? `${signal}: the tasks are asked to end; the same again forces them`
        : `${signal}: the tasks are forced to end`,
    )
    void cluster.close(times === 1 ? {} : { graceMs: 0 })
  })
  try {
    const tasks = submitPlan(cluster, plan)
    await Promise.all(tasks.map((task) => watch.follow(task)))
    const ended = await Promise.all(tasks.map(withEnd))
    const standing = lastStanding ?? cluster.snapshot()
    await cluster.close()
    const { signal } = interruption
    const report: RunReport = {
      plan,
      exitCode: signal === undefined ? exitCodeOf(ended) : exitCodeOfSignal(signal),
      signal,
      startedAtMs,
      endedAtMs: Date.now(),
      workDir: cluster.workDir,
      cluster: standing,
      tasks: ended,
      messages: watch.talk.byType(),
      peaks: watch.peaks,
    }
    watch.stop()
    summarize(watch, report)
    return report
  } finally {
    watch.stop()
    await cluster.close()
  }
}

async function clusterFor(plan: Plan, options: RunOptions): Promise<RunCluster> {
  const { agents, sharing } = plan
  const { workDir, master } = options
  if (master !== undefined) {
    checkRemote(plan, options)
    return asRunCluster(await connect(master, options))
  }
  return createCluster({
    ...(agents !== undefined && { agents }),
    ...sharing,
    ...(workDir !== undefined && { workDir: resolve(workDir) }),
  })
}

/** A cluster elsewhere has its own agents and policy, and runs commands only. */
function checkRemote({ agents, sharing, frameworks }: Plan, options: RunOptions): void {
  const taken = (['agents', 'policy', 'workDir'] as const).find((key) => options[key] !== undefined)
  if (taken !== undefined) {
    const name = taken === 'workDir' ? 'work-dir' : taken
    throw new UsageError(`--${name}: the cluster of the master has its own; leave it out`)
  }
  for (const { name, jobs } of frameworks) {
    if (jobs.every((job) => 'command' in job)) continue
    throw new UsageError(`${name} has modules to run; over --master only commands can`)
  }
  if (agents === undefined && Object.keys(sharing).length === 0) return
  tell('agents and how they are shared is what the master says, not the file')
}

function summarize(watch: Watch, report: RunReport): void {
  const { style } = watch
  const failures = failureLines(report.tasks, style)
  if (failures.length > 0) watch.line()
  for (const line of failures) watch.line(line)
  watch.line()
  watch.line(verdictLine(report, style))
  watch.line(style.dim(watch.talk.summary()))
  const { workDir } = report
  if (workDir !== undefined && report.tasks.some(({ end }) => end.sandbox !== undefined)) {
    watch.line(style.dim(`sandboxes: ${workDir}`))
  }
}

async function withEnd(task: SubmittedTask): Promise<EndedTask> {
  const { framework, handle, resources } = task
  const end = await handle.done
  return { framework, handle, resources, result: await task.result, end }
}

function exitCodeOf(tasks: readonly EndedTask[]): number {
  const ok = tasks.every(({ end }) => end.state === 'TASK_FINISHED')
  return ok ? exitCodes.ok : exitCodes.failed
}
