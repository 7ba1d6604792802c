import type { Calls, FunctionCall, Outcome } from '../actors/calls.ts'
import type { Runner, RunnerFactory, RunReport } from '../actors/ports.ts'
import type { Check, HealthCheck, TaskInfo } from '../messages/index.ts'
import { callTaskOf } from './environment.ts'
import { HealthChecks } from './health-checks.ts'
import { endedWithItsAgent } from './lost-run.ts'
import { messageOf } from './sentences.ts'

/** One task of a function runner. */
interface Run {
  readonly task: TaskInfo
  controller: AbortController | undefined
  stopped: boolean
  over: boolean
}

const turnEnd = Promise.resolve()

/**
 * Runs FUNCTION tasks in this process; `data` of a task is the id of a function in `calls`.
 * Per task it costs a map entry and a share of one promise job: no timer, and an abort signal only
 * for functions that declare a parameter.
 */
export function createFunctionRunner(calls: Calls): RunnerFactory {
  return (report) => new FunctionRunner(calls, report)
}

class FunctionRunner implements Runner {
  readonly #calls: Calls
  readonly #report: (report: RunReport) => void
  readonly #runs = new Map<string, Run>()
  readonly #checks: HealthChecks
  readonly #neverAborted = new AbortController().signal
  #starting: Run[] = []
  #closed = false

  constructor(calls: Calls, report: (report: RunReport) => void) {
    this.#calls = calls
    this.#report = report
    this.#checks = new HealthChecks(report)
  }

  start(task: TaskInfo): void {
    if (this.#closed) return
    const run: Run = { task, controller: undefined, stopped: false, over: false }
    this.#runs.set(task.taskId, run)
    // All tasks of one turn share one promise job, which also keeps reports off this stack.
    if (this.#starting.push(run) === 1) void turnEnd.then(this.#begin)
  }

  resume({ taskId }: TaskInfo): void {
    queueMicrotask(() => this.#report(endedWithItsAgent(taskId)))
  }

  stop(taskId: string, how: 'terminate' | 'kill'): void {
    const run = this.#runs.get(taskId)
    if (run === undefined) return
    const asked = run.stopped
    run.stopped = true
    run.controller?.abort()
    if (how === 'terminate') return
    const why = asked ? 'the function ignored its abort signal' : 'the function was killed'
    const message = `${why} and may still be running in this process`
    void turnEnd.then(() => this.#end(run, failure(message), true))
  }

  check(taskId: string, check: HealthCheck): void {
    const run = this.#runs.get(taskId)
    if (run !== undefined) this.#checks.begin(run.task, check)
  }

  observe(taskId: string, check: Check): void {
    const run = this.#runs.get(taskId)
    if (run !== undefined) this.#checks.observe(run.task, check)
  }

  /** Aborts all signals. A function that ignores its own runs on: nothing can end it. */
  async close(): Promise<void> {
    this.#closed = true
    for (const run of this.#runs.values()) {
      run.over = true
      run.controller?.abort()
    }
    this.#runs.clear()
    await this.#checks.close()
  }

  readonly #begin = (): void => {
    const starting = this.#starting
    this.#starting = []
    for (const run of starting) this.#beginOne(run)
  }

  #beginOne(run: Run): void {
    if (run.over) return
    const { taskId, data } = run.task
    const call = data === undefined ? undefined : this.#calls.find(data)
    if (run.stopped) {
      this.#end(run, failure('the task was stopped before it began'), true)
    } else if (call?.kind !== 'function') {
      const message = `no function is known as ${JSON.stringify(data)} in this process`
      this.#end(run, failure(message), false)
    } else {
      this.#report({ type: 'run.started', taskId })
      if (!run.over) this.#call(run, call)
    }
  }

  #call(run: Run, call: FunctionCall): void {
    let value: unknown
    let promise: Promise<unknown> | undefined
    try {
      value = call.run(this.#signalFor(run, call), callTaskOf(run.task))
      if (isThenable(value)) promise = Promise.resolve(value)
    } catch (error) {
      this.#end(run, { ok: false, error }, true)
      return
    }
    if (promise === undefined) {
      this.#end(run, { ok: true, value }, true)
      return
    }
    promise.then(
      (result: unknown) => this.#end(run, { ok: true, value: result }, true),
      (error: unknown) => this.#end(run, { ok: false, error }, true),
    )
  }

  #signalFor(run: Run, call: FunctionCall): AbortSignal {
    if (call.run.length === 0) return this.#neverAborted
    run.controller = new AbortController()
    return run.controller.signal
  }

  #end(run: Run, outcome: Outcome, launched: boolean): void {
    if (run.over) return
    run.over = true
    const { taskId, data } = run.task
    this.#runs.delete(taskId)
    this.#checks.end(taskId)
    if (data !== undefined) this.#calls.settle(data, outcome)
    if (outcome.ok) {
      this.#report({ type: 'run.exited', taskId, succeeded: true, launched })
    } else {
      const message = messageOf(outcome.error)
      this.#report({ type: 'run.exited', taskId, succeeded: false, launched, message })
    }
  }
}

function failure(message: string): Outcome {
  return { ok: false, error: new Error(message) }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  )
}
