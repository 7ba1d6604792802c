import type { Clock } from '../../actors/ports.ts'
import type { FrameworkInfo, TaskState, TaskStatus } from '../../messages/index.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import { completedFrameworksMax, completedTasksMax } from '../../model/ledger/ledger.ts'
import { machineOf } from '../../model/ledger/maintenance.ts'
import type { MasterReport } from '../../model/master/reports.ts'
import { AgentCounts } from './agent-counts.ts'
import {
  type CompletedFramework,
  endedWith,
  FrameworkPast,
  type Standing,
} from './framework-past.ts'
import { Ring } from './ring.ts'
import { TaskCounts } from './task-counts.ts'
import { TaskVersion } from './task-version.ts'

/** What happened, as the history has written it down. */
export type Happening =
  | { readonly type: 'frameworkAdded' | 'frameworkUpdated'; readonly frameworkId: string }
  | { readonly type: 'frameworkRemoved'; readonly completed: CompletedFramework }
  | { readonly type: 'agentAdded' | 'agentUpdated' | 'agentRemoved'; readonly agentId: string }
  | { readonly type: 'taskAdded'; readonly task: TaskVersion }
  | {
      readonly type: 'taskUpdated'
      readonly task: TaskVersion
      readonly before: TaskVersion
      readonly status: TaskStatus
    }

/** Since when an agent is there, in milliseconds since the epoch. */
export interface AgentPast {
  readonly registeredAtMs: number
  readonly reregisteredAtMs?: number
  /** Since when it is being emptied, if it is, or was for good. */
  readonly drainStartedAtMs?: number
  readonly state: string
}

export interface HistoryOptions {
  /** How many ended tasks of each framework are remembered. Default 1000, as in Mesos. */
  readonly completedTasksMax?: number
  /** How many frameworks that are gone are remembered. Default 50, as in Mesos. */
  readonly completedFrameworksMax?: number
}

/**
 * What the master's book does not keep, because nothing is decided by it: descriptions and statuses
 * of tasks, what has ended, and when everybody came. It is fed with the master's reports, in order.
 */
export class History {
  readonly counts = new TaskCounts()
  readonly agentCounts = new AgentCounts()
  readonly frameworks = new Map<string, FrameworkPast>()
  readonly completed: Ring<CompletedFramework>
  readonly agents = new Map<string, AgentPast>()
  /** Milliseconds since the epoch; what is older was there before. */
  readonly startedAtMs: number
  readonly #ledger: () => Ledger
  readonly #clock: Pick<Clock, 'now'>
  readonly #completedTasksMax: number
  readonly #watchers = new Set<(happening: Happening) => void>()

  constructor(ledger: () => Ledger, clock: Pick<Clock, 'now'>, options: HistoryOptions = {}) {
    this.#ledger = ledger
    this.#clock = clock
    this.startedAtMs = clock.now()
    this.#completedTasksMax = options.completedTasksMax ?? completedTasksMax
    this.completed = new Ring(options.completedFrameworksMax ?? completedFrameworksMax)
  }

  /** Tells what happens from now on, until the returned function is called. */
  watch(watcher: (happening: Happening) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Takes a report of the master, after the turn in which its book changed. */
  take(report: MasterReport): void {
    switch (report.type) {
      case 'frameworkAdded':
      case 'frameworkUpdated':
        return this.#noteFramework(report.type, report.frameworkId)
      case 'frameworkRemoved':
        return this.#endFramework(report.frameworkId, report.info)
      case 'agentAdded':
      case 'agentUpdated':
        return this.#noteAgent(report.type, report.agentId)
      case 'agentRemoved':
        return this.#removeAgent(report)
      case 'taskAdded':
        return this.#addTask(report)
      case 'taskUpdated':
        return this.#updateTask(report.frameworkId, report.taskId, report.state, report.status)
      case 'taskForgotten':
        return this.#forgetTask(report.frameworkId, report.taskId)
    }
  }

  #noteFramework(type: 'frameworkAdded' | 'frameworkUpdated', frameworkId: string): void {
    const known = this.frameworks.get(frameworkId)
    const past = known ?? this.#pastOf(frameworkId)
    past.info = this.#ledger().frameworks.get(frameworkId)?.info ?? past.info
    past.stands(
      this.#standingOf(frameworkId),
      known === undefined ? past.registeredAtMs : this.#clock.now(),
    )
    this.#tell({ type, frameworkId })
  }

