import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Calls, ModuleCall, Outcome } from '../actors/calls.ts'
import type { Runner, RunnerFactory, RunReport } from '../actors/ports.ts'
import type { Check, HealthCheck, TaskInfo } from '../messages/index.ts'
import { callTaskOf } from './environment.ts'
import { HealthChecks } from './health-checks.ts'
import { endedWithItsAgent } from './lost-run.ts'
import { codeOf, messageOf } from './sentences.ts'
import { type FromThread, type ThreadWork, toError } from './thread-messages.ts'

const entry = new URL('./thread-entry.js', import.meta.url)

/** A heap below this cannot even load Node's own modules, and then takes the process along. */
const heapMinMb = 16

/**
 * Runs THREAD tasks, each in a worker thread of its own; `data` of a task is the id of a module in
 * `calls`, and its `mem` limits the heap of the thread.
 */
export function createThreadRunner(calls: Calls): RunnerFactory {
  return (report) => new ThreadRunner(calls, report)
}

/** One task with a living thread. */
interface Run {
  readonly task: TaskInfo
  readonly worker: Worker
  /** The function was called. */
  begun: boolean
  stopped: 'terminate' | 'kill' | undefined
  /** How the work ended; told when the thread is gone and its memory is free. */
  outcome: Outcome | undefined
  /** Why it failed. */
  message: string | undefined
}

class ThreadRunner implements Runner {
  readonly #calls: Calls
  readonly #report: (report: RunReport) => void
  readonly #runs = new Map<string, Run>()
  readonly #checks: HealthChecks
  #closed = false

  constructor(calls: Calls, report: (report: RunReport) => void) {
    this.#calls = calls
    this.#report = (told) => {
      if (!this.#closed) report(told)
    }
    this.#checks = new HealthChecks(this.#report)
  }

  start(task: TaskInfo): void {
    if (this.#closed) return
    const { data } = task
    const call = data === undefined ? undefined : this.#calls.find(data)
    if (call?.kind !== 'module') {
      this.#refuse(task, `no module is known as ${JSON.stringify(data)} in this process`)
      return
    }
    try {
      this.#follow(task, startWorker(task, call))
    } catch (error) {
      this.#refuse(task, `the thread could not be started: ${messageOf(error)}`)
    }
  }

  resume({ taskId }: TaskInfo): void {
    queueMicrotask(() => this.#report(endedWithItsAgent(taskId)))
  }

  stop(taskId: string, how: 'terminate' | 'kill'): void {
    const run = this.#runs.get(taskId)
    if (run === undefined) return
    run.stopped = how
    if (how === 'terminate') run.worker.postMessage('abort')
    else void run.worker.terminate()
  }

  check(taskId: string, check: HealthCheck): void {
    const run = this.#runs.get(taskId)
    if (run !== undefined) this.#checks.begin(run.task, check)
  }

  observe(taskId: string, check: Check): void {
    const run = this.#runs.get(taskId)
    if (run !== undefined) this.#checks.observe(run.task, check)
  }

  async close(): Promise<void> {
    this.#closed = true
    const ends = Array.from(this.#runs.values(), (run) => run.worker.terminate())
    await Promise.all([this.#checks.close(), ...ends])
  }

  #follow(task: TaskInfo, worker: Worker): void {
    const run: Run = {
      task,
      worker,
      begun: false,
      stopped: undefined,
      outcome: undefined,
      message: undefined,
    }
    this.#runs.set(task.taskId, run)
    worker.on('message', (message: FromThread) => this.#hear(run, message))
    worker.on('error', (error) => this.#fail(run, error, messageOfCrash(error, task)))
    worker.on('messageerror', (error) => this.#fail(run, error, messageOf(error)))
    worker.once('exit', (exitCode) => this.#end(run, exitCode))
  }

  #hear(run: Run, message: FromThread): void {
    switch (message.type) {
      case 'started':
        run.begun = true
        this.#report({ type: 'run.started', taskId: run.task.taskId })
        break
      case 'returned':
        this.#settle(run, { ok: true, value: message.value })
        break
      case 'refused':
        this.#fail(run, new Error(message.message), message.message)
        break
      case 'threw':
        this.#fail(run, toError(message.error), message.error.message)
        break
      case 'threwValue':
        this.#fail(run, message.value, messageOf(message.value))
        break
    }
  }

  #fail(run: Run, error: unknown, message: string): void {
    if (run.outcome === undefined) run.message = message
    this.#settle(run, { ok: false, error })
  }

  #settle(run: Run, outcome: Outcome): void {
    run.outcome ??= outcome
    // Its work is done; open handles of the module must not hold the memory any longer.
    void run.worker.terminate()
  }

  #end(run: Run, code: number): void {
    const { taskId, data } = run.task
    this.#runs.delete(taskId)
    this.#checks.end(taskId)
    const killed = run.stopped === 'kill'
    // Without an outcome the thread was killed, or its code called process.exit.
    const exitCode = run.outcome === undefined && !killed ? code : undefined
    const message = run.message ?? (killed ? 'the thread was killed' : `exited with code ${code}`)
    const outcome = run.outcome ?? outcomeOfExit(exitCode, message)
    if (data !== undefined) this.#calls.settle(data, outcome)
    this.#report({
      type: 'run.exited',
      taskId,
      succeeded: outcome.ok,
      launched: run.begun || outcome.ok || run.stopped !== undefined,
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(outcome.ok ? {} : { message }),
    })
  }

  #refuse(task: TaskInfo, message: string): void {
    const { taskId, data } = task
    if (data !== undefined) this.#calls.settle(data, { ok: false, error: new Error(message) })
    queueMicrotask(() =>
      this.#report({ type: 'run.exited', taskId, succeeded: false, launched: false, message }),
    )
  }
}

function outcomeOfExit(exitCode: number | undefined, message: string): Outcome {
  if (exitCode === 0) return { ok: true, value: undefined }
  return { ok: false, error: new Error(message) }
}

function startWorker(task: TaskInfo, call: ModuleCall): Worker {
  const { taskId, agentId, resources, ports } = callTaskOf(task)
  const work: ThreadWork = {
    url: toUrl(call.url),
    input: call.input,
    task: { taskId, agentId, resources, ports },
  }
  const heapMb = heapLimitMb(task)
  return new Worker(entry, {
    workerData: work,
    ...(call.transfer === undefined ? {} : { transferList: [...call.transfer] }),
    ...(heapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMb } }),
  })
}

/** A path is resolved here, because the thread would resolve it against its own module. */
function toUrl(url: URL | string): string {
  if (url instanceof URL) return url.href
  return /^(file|data|node):/.test(url) ? url : pathToFileURL(resolve(url)).href
}

function heapLimitMb(task: TaskInfo): number | undefined {
  const mem = task.resources.mem
  return typeof mem === 'number' && mem > 0 ? Math.max(mem, heapMinMb) : undefined
}

function messageOfCrash(error: unknown, task: TaskInfo): string {
  if (codeOf(error) !== 'ERR_WORKER_OUT_OF_MEMORY') return messageOf(error)
  const limitMb = heapLimitMb(task)
  if (limitMb === undefined) return 'out of memory: the thread reached the heap limit of Node'
  return `out of memory: the thread reached its limit of ${limitMb} MB, its resource mem`
}
