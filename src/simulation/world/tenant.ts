import { Framework } from '../../frameworks/framework.ts'
import { roomOf } from '../../frameworks/placement.ts'
import type { SchedulerParts } from '../../frameworks/scheduler.ts'
import type { TaskRequest } from '../../frameworks/task-request.ts'
import type { Offer, TaskStatus } from '../../messages/index.ts'
import { allot } from '../../model/resources/allot.ts'
import { needsOf } from '../../model/resources/amounts.ts'
import { takeFrom, toQuantities } from '../../model/resources/quantities.ts'
import { isTerminal } from '../../model/task-states.ts'
import type { RandomStream } from '../random-stream.ts'
import { inPhase, type JobRecord, recordFor, type TenantMemory } from './memory.ts'
import type { SimulatedProcess } from './process.ts'
import { labelsOf } from './workload.ts'

export interface TenantParts extends Omit<SchedulerParts, 'frameworkId'> {
  readonly clock: SimulatedProcess
  /** How long it thinks about offers. */
  readonly computeMs: number
  readonly memory: TenantMemory
  /** How it behaves: it forgets offers, and takes its time. */
  readonly behaviour: RandomStream
  /** It sees an update. */
  readonly shown: (status: TaskStatus) => void
  /** The master refused it, or its own code threw. */
  readonly failed: (reason: string) => void
}

/** How often it looks after its tasks. */
const roundMs = 10_000
/** A task that nobody spoke of for so long is asked about. */
const silenceMs = 15_000
/** Hung work is killed after this time, and again when it still runs. */
const patienceMs = 60_000
/** A task on an unreachable agent is given up after this time. */
const unreachableMs = 30_000
/** Work that breaks so often has failed for good. */
const failuresMax = 5

/**
 * A scheduler as a careful author would write it: it runs each of its jobs once to the end, asks
 * about tasks that nobody speaks of, repeats what may be lost, and comes back after a crash with
 * what is on its disk. It is not always quick: sometimes it ignores an offer or answers late.
 */
export class Tenant {
  readonly #framework: Framework
  readonly #parts: TenantParts
  #suppressed = false

  constructor(parts: TenantParts) {
    this.#parts = parts
    const { clock, memory } = parts
    const { frameworkId } = memory
    this.#framework = new Framework(
      { ...parts, ...(frameworkId !== undefined && { frameworkId }) },
      {
        registered: (id) => this.#registered(id),
        offers: (offers) => this.#consider(offers),
        update: (status) => this.#update(status),
        failed: ({ message }) => parts.failed(message),
      },
    )
    clock.setTimer(() => this.#lookAfter(), roundMs)
  }

  /** A new job is in its memory. */
  wake(): void {
    if (!this.#suppressed) return
    this.#suppressed = false
    this.#framework.revive()
  }

  #registered(id: string): void {
    this.#parts.memory.frameworkId = id
    this.#framework.reconcile()
    this.#ask(inPhase(this.#parts.memory, 'launched'))
  }

  #consider(offers: readonly Offer[]): void {
    const { behaviour, clock, computeMs } = this.#parts
    if (behaviour.chance(0.03)) return
    if (behaviour.chance(0.05)) {
      clock.setTimer(() => this.#answer(offers), behaviour.integer(100, 40_000))
    } else if (computeMs > 0) {
      clock.compute(computeMs)
      clock.run(() => this.#answer(offers))
    } else this.#answer(offers)
  }

  #answer(offers: readonly Offer[]): void {
    const unused: Offer[] = []
    for (const offer of offers) {
      const tasks = this.#fitting(offer)
      if (tasks.length > 0) this.#framework.launch(offer, tasks)
      else unused.push(offer)
    }
    if (unused.length > 0) this.#framework.decline(unused)
    if (inPhase(this.#parts.memory, 'waiting').length > 0 || this.#suppressed) return
    this.#suppressed = true
    this.#framework.suppress()
  }

  #fitting(offer: Offer): TaskRequest[] {
    const { memory, clock } = this.#parts
    const room = roomOf([offer])
    return inPhase(memory, 'waiting').flatMap((record) => {
      const { job } = record
      const part = allot(toQuantities(needsOf(job.id, job.needs)), room)
      if (part === undefined) return []
      takeFrom(room, part)
      record.attempts++
      record.phase = 'launched'
      record.taskId = record.attempts === 1 ? job.id : `${job.id}.${record.attempts}`
      record.agentId = offer.agentId
      record.launchedAtMs = clock.now()
      record.state = undefined
      record.unreachableSinceMs = undefined
      return [{ id: record.taskId, command: 'work', labels: labelsOf(job), ...job.needs }]
    })
  }

  #update(status: TaskStatus): void {
    this.#parts.shown(status)
    const record = recordFor(this.#parts.memory, status.taskId)
    if (record === undefined) return
    if (record.phase !== 'launched' || record.taskId !== status.taskId) {
      // A task that was given up is back: its job runs elsewhere by now, or has ended.
      if (!isTerminal(status.state) && isAlive(status)) this.#framework.kill(status.taskId)
      return
    }
    record.state = status.state
    if (status.state === 'TASK_UNREACHABLE') record.unreachableSinceMs ??= this.#parts.clock.now()
    else record.unreachableSinceMs = undefined
    if (isTerminal(status.state) || status.state === 'TASK_UNKNOWN') this.#end(record, status)
  }

  #end(record: JobRecord, { state }: TaskStatus): void {
    if (state === 'TASK_FAILED') record.failures++
    const hasFailed = state === 'TASK_FAILED' && record.job.course === 'fails'
    const isOver = state === 'TASK_FINISHED' || hasFailed || record.killed
    if (isOver || state === 'TASK_ERROR' || record.failures >= failuresMax) record.phase = 'ended'
    else this.#wait(record)
  }

  #wait(record: JobRecord): void {
    record.phase = 'waiting'
    this.wake()
  }

  #lookAfter(): void {
    const { clock, memory } = this.#parts
    const now = clock.now()
    for (const record of inPhase(memory, 'launched')) {
      const { job, launchedAtMs, unreachableSinceMs = now } = record
      if (now - unreachableSinceMs >= unreachableMs) this.#wait(record)
      else if (job.course === 'hangs' && now - launchedAtMs >= patienceMs) {
        record.killed = true
        this.#framework.kill(record.taskId)
      }
    }
    this.#ask(inPhase(memory, 'launched').filter((one) => now - one.launchedAtMs >= silenceMs))
    if (inPhase(memory, 'waiting').length > 0) this.#framework.revive()
    clock.setTimer(() => this.#lookAfter(), roundMs)
  }

  #ask(records: readonly JobRecord[]): void {
    if (records.length === 0) return
    this.#framework.reconcile(
      records.map(({ taskId, agentId }) => ({ taskId, ...(agentId !== undefined && { agentId }) })),
    )
  }
}

/** Whether the status speaks of a task that may be running. */
function isAlive({ state }: TaskStatus): boolean {
  return state !== 'TASK_UNREACHABLE' && state !== 'TASK_UNKNOWN'
}
