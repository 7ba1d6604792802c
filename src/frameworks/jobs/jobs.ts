import type { Call, Calls, CallTask } from '../../actors/calls.ts'
import type { Clock } from '../../actors/ports.ts'
import { problemWithId, type Resources } from '../../messages/index.ts'
import { ClosedError, InvalidInputError } from '../../model/errors.ts'
import { checkKeys } from '../../model/resources/amounts.ts'
import { Deferred } from '../deferred.ts'
import { Scheduler, type SchedulerParts } from '../scheduler.ts'
import { callTask, checkDuration, commandTask, type UnplacedTask } from '../task-request.ts'
import { Dispatcher } from './dispatcher.ts'
import { problemWithFit } from './fit.ts'
import { type Job, type Locality, newJob } from './job.ts'
import { Lease } from './lease.ts'
import { reasonOf, settle } from './outcomes.ts'
import { checkPlanOptions, type Plan, type PlanOptions } from './plan.ts'
import { preferenceOf } from './preference.ts'
import * as requests from './requests.ts'
import { Signals } from './signals.ts'
import { TaskHandle } from './task-handle.ts'
import type { WaitingJobs } from './waiting-jobs.ts'

export interface JobsParts extends SchedulerParts {
  readonly clock: Clock
  /** Keeps functions and modules for the agents of this process; without it there are none. */
  readonly calls?: Calls
  /** What each agent has in all, when that is known: what can never run is told at once. */
  readonly agents?: () => readonly Resources[]
  /** Whether the master is told what waits, because its policy makes room for it. */
  readonly asks: boolean
}

/** How much longer than its grace a task's end may take to be told when a tenant is closed. */
const drainMarginMs = 10_000

/** Of so many waiting jobs of a shape the ids are told, when nothing else is asked for. */
const waitingJobsShown = 10

/**
 * A tenant: the built-in framework that takes jobs and handles the offers for them. How long a
 * resource is held is the job's business.
 */
export class Jobs {
  readonly name: string
  /** The role that its jobs run in. */
  readonly role: string
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
    this.role = parts.info.roles[0] ?? '*'
    this.#parts = parts
    this.#dispatcher = new Dispatcher({
      clock: parts.clock,
      call: (call) => this.#scheduler.call(call),
      asks: parts.asks,
    })
    this.#scheduler = new Scheduler(parts, {
      registered: () => this.#dispatcher.registered(),
      offers: (offers) => this.#dispatcher.offers(offers),
      inverseOffers: (offers) => this.#dispatcher.inverseOffers(offers),
      updates: (updates) => this.#dispatcher.updates(updates),
      failed: (message) => this.#finish(message),
      stopped: () => this.#finish('the tenant was closed'),
    }).start()
  }

  /** How many jobs wait for resources, and how many run or are about to. */
  get counts(): { readonly waiting: number; readonly launched: number } {
    return { waiting: this.#dispatcher.waiting, launched: this.#dispatcher.launched }
  }

  /** How many jobs that prefer agents were launched on one of these, and how many on any. */
  get locality(): Readonly<Record<Locality, number>> {
    return this.#dispatcher.locality
  }

  /**
   * What waits for resources, shape by shape, with the ids of at most `max` (default 10) jobs of
   * each. It costs a look at each shape, however many jobs wait.
   */
  waitingJobs({ max = waitingJobsShown }: { readonly max?: number } = {}): WaitingJobs[] {
    return this.#dispatcher.waitingJobs(max)
  }

  /** Runs a command as a real process. Throws InvalidInputError for a request that cannot work. */
  submit(request: requests.CommandJob): TaskHandle {
    checkKeys(requests.titled('job', request), request, requests.commandJobKeys)
    const { name = 'job' } = request
    const task = commandTask(`job ${name}`, name, request)
    return this.#add({ name, task, options: request })
  }

  /**
   * Runs the default export of a module in a thread of its own, as `(input, { signal, task })`,
   * and resolves to what it returns. Rejects with what it throws, or with TaskEndedError.
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
   * `signal` aborts when the task is to end; `task` tells what it holds, such as `task.ports`.
   * Rejects with what it throws, or with TaskEndedError.
   */
  call<Result>(
    work: (signal: AbortSignal, task: CallTask) => Result | Promise<Result>,
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
    checkKeys(requests.titled('lease', options), options, requests.leaseKeys)
    const { name = 'lease', signal, prefers, preferWaitMs } = options
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
      { prefers, preferWaitMs },
      callTask(`job ${name}`, name, 'FUNCTION', options),
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
    options: PlanOptions,
    task: UnplacedTask,
  ): requests.TaskPromise<Result> {
    if (this.#parts.calls === undefined) {
      throw new InvalidInputError(
        `job ${task.name}: functions, modules and leases need their agent in this process; over a connection submit a command, or embed the cluster (createCluster)`,
      )
    }
    const result = new Deferred<Result>()
    const handle = this.#add({
      name: task.name,
      task,
      options,
      call,
      onEnd: (status, outcome) => settle(result, outcome, status, options.signal),
    })
    return Object.assign(result.promise, { task: handle })
  }

  #add({ name, task, options, call, onEnd }: Plan): TaskHandle {
    if (this.#closedBecause !== undefined) {
      throw new ClosedError(`${this.name} takes no more jobs: ${this.#closedBecause}`)
    }
    const { retries = 0, signal, prefers, preferWaitMs } = options
    checkPlanOptions(name, options)
    const preference = preferenceOf(`job ${name}`, prefers, preferWaitMs)
    const id = this.#nextId(name)
    const illegal = problemWithId('the name of a job', id)
    if (illegal !== undefined) throw new InvalidInputError(illegal)
    const handle = new TaskHandle(id, name, {
      now: () => this.#parts.clock.now(),
      kill: (graceMs) => this.#dispatcher.kill(job, graceMs),
      resources: () => job.resources,
    })
    const kill = (): void => handle.kill()
    const { calls } = this.#parts
    const data = call === undefined ? undefined : calls?.add(call)
    const job: Job = newJob(id, {
      task: data === undefined ? task : { ...task, data },
      retries,
      preference,
      preferWaitMs,
      listener: {
        updated: (status) => handle.note(status),
        ended: (status) => {
          this.#signals.remove(signal, kill)
          handle.end(status, job.attempts, job.locality)
          onEnd?.(status, data === undefined ? undefined : calls?.take(data))
          this.#noteDrained()
        },
      },
    })
    const { agents, info } = this.#parts
    const problem = agents && problemWithFit(task.resources, agents(), info.roles)
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
