import { randomUUID } from 'node:crypto'
import type { Clock } from '../../actors/ports.ts'
import { RealClock } from '../../actors/real-clock.ts'
import type { ExecutorMessage, TaskInfo, TaskState, TaskStatus } from '../../messages/index.ts'
import type { ExecutorRegistered } from '../../messages/lifecycle.ts'
import { ClosedError, InvalidInputError } from '../../model/errors.ts'
import { isTerminal } from '../../model/task-states.ts'
import { AgentLine, type Introduction } from './agent-line.ts'
import type { StreamEnding } from './event-stream.ts'
import { type ExecutorEnvironment, environmentOf, type Variables } from './executor-environment.ts'
import type { ClientOptions } from './server.ts'
import { Unacknowledged } from './unacknowledged.ts'

type Maybe = void | Promise<void>

/** What an executor does. A task whose handler throws has failed. */
export interface ExecutorHandlers {
  /** Begins a task; says how it goes by `reply.update`. `task.data` is base64. */
  launch(task: TaskInfo, reply: Executor): Maybe
  /** Begins tasks that belong together. By default each is launched. */
  launchGroup?(tasks: readonly TaskInfo[], reply: Executor): Maybe
  /** Ends a task, in the time given if there is one, and says so: TASK_KILLED. */
  kill(taskId: string, options: { readonly graceMs?: number }, reply: Executor): Maybe
  /** Its scheduler says something. */
  message?(data: Uint8Array, reply: Executor): Maybe
  /** Its agent knows it; also after the agent was away. */
  registered?(introduction: Introduction, reply: Executor): Maybe
  /** The way to the agent broke. Tasks go on; updates wait until it is back. */
  disconnected?(reason: string, reply: Executor): Maybe
  /**
   * It is to end, with all its tasks: when this returns and the agent has every update, or the
   * grace period is over, it has ended. Also when the agent does not come back.
   */
  shutdown?(reply: Executor): Maybe
}

export interface ExecutorOptions extends Pick<ClientOptions, 'ca'> {
  /** What the agent has told it. Default: the variables of this process. */
  readonly env?: Variables
  /** For tests: time. */
  readonly clock?: Clock
  /** Hears what cannot be read or was not taken, as sentences. By default stderr does. */
  readonly onTrouble?: (sentence: string) => void
}

/** What more there is to say of a task's state. */
export interface UpdateDetails {
  readonly message?: string
  readonly healthy?: boolean
  /** For its scheduler. */
  readonly data?: Uint8Array | string
}

/** An executor: a program that runs the tasks of one framework on one agent. */
export class Executor {
  readonly frameworkId: string
  readonly executorId: string
  /** Its folder, if the agent said it. */
  readonly sandbox: string | undefined
  /** Resolves when it has ended and its process may; to the reason, if it lost its agent. */
  readonly ended: Promise<Error | undefined>
  readonly #environment: ExecutorEnvironment
  readonly #handlers: ExecutorHandlers
  readonly #clock: Clock
  readonly #trouble: (sentence: string) => void
  readonly #unacknowledged = new Unacknowledged()
  readonly #line: AgentLine
  readonly #live = new Set<string>()
  #isEnding = false
  #hurry: () => void = () => {}
  #end: (error: Error | undefined) => void = () => {}

