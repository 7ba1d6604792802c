import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { Command } from 'commander'
import { nanoid } from 'nanoid'
import type { FrameworkOptions, JobsOptions } from '../cluster/options.ts'
import { createCluster } from '../cluster.ts'
import { OutputFollower } from '../executors/output-follower.ts'
import { codeOf, messageOf } from '../executors/sentences.ts'
import type { Jobs } from '../frameworks/jobs/jobs.ts'
import type { CommandJob } from '../frameworks/jobs/requests.ts'
import type { TaskHandle, TaskResult } from '../frameworks/jobs/task-handle.ts'
import { exitCodeOfSignal, listenForInterruption } from './interruption.ts'
import { parseAgents } from './job-file/agents.ts'
import { parseAmount, parseCount, parseDuration } from './options.ts'
import { connect } from './processes/connect.ts'
import { type TokenGiven, withTokenFile } from './processes/options.ts'
import { exitCodes, UsageError } from './usage.ts'

/** Whoever waits for longer is told that it waits. */
const patienceMs = 5_000

/** Its task is ended when nothing was heard of a remote exec for so long. */
const failoverTimeoutMs = 10_000

interface ExecOptions extends TokenGiven {
  readonly master?: string
  readonly cpus?: number
  readonly mem?: number
  readonly disk?: number
  readonly gpus?: number
  readonly ports?: number
  readonly timeout?: number
  readonly killGrace?: number
  readonly cwd?: string
  readonly sandbox?: string
  readonly agents?: string[]
}

/** `mesostate exec`: one command as one task, as if it had been started right here. */
export function execCommand(): Command {
  const command = new Command('exec')
    .description('run one command as one task; its output and exit code become those of mesostate')
    .argument('<command...>', 'the program and its arguments, best after --')
    .passThroughOptions()
    .option('--cpus <n>', 'processors it needs (default 1)', parseAmount)
    .option('--mem <mb>', 'memory it needs', parseAmount)
    .option('--disk <mb>', 'disk space it needs', parseAmount)
    .option('--gpus <n>', 'graphics processors it needs', parseAmount)
    .option(
      '--ports <n>',
      'how many ports it needs, found as PORT0, PORT1, … and PORTS',
      parseCount,
    )
    .option(
      '--timeout <duration>',
      'kill it when it runs for longer (exit code 124)',
      parseDuration,
    )
    .option('--kill-grace <duration>', 'how long it may take to end (default 3s)', parseDuration)
    .option('--cwd <dir>', 'the folder to run in (default: this one)')
    .option('--sandbox <dir>', 'keep its sandbox, with stdout, stderr and exit-status, in DIR')
    .option(
      '--agents <spec>',
      'the machine to run on, as cpus:4,gpus:1 (default: this one)',
      collect,
    )
    .option('--master <host:port>', 'run it on the cluster of this master, in its sandbox')
  return withTokenFile(command)
    .addHelpText(
      'after',
      '\nIts input is empty. Exit codes: its own; 128 + n when signal n ended it; 124 timeout; 126 not' +
        '\nexecutable; 127 not found; 125 not started otherwise; 130 after Ctrl-C.',
    )
    .action(async (command: string[], options: ExecOptions) => {
      process.exitCode = await exec(command, options)
    })
}

async function exec(words: readonly string[], options: ExecOptions): Promise<number> {
  const request = requestOf(words, options)
  const { master } = options
  if (master !== undefined) {
    checkRemote(options)
    const cluster = await connect(master, options)
    return runTask(request, cluster, { name: `exec-${nanoid(8)}`, role: 'exec', failoverTimeoutMs })
  }
  const agents = options.agents === undefined ? undefined : parseAgents(options.agents)
  const kept = options.sandbox === undefined ? undefined : resolve(options.sandbox)
  const workDir = kept ?? (await temporaryFolder())
  try {
    const cluster = await createCluster({ workDir, ...(agents !== undefined && { agents }) })
    return await runTask(request, cluster, { name: 'exec' })
  } finally {
    if (kept === undefined) await rm(workDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** What says where and how an embedded cluster runs means nothing to another one. */
function checkRemote({ agents, sandbox }: ExecOptions): void {
  if (agents !== undefined) throw new UsageError('--agents: the master has its own; leave it out')
  if (sandbox !== undefined) throw new UsageError('--sandbox: the agent decides; leave it out')
}

async function temporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'mesostate-exec-'))
  } catch (error) {
    throw new UsageError(`no sandbox can be made in ${tmpdir()}: ${messageOf(error)}`)
  }
}

