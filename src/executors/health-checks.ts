import type { RunReport } from '../actors/ports.ts'
import type { Check, CheckStatus, HealthCheck, TaskInfo } from '../messages/index.ts'
import { taskVariables } from './environment.ts'
import { type CheckPlace, type Finding, probe } from './health-probes.ts'

/** How long a check may take when it does not say (Mesos' default); 0 means no limit. */
const timeoutDefaultMs = 20_000

/** The checks that one runner is making: one report each, none for ended tasks. */
export class HealthChecks {
  readonly #report: (report: RunReport) => void
  /** Per task the ways to give up its checks. */
  readonly #open = new Map<string, Set<AbortController>>()
  readonly #probes = new Set<Promise<void>>()
  #closed = false

  constructor(report: (report: RunReport) => void) {
    this.#report = report
  }

  /** Makes one health check, by default in this process' folder with the variables of the task. */
  begin(task: TaskInfo, check: HealthCheck, place?: CheckPlace): void {
    const { taskId } = task
    this.#begin(task, check, place, (finding, timeoutMs) => {
      const late = `the ${check.type} health check did not end within ${timeoutMs} ms`
      const message = finding === undefined ? late : finding.problem
      const healthy = message === undefined
      return { type: 'run.checked', taskId, healthy, ...(healthy ? {} : { message }) }
    })
  }

  /** Makes one check of which only the result is told; of one that failed, that there is none. */
  observe(task: TaskInfo, check: Check, place?: CheckPlace): void {
    const { taskId } = task
    this.#begin(task, check, place, (finding) => {
      const { problem: _, ...facts } = finding ?? {}
      const checkStatus: CheckStatus = { type: check.type, ...facts }
      return { type: 'run.statusChecked', taskId, checkStatus }
    })
  }

  #begin(
    task: TaskInfo,
    check: HealthCheck | Check,
    place: CheckPlace = placeOf(task),
    tell: Probing['tell'],
  ): void {
    if (this.#closed) return
    const controller = new AbortController()
    const open = this.#open.get(task.taskId) ?? new Set()
    this.#open.set(task.taskId, open.add(controller))
    const probing = this.#probe(task.taskId, check, place, { open, controller, tell })
    this.#probes.add(probing)
    void probing.then(() => this.#probes.delete(probing))
  }

  /** The task is over: gives up its checks without a report. */
  end(taskId: string): void {
    if (this.#open.size === 0) return
    const open = this.#open.get(taskId)
    if (open === undefined) return
    this.#open.delete(taskId)
    // Emptied first, because that is how a probe that ends now knows that nobody waits for it.
    const controllers = [...open]
    open.clear()
    for (const controller of controllers) controller.abort()
  }

  /** Gives up all checks; resolves when no process of them is left. */
  async close(): Promise<void> {
    this.#closed = true
    for (const taskId of [...this.#open.keys()]) this.end(taskId)
    await Promise.all(this.#probes)
  }

  async #probe(
    taskId: string,
    check: HealthCheck | Check,
    place: CheckPlace,
    { open, controller, tell }: Probing,
  ): Promise<void> {
    const timeoutMs = check.timeoutMs ?? timeoutDefaultMs
    let late = false
    const giveUp = () => {
      late = true
      controller.abort()
    }
    const timer = timeoutMs > 0 ? setTimeout(giveUp, timeoutMs) : undefined
    const finding = await probe(check, place, controller.signal)
    clearTimeout(timer)
    if (!open.delete(controller)) return
    if (open.size === 0 && this.#open.get(taskId) === open) this.#open.delete(taskId)
    this.#report(tell(late ? undefined : finding, timeoutMs))
  }
}

interface Probing {
  /** Those of its task that have not ended. */
  readonly open: Set<AbortController>
  readonly controller: AbortController
  /** What is told of the check; without a finding, it did not end in time. */
  readonly tell: (finding: Finding | undefined, timeoutMs: number) => RunReport
}

function placeOf(task: TaskInfo): CheckPlace {
  return {
    directory: process.cwd(),
    environment: () => ({ ...process.env, ...taskVariables(task) }),
  }
}