  /** Throws InvalidInputError; see `connectExecutor`. */
  constructor(handlers: ExecutorHandlers, options: ExecutorOptions) {
    const { env = process.env, clock = new RealClock(), onTrouble } = options
    const environment = environmentOf(env, options)
    this.frameworkId = environment.frameworkId
    this.executorId = environment.executorId
    this.sandbox = environment.sandbox
    this.#environment = environment
    this.#handlers = handlers
    this.#clock = clock
    this.#trouble = onTrouble ?? ((sentence) => void process.stderr.write(`${sentence}\n`))
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#line = new AgentLine({
      environment,
      clock,
      random: Math.random,
      unacknowledged: this.#unacknowledged,
      subscribed: (introduction) => this.#do(() => handlers.registered?.(introduction, this)),
      heard: (message) => this.#hear(message),
      broken: (reason) => this.#do(() => handlers.disconnected?.(reason, this)),
      gone: (ending) => void this.#lose(ending),
      trouble: this.#trouble,
    })
    this.#line.open()
  }

  /**
   * Says in which state a task is. It is kept until the agent has it, and told again when the agent
   * was away. Throws InvalidInputError for a state that no executor may tell.
   */
  update(taskId: string, state: TaskState, details: UpdateDetails = {}): void {
    if (!isTellable(state)) {
      throw new InvalidInputError(`task ${taskId}: no executor says that a task is ${state}`)
    }
    const { executorId, frameworkId } = this
    const { message, healthy, data } = details
    const uuid = randomUUID()
    const status: TaskStatus = {
      taskId,
      state,
      timestampMs: this.#clock.now(),
      source: 'EXECUTOR',
      uuid,
      executorId,
      ...(message !== undefined && { message }),
      ...(healthy !== undefined && { healthy }),
      ...(data !== undefined && { carried: { data: Buffer.from(data).toString('base64') } }),
    }
    if (isTerminal(state)) this.#live.delete(taskId)
    this.#unacknowledged.reported(uuid, status)
    this.#line.say({ type: 'task.update', frameworkId, executorId, updates: [status] })
  }

  /** Says something to its scheduler; lost while the agent is away. */
  message(data: Uint8Array | string): void {
    const { executorId, frameworkId } = this
    const encoded = Buffer.from(data).toString('base64')
    this.#line.say({ type: 'task.message', frameworkId, executorId, data: encoded })
  }

  /** Ends by itself, as if its agent had asked for it. */
  async stop(): Promise<void> {
    await this.#shutDown(undefined)
  }

  #hear(message: Exclude<ExecutorMessage, ExecutorRegistered>): void {
    switch (message.type) {
      case 'task.launch':
        return this.#launch(message.tasks)
      case 'task.launchGroup':
        return this.#launchGroup(message.tasks)
      case 'task.kill':
        for (const { taskId, killPolicy } of message.kills) {
          const options = killPolicy === undefined ? {} : { graceMs: killPolicy.gracePeriodMs }
          this.#do(() => this.#handlers.kill(taskId, options, this))
        }
        return
      case 'task.acknowledge':
        return this.#unacknowledged.acknowledged(message)
      case 'task.message':
        return this.#do(() => this.#handlers.message?.(Buffer.from(message.data, 'base64'), this))
      case 'lifecycle.shutdownExecutor':
        void this.#shutDown(undefined)
    }
  }

  #launch(tasks: readonly TaskInfo[]): void {
    for (const task of tasks) {
      this.#note(task)
      this.#do(() => this.#handlers.launch(task, this), [task])
    }
  }

  #launchGroup(tasks: readonly TaskInfo[]): void {
    if (this.#handlers.launchGroup === undefined) return this.#launch(tasks)
    for (const task of tasks) this.#note(task)
    this.#do(() => this.#handlers.launchGroup?.(tasks, this), tasks)
  }

  #note(task: TaskInfo): void {
    this.#unacknowledged.launched(task)
    this.#live.add(task.taskId)
  }

  /** What a handler throws is its tasks' end, and nobody else's. */
  #do(handler: () => Maybe, tasks: readonly TaskInfo[] = []): void {
    const fail = (error: unknown): void => {
      const message = error instanceof Error ? error.message : String(error)
      this.#trouble(`a handler threw: ${message}`)
      for (const { taskId } of tasks) {
        if (this.#live.has(taskId)) this.update(taskId, 'TASK_FAILED', { message })
      }
    }
    try {
      const result = handler()
      if (result instanceof Promise) result.catch(fail)
    } catch (error) {
      fail(error)
    }
  }

  async #lose({ reason, refusal }: StreamEnding): Promise<void> {
    this.#hurry()
    await this.#shutDown(refusal ?? new ClosedError(`the agent is gone: ${reason}`))
  }

  /** The agent would end it by force after the grace period: it does not wait for longer. */
  async #shutDown(error: Error | undefined): Promise<void> {
    if (this.#isEnding) return void (await this.ended)
    this.#isEnding = true
    const patience = new Promise<void>((over) => {
      this.#hurry = over
    })
    const timer = this.#clock.setTimer(this.#hurry, this.#environment.shutdownGraceMs)
    await Promise.race([patience, this.#sayGoodbye()])
    this.#clock.clearTimer(timer)
    this.#line.close()
    this.#end(error)
  }

  async #sayGoodbye(): Promise<void> {
    try {
      await this.#handlers.shutdown?.(this)
    } catch (error) {
      this.#trouble(`the handler of shutdown threw: ${String(error)}`)
    }
    if (this.#line.isOver) return
    await this.#unacknowledged.none()
    await this.#line.drained()
  }
}

const untellable: ReadonlySet<TaskState> = new Set<TaskState>(['TASK_STAGING', 'TASK_UNKNOWN'])

function isTellable(state: TaskState): boolean {
  return !untellable.has(state)
}

/**
 * Runs this program as an executor: reads what its agent has told it by variables (`MESOS_…`),
 * subscribes there, and hears of tasks. When its agent is away it waits for it, if its framework
 * wants that (`MESOS_CHECKPOINT`), and else ends. Throws InvalidInputError when no agent has
 * started it.
 */
export function connectExecutor(
  handlers: ExecutorHandlers,
  options: ExecutorOptions = {},
): Executor {
  return new Executor(handlers, options)
}