  #pastOf(frameworkId: string): FrameworkPast {
    const known = this.frameworks.get(frameworkId)
    if (known !== undefined) return known
    const now = this.#clock.now()
    const past = new FrameworkPast(
      frameworkId,
      now,
      this.#standingOf(frameworkId),
      this.#completedTasksMax,
    )
    this.frameworks.set(frameworkId, past)
    return past
  }

  #standingOf(frameworkId: string): Standing {
    const { state, address } = this.#ledger().frameworks.get(frameworkId) ?? absent
    return { state, address }
  }

  #endFramework(frameworkId: string, info: FrameworkInfo): void {
    const past = this.#pastOf(frameworkId)
    past.unregisteredAtMs = this.#clock.now()
    past.info = info
    for (const task of past.tasks.values()) this.#end(past, task)
    this.frameworks.delete(frameworkId)
    const completed = { info, past }
    this.completed.add(completed)
    this.#tell({ type: 'frameworkRemoved', completed })
  }

  #noteAgent(type: 'agentAdded' | 'agentUpdated', agentId: string): void {
    const { state = 'unknown', duty } = this.#ledger().agents.get(agentId) ?? {}
    const before = this.agents.get(agentId)
    const now = this.#clock.now()
    const isBack = type === 'agentUpdated' && state === 'connected' && before?.state !== state
    const { registeredAtMs = now, reregisteredAtMs, drainStartedAtMs = now } = before ?? {}
    const returnedAtMs = isBack ? now : reregisteredAtMs
    this.agents.set(agentId, {
      registeredAtMs,
      ...(returnedAtMs !== undefined && { reregisteredAtMs: returnedAtMs }),
      ...(duty?.drain !== undefined && { drainStartedAtMs }),
      state,
    })
    if (isBack) this.agentCounts.reregistrations++
    else if (type === 'agentAdded') this.agentCounts.registrations++
    if (state === 'unreachable' && before?.state !== state) {
      this.agentCounts.unreachable++
      // Whoever has not come back to this master is known to it from the last one's registry.
      if (before === undefined) this.agentCounts.recovered++
    }
    const [was, is] = [isPart(before?.state), isPart(state)]
    this.#tell({ type: was === is ? 'agentUpdated' : is ? 'agentAdded' : 'agentRemoved', agentId })
  }

  #removeAgent({ agentId, hostname }: MasterReport & { type: 'agentRemoved' }): void {
    const wasPart = isPart(this.agents.get(agentId)?.state)
    this.agents.delete(agentId)
    const ledger = this.#ledger()
    if (wasPart && !ledger.goneAgents.has(agentId)) {
      this.agentCounts.remove(agentId, machineOf(ledger, hostname)?.mode === 'DOWN')
    }
    if (wasPart) this.#tell({ type: 'agentRemoved', agentId })
  }

  #addTask({ frameworkId, role, executorId, task: launched, statuses = [] }: TaskAdded): void {
    // Its data is between scheduler and executor, and may be large.
    const { data: _, ...info } = launched
    const past = this.#pastOf(frameworkId)
    const before = past.tasks.get(info.taskId)
    if (before !== undefined) this.#countOut(past, before)
    const isBack = before?.origin.info.agentId === info.agentId
    // A task that came back with its agent has a state already, and perhaps a history.
    const known = this.#ledger().frameworks.get(frameworkId)?.tasks.get(info.taskId)
    const task = new TaskVersion(
      { info, frameworkId, role, executorId },
      known?.state ?? 'TASK_STAGING',
      isBack ? before.statuses : statuses,
      isBack ? before.delivered : statuses.at(-1),
    )
    past.tasks.set(info.taskId, task)
    this.counts.added(task.state)
    past.counts.added(task.state)
    this.#tell({ type: 'taskAdded', task })
  }

  #updateTask(frameworkId: string, taskId: string, state: TaskState, status: TaskStatus): void {
    const past = this.frameworks.get(frameworkId)
    const before = past?.tasks.get(taskId)
    if (past === undefined || before === undefined) return
    const task = before.updated(state, status)
    if (task !== before) this.#replace(past, before, task, status)
  }

  #replace(
    past: FrameworkPast,
    before: TaskVersion,
    task: TaskVersion,
    status: TaskStatus | undefined,
  ): void {
    past.tasks.set(task.taskId, task)
    this.counts.moved(before.state, task.state, status)
    past.counts.moved(before.state, task.state)
    if (status !== undefined) this.#tell({ type: 'taskUpdated', task, before, status })
  }

  #forgetTask(frameworkId: string, taskId: string): void {
    const past = this.frameworks.get(frameworkId)
    const task = past?.tasks.get(taskId)
    if (past !== undefined && task !== undefined) this.#end(past, task)
  }

  /** A task that leaves without an end leaves with its framework. */
  #end(past: FrameworkPast, task: TaskVersion): void {
    const ended = endedWith(past.id, task, this.#clock.now())
    if (ended !== task) this.#replace(past, task, ended, ended.statuses.at(-1))
    this.#complete(past, ended)
  }

  #complete(past: FrameworkPast, task: TaskVersion): void {
    past.tasks.delete(task.taskId)
    past.completed.add(task)
    this.#countOut(past, task)
  }

  #countOut(past: FrameworkPast, { state }: TaskVersion): void {
    this.counts.removed(state)
    past.counts.removed(state)
  }

  #tell(happening: Happening): void {
    for (const watcher of this.#watchers) watcher(happening)
  }
}

type TaskAdded = MasterReport & { readonly type: 'taskAdded' }

/** A framework that the book does not know (any more). */
const absent = { state: 'completed', address: '' } as const

/** Whether an agent in this state is shown as a part of the cluster. */
function isPart(state: string | undefined): boolean {
  return state === 'connected' || state === 'disconnected'
}
