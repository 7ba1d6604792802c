import type { ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import type { Runner, RunnerFactory, RunReport, Volumes } from '../actors/ports.ts'
import type { CommandInfo, HealthCheck, TaskInfo } from '../messages/index.ts'
import { InheritedEnvironment, taskVariables } from './environment.ts'
import { HealthChecks } from './health-checks.ts'
import type { ProcessTree } from './process-tree.ts'
import { closeOutput, makeSandbox, type Sandbox, writeExitStatus } from './sandbox.ts'
import { messageOf, sentenceOfExit } from './sentences.ts'
import { spawnCommand, whyNotLaunched } from './spawn-command.ts'
import { TreeReaper } from './tree-reaper.ts'
import { linkVolumes } from './volumes.ts'

export interface CommandRunnerOptions {
  /** Folder under which each run gets a folder of its own; made when missing, never emptied. */
  readonly sandboxRoot: string
}

/**
 * Runs tasks with a command as processes of this machine, as the user of this process. Output goes
 * straight into the files `stdout` and `stderr` of the sandbox; `exit-status` says how it ended.
 * All runners of one factory share the search for processes that tasks leave behind.
 */
export function createCommandRunner(options: CommandRunnerOptions): RunnerFactory {
  const shared: Shared = {
    sandboxRoot: resolve(options.sandboxRoot),
    reaper: new TreeReaper(),
    inherited: new InheritedEnvironment(),
  }
  return (report, volumes) => new CommandRunner(shared, report, volumes)
}

/** What the runners of one factory have in common, because each may run but one task. */
interface Shared {
  readonly sandboxRoot: string
  readonly reaper: TreeReaper
  readonly inherited: InheritedEnvironment
}

/** One task whose main process runs. */
interface Run {
  readonly task: TaskInfo
  readonly command: CommandInfo
  readonly sandbox: string
  readonly mark: string
  readonly tree: ProcessTree
  stopping: boolean
}

class CommandRunner implements Runner {
  readonly #shared: Shared
  readonly #report: (report: RunReport) => void
  readonly #volumes: Volumes | undefined
  readonly #checks: HealthChecks
  readonly #runs = new Map<string, Run>()
  /** Trees of which something may be left, those of ended tasks too. */
  readonly #trees = new Set<ProcessTree>()
  #closed = false

  constructor(shared: Shared, report: (report: RunReport) => void, volumes?: Volumes) {
    this.#shared = shared
    this.#volumes = volumes
    this.#report = (told) => {
      if (!this.#closed) report(told)
    }
    this.#checks = new HealthChecks(this.#report)
  }

  start(task: TaskInfo): void {
    if (this.#closed) return
    const { taskId, command } = task
    if (command === undefined) {
      this.#refuse(taskId, 'the task has no command')
      return
    }
    let sandbox: Sandbox
    try {
      sandbox = makeSandbox(this.#shared.sandboxRoot, taskId)
    } catch (error) {
      this.#refuse(taskId, `the sandbox could not be made: ${messageOf(error)}`)
      return
    }
    try {
      linkVolumes(sandbox.path, task.resources, this.#volumes)
    } catch (error) {
      closeOutput(sandbox)
      this.#refuse(taskId, `its volumes could not be linked: ${messageOf(error)}`, sandbox.path)
      return
    }
    this.#launch(task, command, sandbox)
  }

  stop(taskId: string, how: 'terminate' | 'kill'): void {
    const run = this.#runs.get(taskId)
    if (run === undefined) return
    run.stopping = true
    // The signal reaches processes of checks as well, and what they then say means nothing.
    this.#checks.end(taskId)
    if (how === 'kill') this.#shared.reaper.kill(run.tree)
    else this.#shared.reaper.terminate(run.tree)
  }

  check(taskId: string, check: HealthCheck): void {
    const run = this.#runs.get(taskId)
    if (run === undefined || run.stopping) return
    const { task, command, sandbox, mark } = run
    const environment = () => this.#environment(task, command, sandbox, mark)
    this.#checks.begin(task, check, { directory: sandbox, environment })
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const tree of this.#trees) this.#shared.reaper.kill(tree)
    await Promise.all([this.#checks.close(), ...Array.from(this.#trees, (tree) => tree.gone)])
  }

  #launch(task: TaskInfo, command: CommandInfo, sandbox: Sandbox): void {
    const mark = this.#shared.reaper.nextMark()
    const directory = command.workingDirectory ?? sandbox.path
    const child = spawnCommand(
      command,
      directory,
      this.#environment(task, command, sandbox.path, mark),
      ['ignore', sandbox.stdout, sandbox.stderr],
    )
    closeOutput(sandbox)
    const refuse = (error: unknown) =>
      this.#refuse(task.taskId, whyNotLaunched(command, directory, error), sandbox.path)
    if (child instanceof Error) refuse(child)
    else if (child.pid === undefined) child.once('error', refuse)
    else {
      const tree = this.#shared.reaper.adopt(mark, child.pid)
      this.#follow(child, { task, command, sandbox: sandbox.path, mark, tree, stopping: false })
    }
  }

  #follow(child: ChildProcess, run: Run): void {
    const { taskId } = run.task
    this.#runs.set(taskId, run)
    this.#trees.add(run.tree)
    void run.tree.gone.then(() => this.#trees.delete(run.tree))
    child.once('spawn', () => this.#report({ type: 'run.started', taskId, sandbox: run.sandbox }))
    // Not `close`: the output goes to files, so nothing can still be on its way.
    child.once('exit', (code, signal) => this.#end(run, code ?? undefined, signal ?? undefined))
  }

  #end(run: Run, exitCode: number | undefined, signal: string | undefined): void {
    const { taskId } = run.task
    this.#runs.delete(taskId)
    this.#shared.reaper.mainExited(run.tree)
    this.#checks.end(taskId)
    writeExitStatus(run.sandbox, signal ?? String(exitCode))
    const succeeded = exitCode === 0
    this.#report({
      type: 'run.exited',
      taskId,
      succeeded,
      launched: true,
      sandbox: run.sandbox,
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(signal === undefined ? {} : { signal }),
      ...(succeeded ? {} : { message: sentenceOfExit(run.command, exitCode, signal) }),
    })
  }

  #refuse(taskId: string, message: string, sandbox?: string): void {
    queueMicrotask(() =>
      this.#report({
        type: 'run.exited',
        taskId,
        succeeded: false,
        launched: false,
        message,
        ...(sandbox === undefined ? {} : { sandbox }),
      }),
    )
  }

  #environment(
    task: TaskInfo,
    command: CommandInfo,
    sandbox: string,
    mark: string,
  ): NodeJS.ProcessEnv {
    return {
      ...this.#shared.inherited.now(),
      ...command.environment,
      ...taskVariables(task),
      MESOSTATE_SANDBOX: sandbox,
      [this.#shared.reaper.variable]: mark,
    }
  }
}
