import { Host, type HostOptions } from '../actors/host.ts'
import type {
  Clock,
  Ids,
  Runner,
  RunnerFactory,
  RunReport,
  SandboxRegistry,
  Surroundings,
  Volumes,
} from '../actors/ports.ts'
import type { Address, Endpoint } from '../messages/index.ts'
import type { AgentEffect, Program } from '../model/agent/step.ts'
import { assert } from '../model/assert.ts'
import type { ExecutorEffect, ExecutorOptions } from '../model/executor/book.ts'
import type { Timeouts } from '../model/timeouts.ts'
import { exitOfNothing, type ProgramExit, type Programs } from './programs.ts'
import { messageOf } from './sentences.ts'
import type { Users } from './users.ts'

type LaunchExecutor = Extract<AgentEffect, { type: 'launchExecutor' }>

export interface LauncherOptions {
  /** The agent whose executors these are. */
  readonly agent: Address
  /** Where it answers over HTTP, if it does. */
  readonly endpoint?: Endpoint | undefined
  readonly ids: Ids
  readonly timeouts: Timeouts
  /** What every executor is hosted with. */
  readonly host: Pick<HostOptions, 'role' | 'clock' | 'transport' | 'inspection' | 'onMark'>
  readonly runners: Readonly<Partial<Record<LaunchExecutor['kind'], RunnerFactory>>>
  readonly volumes: Volumes
  /** Executors that are programs; without it there are none. */
  readonly programs?: Programs
  readonly sandboxes?: SandboxRegistry | undefined
  /** As whom commands and programs run; without it as the user of this process. */
  readonly users?: Users | undefined
}

/** Launches the executors of one agent inside this process, each an actor with a runner. */
export class Launcher {
  readonly #options: LauncherOptions
  readonly #running = new Map<Address, { readonly host: Host; readonly runner: Runner }>()
  readonly #closing = new Set<Promise<void>>()

  constructor(options: LauncherOptions) {
    this.#options = options
  }

  /** Launches an executor. When that fails, the agent hears of its exit like of any other. */
  launch(wanted: LaunchExecutor): void {
    const problem = this.#problemWithUser(wanted)
    if (problem !== undefined) return this.#tellExit(wanted, { reason: problem, refused: true })
    try {
      this.#launch(wanted)
    } catch (error) {
      this.#tellExit(wanted, exitOfNothing(error))
    }
  }

