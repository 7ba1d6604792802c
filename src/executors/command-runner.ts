import type { ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import type { Runner, RunnerFactory, RunReport } from '../actors/ports.ts'
import type { CommandInfo, HealthCheck, TaskInfo } from '../messages/index.ts'
import { taskVariables } from './environment.ts'
import { HealthChecks } from './health-checks.ts'
import type { ProcessTree } from './process-tree.ts'
import { closeOutput, makeSandbox, type Sandbox, writeExitStatus } from './sandbox.ts'
import { messageOf, sentenceOfExit } from './sentences.ts'
import { spawnCommand, whyNotLaunched } from './spawn-command.ts'
import { TreeReaper } from './tree-reaper.ts'

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
  const sandboxRoot = resolve(options.sandboxRoot)
  const reaper = new TreeReaper()
  return (report) => new CommandRunner(sandboxRoot, reaper, report)
}

/** One task whose main process runs. */
interface Run {
  readonly task: TaskInfo
  readonly command: CommandInfo
  readonly sandbox: string
  readonly mark: string
  readonly tree: ProcessTree
}

class CommandRunner implements Runner {
  readonly #sandboxRoot: string
  readonly #reaper: TreeReaper
  readonly #report: (report: RunReport) => void
  readonly #checks: HealthChecks
  readonly #runs = new Map<string, Run>()
  /** Trees of which something may be left, those of ended tasks too. */
  readonly #trees = new Set<ProcessTree>()
  #inherited: NodeJS.ProcessEnv | undefined
  #closed = false

  constructor(sandboxRoot: string, reaper: TreeReaper, report: (report: RunReport) => void) {
    this.#sandboxRoot = sandboxRoot
    this.#reaper = reaper
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
      sandbox = makeSandbox(this.#sandboxRoot, taskId)
    } catch (error) {
      this.#refuse(taskId, `the sandbox could not be made: ${messageOf(error)}`)
      return
    }
    this.#launch(task, command, sandbox)
  }

  stop(taskId: string, how: 'terminate' | 'kill'): void {
    const run = this.#runs.get(taskId)
    if (run === undefined) return
    if (how === 'kill') this.#reaper.kill(run.tree)
    else this.#reaper.terminate(run.tree)
  }

  check(taskId: string, check: HealthCheck): void {
    const run = this.#runs.get(taskId)
    if (run === undefined) return
    const { task, command, sandbox, mark } = run
    const environment = () => this.#environment(task, command, sandbox, mark)
    this.#checks.begin(task, check, { directory: sandbox, environment })
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const tree of this.#trees) this.#reaper.kill(tree)
    await Promise.all([this.#checks.close(), ...Array.from(this.#trees, (tree) => tree.gone)])
  }

  #launch(task: TaskInfo, command: CommandInfo, sandbox: Sandbox): void {
    const mark = this.#reaper.nextMark()
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
      const tree = this.#reaper.adopt(mark, child.pid)
      this.#follow(child, { task, command, sandbox: sandbox.path, mark, tree })
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
    this.#reaper.mainExited(run.tree)
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
      ...this.#inheritedNow(),
      ...command.environment,
      ...taskVariables(task),
      MESOSTATE_SANDBOX: sandbox,
      [this.#reaper.variable]: mark,
    }
  }
  /** `process.env` costs a call of the system per variable: one copy serves all starts of a turn. */
  #inheritedNow(): NodeJS.ProcessEnv {
    if (this.#inherited === undefined) {
      this.#inherited = { ...process.env }
      queueMicrotask(() => {
        this.#inherited = undefined
      })
    }
    return this.#inherited
  }
}
