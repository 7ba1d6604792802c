import type { Call, Calls, Outcome } from '../../actors/calls.ts'
import type { Clock } from '../../actors/ports.ts'
import { problemWithId, type Resources, type TaskStatus } from '../../messages/index.ts'
import { ClosedError, InvalidInputError, TaskEndedError } from '../../model/errors.ts'
import { checkKeys } from '../../model/resources/amounts.ts'
import { toQuantities } from '../../model/resources/quantities.ts'
import { Deferred } from '../deferred.ts'
import { Scheduler, type SchedulerParts } from '../scheduler.ts'
import { callTask, checkDuration, commandTask, type UnplacedTask } from '../task-request.ts'
import { Dispatcher } from './dispatcher.ts'
import { problemWithFit } from './fit.ts'
import type { Job } from './job.ts'
import { Lease } from './lease.ts'
import * as requests from './requests.ts'
import { Signals } from './signals.ts'
import { TaskHandle } from './task-handle.ts'

export interface JobsParts extends SchedulerParts {
  readonly clock: Clock
  readonly calls: Calls
  /** What each agent has in all. */
  readonly agents: () => readonly Resources[]
}

/** How much longer than its grace a task's end may take to be told when a tenant is closed. */
const drainMarginMs = 10_000

/** What every kind of job has in common. */
interface Plan {
  readonly name: string
  readonly task: UnplacedTask
  readonly retries?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Work of this process, kept until the job has ended. */
  readonly call?: Call
  readonly onEnd?: (status: TaskStatus, outcome: Outcome | undefined) => void
}

/**
 * A tenant: the built-in framework that takes jobs and handles the offers for them. How long a
 * resource is held is the job's business.
 */
export class Jobs {
  readonly name: string
  readonly #parts: JobsParts
  readonly #scheduler: Scheduler
  readonly #dispatcher: Dispatcher
  readonly #ended = new Deferred<void>()
  readonly #signals = new Signals()
  #drained: Deferred<void> | undefined
  #closedBecause: string | undefined
  readonly #counts = new Map<string, number>()

