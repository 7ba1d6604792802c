import { resolve } from 'node:path'
import type { Runner, RunnerFactory, RunOwner, RunReport, Volumes } from '../actors/ports.ts'
import type { Check, CommandInfo, HealthCheck, TaskInfo } from '../messages/index.ts'
import { userOf } from '../model/command-user.ts'
import type { RunEnding } from '../model/executor/book.ts'
import { InheritedEnvironment, mesosVariables, taskVariables } from './environment.ts'
import { exitReport } from './exit-report.ts'
import { Fetches, filesFor } from './fetch-files.ts'
import { HealthChecks } from './health-checks.ts'
import type { CheckPlace } from './health-probes.ts'
import { OwnProcesses } from './own-processes.ts'
import type { ProcessMeter } from './process-meter.ts'
import type { ProcessExit, Processes, ProcessListener, TaskProcess } from './processes.ts'
import type { RunName } from './run-records.ts'
import { writeExitStatus } from './sandbox.ts'
import { messageOf } from './sentences.ts'
import { whyNotLaunched } from './spawn-command.ts'
import { type Place, preparePlace } from './task-place.ts'
import type { ProcessUser, Users } from './users.ts'

export interface CommandRunnerOptions {
  /** Folder under which each run gets a folder of its own; made when missing, never emptied. */
  readonly sandboxRoot: string
  /** How commands become processes; by default as children of this one, which end with it. */
  readonly processes?: Processes
  /** The same of those that are to outlive this one; by default they do not. */
  readonly survivors?: Processes
  /** As whom commands run; without it as the user of this process. */
  readonly users?: Users | undefined
  /** Measures what they use. */
  readonly meter?: ProcessMeter | undefined
}

/**
 * Runs tasks with a command as processes of this machine, as whom they ask for. Output goes
 * straight into the files `stdout` and `stderr` of the sandbox; `exit-status` says how it ended.
 * All runners of one factory share the search for processes that tasks leave behind.
 */
export function createCommandRunner(options: CommandRunnerOptions): RunnerFactory {
  const shared: Shared = {
    sandboxRoot: resolve(options.sandboxRoot),
    processes: options.processes ?? new OwnProcesses(),
    survivors: options.survivors,
    inherited: new InheritedEnvironment(),
    users: options.users,
    meter: options.meter,
  }
  return (report, volumes, owner) => new CommandRunner(shared, report, volumes, owner)
}

/** What the runners of one factory have in common, because each may run but one task. */
interface Shared {
  readonly sandboxRoot: string
  readonly processes: Processes
  readonly survivors: Processes | undefined
  readonly inherited: InheritedEnvironment
  readonly users: Users | undefined
  readonly meter: ProcessMeter | undefined
}

/** One task whose main process runs, or is about to. */
interface Run {
  readonly task: TaskInfo
  readonly command: CommandInfo
  readonly process: TaskProcess
  isStopping: boolean
}

/** How far a task had come that never began. */
interface Refusal {
  readonly sandbox?: string | undefined
  readonly prepared?: false
}

const unprepared = { prepared: false } as const

/** Nobody's work: it cannot be found again. */
const noOwner: RunOwner = { frameworkId: '', executorId: '' }

class CommandRunner implements Runner {
  readonly #shared: Shared
  readonly #kind: Processes
  readonly #report: (report: RunReport) => void
  readonly #volumes: Volumes | undefined
  readonly #owner: RunOwner
  readonly #checks: HealthChecks
  readonly #runs = new Map<string, Run>()
  readonly #fetches = new Fetches()
  /** Those of which something may be left, of ended tasks too. */
  readonly #processes = new Set<TaskProcess>()
  #closed = false