function requestOf(words: readonly string[], options: ExecOptions): CommandJob {
  const [program = '', ...rest] = words
  const { cpus, mem, disk, gpus, ports, timeout, killGrace, master } = options
  // Elsewhere this folder means nothing: there it runs in its sandbox.
  const { cwd = master === undefined ? '.' : undefined } = options
  return {
    name: 'exec',
    command: [program, ...rest],
    ...(cwd !== undefined && { cwd: resolve(cwd) }),
    ...(cpus !== undefined && { cpus }),
    ...(mem !== undefined && { mem }),
    ...(disk !== undefined && { disk }),
    ...(gpus !== undefined && { gpus }),
    ...(ports !== undefined && { ports }),
    ...(timeout !== undefined && { maxTimeMs: timeout }),
    ...(killGrace !== undefined && { killGraceMs: killGrace }),
  }
}

/** What a cluster is here, embedded or not. */
interface ExecCluster {
  jobs(name: string, options: JobsOptions): Jobs
  close(options?: { readonly graceMs?: number }): Promise<void>
}

async function runTask(
  request: CommandJob,
  cluster: ExecCluster,
  { name, ...options }: FrameworkOptions,
): Promise<number> {
  let task: TaskHandle
  try {
    task = cluster.jobs(name, options).submit(request)
  } catch (error) {
    await cluster.close()
    throw error
  }
  using interruption = listenForInterruption((_signal, times) => {
    void cluster.close(times === 1 ? {} : { graceMs: 0 })
  })
  let unread = false
  const readerLeft = (error: unknown) => {
    if (codeOf(error) !== 'EPIPE') return
    unread = true
    task.kill()
  }
  process.stdout.on('error', readerLeft)
  try {
    await streamOutput(task)
    const result = await task.done
    await cluster.close()
    if (interruption.signal !== undefined) return exitCodeOfSignal(interruption.signal)
    return unread ? exitCodeOfSignal('SIGPIPE') : exitCodeOf(result, request)
  } finally {
    await cluster.close()
    process.stdout.off('error', readerLeft)
  }
}

/** Copies what the task writes while it writes, and returns when it has ended. */
async function streamOutput(task: TaskHandle): Promise<void> {
  let followers: readonly OutputFollower[] = []
  let followed: string | undefined
  const hint = setTimeout(() => tell('it waits: no agent has offered what it needs'), patienceMs)
  for await (const { sandbox, agentId } of task.updates) {
    clearTimeout(hint)
    if (sandbox === undefined || sandbox === followed) continue
    await finish(followers)
    if (followed !== undefined) tell('its agent could not end it, and it is run again')
    followed = sandbox
    followers = []
    if (existsSync(sandbox)) {
      followers = [
        new OutputFollower(join(sandbox, 'stdout'), process.stdout),
        new OutputFollower(join(sandbox, 'stderr'), process.stderr),
      ]
    } else tell(`its output stays on agent ${agentId ?? 'elsewhere'}: ${sandbox}`)
  }
  clearTimeout(hint)
  await finish(followers)
}

/** Copies what is left; nobody writes any more. */
async function finish(followers: readonly OutputFollower[]): Promise<void> {
  for (const outcome of await Promise.allSettled(followers.map((one) => one.finish()))) {
    if (outcome.status === 'fulfilled' || isGone(outcome.reason)) continue
    process.stderr.write(
      `mesostate: the output could not be copied: ${messageOf(outcome.reason)}\n`,
    )
  }
}

/** Nobody reads the output any more, which is the reader's right. */
function isGone(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED'
}

function exitCodeOf(result: TaskResult, request: CommandJob): number {
  const { state, reason, exitCode, signal, message } = result
  if (state === 'TASK_FINISHED') return exitCodes.ok
  if (state === 'TASK_ERROR') throw new UsageError(message ?? 'the task is not possible')
  if (reason === 'MAX_COMPLETION_TIME_REACHED') {
    tell(message ?? 'it took too long')
    return exitCodes.timedOut
  }
  if (exitCode !== undefined) return exitCode
  if (signal !== undefined) return exitCodeOfSignal(signal)
  tell(message ?? `it ended as ${state}`)
  return reason === 'CONTAINER_LAUNCH_FAILED' ? whyNotStarted(request) : exitCodes.notStarted
}

/** As a shell says it of a program that did not start: 127 for none, 126 for a bad one. */
function whyNotStarted({ command, cwd = '.' }: CommandJob): number {
  const program = typeof command === 'string' ? command : command[0]
  const folder = statSync(cwd, { throwIfNoEntry: false })
  if (folder?.isDirectory() !== true) return exitCodes.notStarted
  const places = program.includes('/') ? [cwd] : (process.env.PATH ?? '').split(delimiter)
  const found = places.some((place) => {
    try {
      accessSync(resolve(place, program), constants.F_OK)
      return true
    } catch {
      return false
    }
  })
  return found ? exitCodes.notExecutable : exitCodes.notFound
}

function tell(message: string): void {
  process.stderr.write(`mesostate: ${message}\n`)
}

function collect(spec: string, before: string[] = []): string[] {
  return [...before, spec]
}