  constructor(parts: JobsParts) {
    this.name = parts.info.name
    this.#parts = parts
    this.#dispatcher = new Dispatcher({
      clock: parts.clock,
      call: (call) => this.#scheduler.call(call),
    })
    this.#scheduler = new Scheduler(parts, {
      offers: (offers) => this.#dispatcher.offers(offers),
      updates: (updates) => this.#dispatcher.updates(updates),
      failed: (message) => this.#finish(message),
      stopped: () => this.#finish('the tenant was closed'),
    }).start()
  }

  /** How many jobs wait for resources, and how many run or are about to. */
  get counts(): { readonly waiting: number; readonly launched: number } {
    return { waiting: this.#dispatcher.waiting, launched: this.#dispatcher.launched }
  }

  /** Runs a command as a real process. Throws InvalidInputError for a request that cannot work. */
  submit(request: requests.CommandJob): TaskHandle {
    checkKeys(titled('job', request), request, requests.commandJobKeys)
    const { name = 'job', retries, signal } = request
    const what = `job ${name}`
    return this.#add({ name, retries, signal, task: commandTask(what, name, request) })
  }

  /**
   * Runs the default export of a module in a thread of its own, as `(input, { signal })`, and
   * resolves to what it returns. Rejects with what it throws, or with TaskEndedError.
   */
  run<Result = unknown>(
    module: URL | string,
    options: requests.ModuleOptions = {},
    input?: unknown,
  ): requests.TaskPromise<Result> {
    const { name = 'module', transfer } = options
    checkKeys(`job ${name}`, options, requests.moduleKeys)
    const call: Call = { kind: 'module', url: module, input, ...(transfer && { transfer }) }
    return this.#addCall<Result>(call, options, callTask(`job ${name}`, name, 'THREAD', options))
  }

  /**
   * Runs a function in this process, under the same accounting, and resolves to what it returns.
   * `signal` aborts when the task is to end. Rejects with what it throws, or with TaskEndedError.
   */
  call<Result>(
    work: (signal: AbortSignal) => Result | Promise<Result>,
    options: requests.CallOptions = {},
  ): requests.TaskPromise<Result> {
    const { name = 'call' } = options
    checkKeys(`job ${name}`, options, requests.callKeys)
    if (typeof work !== 'function') {
      throw new InvalidInputError(`job ${name}: give a function to call, not ${String(work)}`)
    }
    const call: Call = { kind: 'function', run: work }
    return this.#addCall<Result>(call, options, callTask(`job ${name}`, name, 'FUNCTION', options))
  }

  /** Waits for resources and holds them until they are released, or the lease is killed. */
  acquire(options: requests.LeaseOptions): Promise<Lease> {
    checkKeys(titled('lease', options), options, requests.leaseKeys)
    const { name = 'lease', signal } = options
    const granted = new Deferred<Lease>()
    const released = new Deferred<void>()
    const call: Call = {
      kind: 'function',
      run: (taken, task) => {
        taken.addEventListener('abort', () => released.resolve(), { once: true })
        this.#signals.remove(signal, stopWaiting)
        granted.resolve(new Lease(task, taken, released))
        return released.promise
      },
    }
    const held = this.#addCall<void>(
      call,
      {},
      callTask(`job ${name}`, name, 'FUNCTION', amounts(options)),
    )
    const stopWaiting = (): void => held.task.kill()
    this.#signals.add(signal, stopWaiting)
    held.catch((error) => {
      this.#signals.remove(signal, stopWaiting)
      granted.reject(signal?.aborted ? reasonOf(signal) : error)
    })
    return granted.promise
  }

  /** Ends every job, leaves the cluster, and resolves when both are done. */
  async close(options: { readonly graceMs?: number } = {}): Promise<void> {
    checkDuration(this.name, 'graceMs', options.graceMs)
    this.#closedBecause ??= 'the tenant was closed'
    for (const job of this.#dispatcher.all()) this.#dispatcher.kill(job, options.graceMs)
    if (this.#dispatcher.launched > 0) await this.#drain(options.graceMs)
    this.#scheduler.call({ type: 'call.stop' })
    await this.#ended.promise
  }

  #addCall<Result>(
    call: Call,
    options: requests.CallOptions,
    task: UnplacedTask,
  ): requests.TaskPromise<Result> {
    const { retries, signal } = options
    const result = new Deferred<Result>()
    const handle = this.#add({
      name: task.name,
      task,
      retries,
      signal,
      call,
      onEnd: (status, outcome) => settle(result, outcome, status, signal),
    })
    return Object.assign(result.promise, { task: handle })
  }

  #add({ name, task, retries = 0, signal, call, onEnd }: Plan): TaskHandle {
    if (this.#closedBecause !== undefined) {
      throw new ClosedError(`${this.name} takes no more jobs: ${this.#closedBecause}`)
    }
    if (!Number.isInteger(retries) || retries < 0) {
      throw new InvalidInputError(`job ${name}: retries is ${retries}; give a whole number`)
    }
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new InvalidInputError(`job ${name}: signal is not an AbortSignal`)
    }
    const id = this.#nextId(name)
    const illegal = problemWithId('the name of a job', id)
    if (illegal !== undefined) throw new InvalidInputError(illegal)
    const handle = new TaskHandle(id, name, {
      now: () => this.#parts.clock.now(),
      kill: (graceMs) => this.#dispatcher.kill(job, graceMs),
    })
    const kill = (): void => handle.kill()
    const { calls } = this.#parts
    const data = call === undefined ? undefined : calls.add(call)
    const job: Job = {
      id,
      task: data === undefined ? task : { ...task, data },
      demand: toQuantities(task.resources),
      shape: JSON.stringify(task.resources),
      retriesLeft: retries,
      attempts: 0,
      phase: 'waiting',
      taskId: id,
      killed: false,
      listener: {
        updated: (status) => handle.note(status),
        ended: (status) => {
          this.#signals.remove(signal, kill)
          handle.end(status, job.attempts)
          onEnd?.(status, data === undefined ? undefined : calls.take(data))
          this.#noteDrained()
        },
      },
    }
    const problem = problemWithFit(task.resources, this.#parts.agents())
    if (problem !== undefined) this.#dispatcher.refuse(job, `${id} can never run: ${problem}`)
    else this.#dispatcher.add(job)
    if (job.phase !== 'ended') this.#signals.add(signal, kill)
    return handle
  }

  #nextId(name: string): string {
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    return `${name}-${count}`
  }

  /** Waits for the tasks to end; not for ever, because an agent may be out of reach. */
  async #drain(graceMs: number | undefined): Promise<void> {
    this.#drained ??= new Deferred()
    const { clock, timeouts } = this.#parts
    let patienceMs = 0
    for (const { task } of this.#dispatcher.all()) {
      const taskGraceMs = graceMs ?? task.killPolicy?.gracePeriodMs ?? timeouts.killGraceMs
      patienceMs = Math.max(patienceMs, taskGraceMs)
    }
    const giveUp = (): void => this.#drained?.resolve()
    const timer = clock.setTimer(giveUp, patienceMs + drainMarginMs)
    await Promise.race([this.#drained.promise, this.#ended.promise])
    clock.clearTimer(timer)
  }

  #noteDrained(): void {
    if (this.#dispatcher.launched === 0) this.#drained?.resolve()
  }

  #finish(why: string): void {
    this.#closedBecause = why
    this.#dispatcher.abandon(why)
    this.#ended.resolve()
  }
}

/** Resolves with what the work returned; rejects with what it threw, or with how the task ended. */
function settle<Result>(
  result: Deferred<Result>,
  outcome: Outcome | undefined,
  status: TaskStatus,
  signal: AbortSignal | undefined,
): void {
  if (status.state === 'TASK_FINISHED' && outcome?.ok === true) {
    // The type is what the caller says that its own code returns.
    return result.resolve(outcome.value as Result)
  }
  if (signal?.aborted) return result.reject(reasonOf(signal))
  // What the work threw because it was ended says less than why it was ended.
  const ended = status.reason === 'MAX_COMPLETION_TIME_REACHED'
  const failed = status.state === 'TASK_FAILED' && !ended
  const thrown = failed && outcome?.ok === false ? outcome.error : undefined
  result.reject(thrown instanceof Error ? thrown : new TaskEndedError(status))
}

/** How a request is called in messages, before it is known to be one. */
function titled(fallback: string, request: requests.CommandJob | requests.LeaseOptions): string {
  const named = typeof request === 'object' && request !== null ? request.name : undefined
  return `job ${named ?? fallback}`
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new ClosedError(`aborted: ${String(reason)}`)
}

function amounts({ signal: _signal, ...rest }: requests.LeaseOptions) {
  return rest
}
