import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { policyNamed } from '../cluster/sharing.ts'
import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import { createCluster } from '../cluster.ts'
import { exitCodeOfSignal, listenForInterruption } from './interruption.ts'
import { parseAgents } from './job-file/agents.ts'
import type { Overrides } from './job-file/check-file.ts'
import type { Plan } from './job-file/plan.ts'
import { problemText } from './job-file/problems.ts'
import {
  documentOf,
  type EndedTask,
  failureLines,
  type RunReport,
  verdictLine,
} from './running/report.ts'
import { type SubmittedTask, submitPlan } from './running/submit.ts'
import { Watch } from './running/watch.ts'
import { exitCodes, UsageError } from './usage.ts'

interface RunOptions {
  readonly agents?: string[]
  readonly policy?: string
  readonly workDir?: string
  readonly json?: boolean
  readonly messages?: boolean
}

/** `mesostate run`: the frameworks and jobs of a file, on a cluster inside this process. */
export function runCommand(): Command {
  return new Command('run')
    .description('run the frameworks and jobs of a file on an embedded cluster')
    .argument('[file]', 'the job file, in YAML or JSON')
    .option('--agents <spec...>', 'agents instead of those of the file, as "2x cpus:4,mem:8192"')
    .option('--policy <name>', 'who is offered what, instead of what the file says')
    .option('--work-dir <dir>', 'where sandboxes are made (default: a new temporary folder)')
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
  const { path, specs } = sortArguments(file, options.agents)
  const { policy, json = false } = options
  if (policy !== undefined) policyNamed(policy)
  const overrides: Overrides = {
    ...(specs !== undefined && { agents: parseAgents(specs) }),
    ...(policy !== undefined && { policy }),
  }
  const { readJobFile } = await import('./job-file/read.ts')
  const { plan, problems } = readJobFile(path, overrides)
  if (plan === undefined) {
    for (const problem of problems) process.stderr.write(`${problemText(problem)}\n`)
    if (json) print({ file: path, ok: false, exitCode: exitCodes.usage, problems })
    return exitCodes.usage
  }
  const report = await runPlan(plan, options)
  if (json) print(documentOf(report))
  return report.exitCode
}

/** `--agents` takes all words that follow, and so the file as well when it stands last. */
function sortArguments(file: string | undefined, specs: readonly string[] | undefined) {
  if (file !== undefined) return { path: file, specs }
  const last = specs?.at(-1)
  if (last === undefined || !(existsSync(last) || /\.(ya?ml|json)$/.test(last))) {
    throw new UsageError('which file? expected: mesostate run FILE.yaml')
  }
  const others = specs?.slice(0, -1) ?? []
  if (others.length === 0) throw new UsageError(`--agents needs a description before ${last}`)
  return { path: last, specs: others }
}

async function runPlan(plan: Plan, options: RunOptions): Promise<RunReport> {
  const { json = false, messages = false, workDir } = options
  const { agents, policy } = plan
  const startedAtMs = Date.now()
  const cluster = await createCluster({
    ...(agents !== undefined && { agents }),
    ...(policy !== undefined && { policy }),
    ...(workDir !== undefined && { workDir: resolve(workDir) }),
  })
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
    }
    watch.stop()
    summarize(watch, report)
    return report
  } finally {
    watch.stop()
    await cluster.close()
  }
}

function summarize(watch: Watch, report: RunReport): void {
  const { style } = watch
  const failures = failureLines(report.tasks, style)
  if (failures.length > 0) watch.line()
  for (const line of failures) watch.line(line)
  watch.line()
  watch.line(verdictLine(report, style))
  watch.line(style.dim(watch.talk.summary()))
  if (report.tasks.some(({ end }) => end.sandbox !== undefined)) {
    watch.line(style.dim(`sandboxes: ${report.workDir}`))
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

function print(document: object): void {
  process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
}