  /** One that lives runs as whom it runs, whoever is known now. */
  #problemWithUser({ kind, user, recovered }: LaunchExecutor): string | undefined {
    if (kind === 'FUNCTION' || kind === 'THREAD' || recovered !== undefined) return undefined
    try {
      this.#options.users?.find(user)
      return undefined
    } catch (error) {
      return `the executor cannot be launched: ${messageOf(error)}`
    }
  }

  #tellExit({ address }: LaunchExecutor, exit: ProgramExit & { refused?: true }): void {
    const message = { type: 'lifecycle.exited', address, ...exit } as const
    this.#options.host.transport.send({ from: address, to: this.#options.agent, message })
  }

  /** Ends an executor and all its work at once. */
  destroy(address: Address): void {
    this.#running.get(address)?.host.stop('destroyed by its agent')
    this.#options.programs?.destroy(address)
  }

  /** Ends everything; resolves when nothing of it is left. */
  async close(): Promise<void> {
    for (const { host } of [...this.#running.values()]) host.stop('its agent ends')
    await Promise.all([...this.#closing, this.#options.programs?.close()])
  }

  #launch(wanted: LaunchExecutor): void {
    const { address, kind, frameworkId, executorId, user, survives, recovered, program } = wanted
    if (program !== undefined) return this.#launchProgram(wanted, program)
    const { agent, ids, timeouts, host: shared, runners, volumes } = this.#options
    const reports = new Reports(shared.clock, (event) => host.post(event))
    const surroundings = this.#around(wanted)
    const owner = { frameworkId, executorId, user: user.framework, survives, surroundings }
    const makeRunner = runners[kind]
    if (makeRunner === undefined) throw new Error(`this agent has no executor for ${kind}`)
    const noteSandbox = this.#sandboxNoter(wanted)
    const hear = (report: RunReport): void => {
      noteSandbox?.(report)
      reports.add(report)
    }
    const runner = makeRunner(hear, volumes, owner)
    const input: ExecutorOptions = {
      agent,
      frameworkId,
      executorId,
      endsWithTasks: kind === 'COMMAND' || kind === 'DEFAULT',
      instance: ids.uuid(),
      timeouts,
      ...(recovered !== undefined && { recovered }),
    }
    const host = new Host({
      ...shared,
      address,
      input,
      watchers: [agent],
      perform: (_type, params) => performOn(runner, params),
      onEnd: () => this.#close(address, runner),
    })
    this.#running.set(address, { host, runner })
    host.start()
  }

  #around({ roles }: LaunchExecutor): Surroundings {
    const { endpoint, timeouts } = this.#options
    return { endpoint, roles, shutdownGraceMs: timeouts.executorShutdownGraceMs }
  }

  /** A command has the sandbox of its executor; one of a group has its own within that. */
  #sandboxNoter(wanted: LaunchExecutor): ((report: RunReport) => void) | undefined {
    const { sandboxes } = this.#options
    if (sandboxes === undefined) return undefined
    const { kind, frameworkId, executorId, containerId } = wanted
    const place = { frameworkId, executorId, ...(containerId !== undefined && { containerId }) }
    return (report) => {
      if (!('sandbox' in report) || report.sandbox === undefined) return
      const { taskId, sandbox } = report
      sandboxes.add(kind === 'DEFAULT' ? { ...place, taskId } : place, sandbox)
    }
  }

  #launchProgram(wanted: LaunchExecutor, program: Program): void {
    const { programs, volumes } = this.#options
    if (programs === undefined) throw new Error('this agent has no door for programs')
    const { recovered, ...rest } = wanted
    const order = { ...rest, program, volumes, isRecovered: recovered !== undefined }
    programs.launch(order, (exit) => this.#tellExit(wanted, exit))
  }

  #close(address: Address, runner: Runner): void {
    this.#running.delete(address)
    const closing = runner.close().finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }
}

/** Gathers what a runner reports in one turn, so that the executor hears it as one event. */
class Reports {
  readonly #clock: Clock
  readonly #post: (event: { readonly type: string; readonly runs: RunReport[] }) => void
  #pending: RunReport[] = []

  constructor(clock: Clock, post: (event: { type: string; runs: RunReport[] }) => void) {
    this.#clock = clock
    this.#post = post
  }

  add(report: RunReport): void {
    this.#pending.push(report)
    if (this.#pending.length === 1) this.#clock.soon(() => this.#flush())
  }

  #flush(): void {
    const reports = this.#pending
    this.#pending = []
    let batch: { type: string; runs: RunReport[] } | undefined
    for (const report of reports) {
      if (batch?.type !== report.type) {
        batch = { type: report.type, runs: [] }
        this.#post(batch)
      }
      batch.runs.push(report)
    }
  }
}

function performOn(runner: Runner, params: unknown): void {
  assert(isExecutorEffect(params), () => `an executor asks for ${JSON.stringify(params)}`)
  if (params.type === 'stopRun') return runner.stop(params.taskId, params.how, params.why)
  const { type, task } = params
  const { taskId, healthCheck, check } = task
  if (type === 'startRun') runner.start(task)
  else if (type === 'resumeRun') runner.resume(task)
  else if (type === 'checkRun' && healthCheck) runner.check(taskId, healthCheck)
  else if (type === 'observeRun' && check) runner.observe(taskId, check)
}

function isExecutorEffect(params: unknown): params is ExecutorEffect {
  return typeof params === 'object' && params !== null && 'type' in params
}