  constructor(
    shared: Shared,
    report: (report: RunReport) => void,
    volumes?: Volumes,
    owner = noOwner,
  ) {
    this.#shared = shared
    this.#kind = (owner.survives === true ? shared.survivors : undefined) ?? shared.processes
    this.#volumes = volumes
    this.#owner = owner
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
    const place = this.#prepare(task, command)
    if (place === undefined) return
    const files = filesFor(command)
    if (files.length === 0) return this.#launch(task, command, place)
    const { sandbox } = place
    void this.#fetches.fetch(taskId, files, place, (problem) => {
      if (problem !== undefined) this.#refuse(taskId, problem, { sandbox, ...unprepared })
      else if (!this.#closed) this.#launch(task, command, place)
    })
  }

  /** Its user and its folder; nothing, and a report, when it cannot have them. */
  #prepare({ taskId, resources }: TaskInfo, command: CommandInfo): Place | undefined {
    const place = preparePlace({
      root: this.#shared.sandboxRoot,
      taskId,
      resources,
      volumes: this.#volumes,
      findUser: () => this.#userFor(command),
    })
    if (!('problem' in place)) return place
    const { problem, sandbox } = place
    this.#refuse(taskId, problem, { sandbox, ...unprepared })
    return undefined
  }

  resume(task: TaskInfo): void {
    if (this.#closed) return
    const { taskId, command } = task
    const name = this.#nameOf(taskId)
    const process =
      command === undefined ? undefined : this.#kind.resume(name, this.#listen(taskId, command))
    if (command !== undefined && process !== undefined) this.#follow(task, command, process)
    else this.#refuse(taskId, 'there is no trace of it: it never began, or its folder was removed')
  }

  stop(taskId: string, how: 'terminate' | 'kill', why?: RunEnding): void {
    this.#fetches.abort(taskId)
    const run = this.#runs.get(taskId)
    if (run === undefined) return
    run.isStopping = true
    // The signal reaches processes of checks as well, and what they then say means nothing.
    this.#checks.end(taskId)
    run.process.stop(how, why)
  }

  check(taskId: string, check: HealthCheck): void {
    this.#beside(
      taskId,
      (task, place) => this.#checks.begin(task, check, place),
      (problem) => {
        const message = `the health check did not start: ${problem}`
        return { type: 'run.checked', taskId, healthy: false, message }
      },
    )
  }

  observe(taskId: string, check: Check): void {
    this.#beside(
      taskId,
      (task, place) => this.#checks.observe(task, check, place),
      () => ({ type: 'run.statusChecked', taskId, checkStatus: { type: check.type } }),
    )
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#fetches.abortAll()
    const ends = Array.from(this.#processes, (process) => process.close())
    await Promise.all([this.#checks.close(), ...ends])
  }

  /** Makes a check of a task where it runs, as its user and as a part of it. */
  #beside(
    taskId: string,
    make: (task: TaskInfo, place: CheckPlace) => void,
    failed: (problem: string) => RunReport,
  ): void {
    const run = this.#runs.get(taskId)
    if (run === undefined || run.isStopping) return
    const { task, command, process } = run
    const { sandbox, mark } = process
    const environment = () => ({
      ...this.#environment(task, command, sandbox),
      [this.#kind.reaper.variable]: mark,
    })
    try {
      make(task, { directory: sandbox, environment, user: this.#userFor(command) })
    } catch (error) {
      queueMicrotask(() => this.#report(failed(messageOf(error))))
    }
  }

  #userFor(command: CommandInfo): ProcessUser | undefined {
    return this.#shared.users?.find({ command: userOf(command), framework: this.#owner.user })
  }

  #launch(task: TaskInfo, command: CommandInfo, { sandbox, user }: Place): void {
    const directory = command.workingDirectory ?? sandbox
    try {
      const order = {
        name: this.#nameOf(task.taskId),
        command,
        directory,
        sandbox,
        environment: this.#environment(task, command, sandbox),
        user,
      }
      const listener = this.#listen(task.taskId, command)
      this.#follow(task, command, this.#kind.start(order, listener))
    } catch (error) {
      this.#refuse(task.taskId, whyNotLaunched(command, directory, error), { sandbox })
    }
  }

  #follow(task: TaskInfo, command: CommandInfo, process: TaskProcess): void {
    this.#runs.set(task.taskId, { task, command, process, isStopping: false })
    this.#processes.add(process)
    this.#shared.meter?.add(this.#owner, this.#kind.reaper, process)
    void process.gone.then(() => this.#processes.delete(process))
  }

  #listen(taskId: string, command: CommandInfo): ProcessListener {
    return {
      started: (past) => {
        const sandbox = this.#runs.get(taskId)?.process.sandbox
        this.#report({
          type: 'run.started',
          taskId,
          ...(sandbox !== undefined && { sandbox }),
          ...past,
        })
      },
      refused: (error) => {
        const sandbox = this.#runs.get(taskId)?.process.sandbox
        this.#runs.delete(taskId)
        const directory = command.workingDirectory ?? sandbox ?? ''
        this.#refuse(taskId, whyNotLaunched(command, directory, error), { sandbox })
      },
      exited: (exit) => {
        const run = this.#runs.get(taskId)
        if (run !== undefined) this.#end(run, exit)
      },
    }
  }

  #end({ task, command, process }: Run, exit: ProcessExit): void {
    const { exitCode, signal } = exit
    const { taskId } = task
    const { sandbox } = process
    this.#runs.delete(taskId)
    this.#checks.end(taskId)
    writeExitStatus(sandbox, signal ?? (exitCode === undefined ? 'unknown' : String(exitCode)))
    this.#report(exitReport(taskId, command, sandbox, exit))
  }

  #refuse(taskId: string, message: string, { sandbox, prepared }: Refusal = {}): void {
    queueMicrotask(() =>
      this.#report({
        type: 'run.exited',
        taskId,
        succeeded: false,
        launched: false,
        message,
        ...(sandbox === undefined ? {} : { sandbox }),
        ...(prepared === undefined ? {} : { prepared }),
      }),
    )
  }

  #nameOf(taskId: string): RunName {
    const { frameworkId, executorId } = this.#owner
    return { frameworkId, executorId, taskId }
  }

  #environment(task: TaskInfo, command: CommandInfo, sandbox: string): NodeJS.ProcessEnv {
    return {
      ...this.#shared.inherited.now(),
      ...command.environment,
      ...taskVariables(task),
      ...mesosVariables(this.#owner, task, sandbox),
      MESOSTATE_SANDBOX: sandbox,
    }
  }
}
