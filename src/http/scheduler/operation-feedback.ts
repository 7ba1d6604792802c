import type { Clock, Ids, Timer } from '../../actors/ports.ts'
import type { OperationState, OperationStatus } from '../../messages/index.ts'
import type { Timeouts } from '../../model/timeouts.ts'

export interface OperationFeedbackParts {
  readonly clock: Pick<Clock, 'setTimer' | 'clearTimer'>
  readonly ids: Pick<Ids, 'uuid'>
  readonly timeouts: () => Pick<Timeouts, 'updateRetryMinMs' | 'updateRetryMaxMs'>
  /** What is said of operations whose agent is out of reach or gone; nothing while it is there. */
  readonly fateOf: (agentId: string) => OperationState | undefined
  /** Tells a framework, if it listens. */
  readonly tell: (frameworkId: string, updates: readonly OperationStatus[]) => void
}

/** A status that was told and not acknowledged. */
interface Open {
  readonly status: OperationStatus & { readonly uuid: string }
  delayMs: number
  timer: Timer
}

/** What agents say of operations; the rest is the master's, and told once (as Mesos does). */
const toldByAgents: ReadonlySet<OperationState> = new Set([
  'OPERATION_FINISHED',
  'OPERATION_FAILED',
  'OPERATION_DROPPED',
])

/** A framework that acknowledges nothing is repeated its last ones only. */
const openMax = 1_000

/**
 * Repeats what became of operations until their frameworks acknowledge it: after as long as an
 * update of a task, then twice as long, … and at once to a scheduler that comes back.
 */
export class OperationFeedback {
  readonly #parts: OperationFeedbackParts
  /** By framework, then by operation. */
  readonly #open = new Map<string, Map<string, Open>>()

  constructor(parts: OperationFeedbackParts) {
    this.#parts = parts
  }

  /** The statuses as they are to be told: those that are repeated have a uuid. */
  take(frameworkId: string, updates: readonly OperationStatus[]): OperationStatus[] {
    return updates.map((status) => {
      const isRepeated = status.agentId !== undefined && toldByAgents.has(status.state)
      return isRepeated ? this.#begin(frameworkId, status) : status
    })
  }

  acknowledge(frameworkId: string, operationId: string, uuid: string): void {
    if (this.#open.get(frameworkId)?.get(operationId)?.status.uuid === uuid) {
      this.#end(frameworkId, operationId)
    }
  }

  /** By operation what a framework was told and has not acknowledged; without uuids, to answer. */
  latest(frameworkId: string): ReadonlyMap<string, OperationStatus> {
    const latest = new Map<string, OperationStatus>()
    for (const { status } of this.#tellable(frameworkId)) {
      const { uuid: _, ...answer } = status
      latest.set(status.operationId, answer)
    }
    return latest
  }

  /**
   * An agent is lost, and what it said with it, until it comes back: told once, without a uuid
   * (Mesos: src/master/master.cpp, sendBulkOperationFeedback).
   */
  lost(frameworkId: string, agentId: string): OperationStatus[] {
    const state = this.#parts.fateOf(agentId)
    if (state === undefined) return []
    const updates: OperationStatus[] = []
    for (const { status } of [...(this.#open.get(frameworkId)?.values() ?? [])]) {
      if (status.agentId !== agentId) continue
      const { operationId } = status
      updates.push({ operationId, state, agentId, message: `agent ${agentId} is lost` })
      if (state === 'OPERATION_GONE_BY_OPERATOR') this.#end(frameworkId, operationId)
    }
    return updates
  }

  /** Its scheduler has come back, and may have missed all of it. */
  repeat(frameworkId: string): void {
    const updates = this.#tellable(frameworkId).map(({ status }) => status)
    if (updates.length > 0) this.#parts.tell(frameworkId, updates)
  }

  /** The framework is gone. */
  forget(frameworkId: string): void {
    for (const operationId of [...(this.#open.get(frameworkId)?.keys() ?? [])]) {
      this.#end(frameworkId, operationId)
    }
  }

  close(): void {
    for (const frameworkId of [...this.#open.keys()]) this.forget(frameworkId)
  }

  /** Those whose agent is there to repeat them. */
  #tellable(frameworkId: string): Open[] {
    const open = this.#open.get(frameworkId)?.values() ?? []
    return [...open].filter(({ status }) => this.#isHere(status))
  }

  #isHere({ agentId = '' }: OperationStatus): boolean {
    return this.#parts.fateOf(agentId) === undefined
  }

  #begin(frameworkId: string, told: OperationStatus): OperationStatus {
    const { operationId } = told
    this.#end(frameworkId, operationId)
    const status = { ...told, uuid: this.#parts.ids.uuid() }
    const delayMs = this.#parts.timeouts().updateRetryMinMs
    const open: Open = { status, delayMs, timer: this.#later(frameworkId, operationId, delayMs) }
    const ofFramework = this.#open.get(frameworkId) ?? new Map<string, Open>()
    this.#open.set(frameworkId, ofFramework.set(operationId, open))
    const [oldest = operationId] = ofFramework.keys()
    if (ofFramework.size > openMax) this.#end(frameworkId, oldest)
    return status
  }

  #later(frameworkId: string, operationId: string, delayMs: number): Timer {
    return this.#parts.clock.setTimer(() => this.#again(frameworkId, operationId), delayMs)
  }

  #again(frameworkId: string, operationId: string): void {
    const open = this.#open.get(frameworkId)?.get(operationId)
    if (open === undefined) return
    open.delayMs = Math.min(2 * open.delayMs, this.#parts.timeouts().updateRetryMaxMs)
    open.timer = this.#later(frameworkId, operationId, open.delayMs)
    if (this.#isHere(open.status)) this.#parts.tell(frameworkId, [open.status])
  }

  #end(frameworkId: string, operationId: string): void {
    const ofFramework = this.#open.get(frameworkId)
    const open = ofFramework?.get(operationId)
    if (ofFramework === undefined || open === undefined) return
    this.#parts.clock.clearTimer(open.timer)
    ofFramework.delete(operationId)
    if (ofFramework.size === 0) this.#open.delete(frameworkId)
  }
}
