import type { FrameworkInfo, TaskInfo, TaskState, TaskStatus } from '../../messages/index.ts'
import { forgetTask } from '../ledger/accounts.ts'
import type { TaskRecord } from '../ledger/records.ts'
import type { ReportedTask } from './reported.ts'
import type { MasterStep } from './step.ts'

/** What the master tells whoever keeps its history: the book itself forgets. */
export type MasterReport =
  | { readonly type: 'frameworkAdded' | 'frameworkUpdated'; readonly frameworkId: string }
  | {
      readonly type: 'frameworkRemoved'
      readonly frameworkId: string
      readonly info: FrameworkInfo
    }
  | { readonly type: 'agentAdded' | 'agentUpdated'; readonly agentId: string }
  | { readonly type: 'agentRemoved'; readonly agentId: string; readonly hostname: string }
  | {
      readonly type: 'taskAdded'
      readonly frameworkId: string
      readonly agentId: string
      readonly role: string
      readonly executorId: string
      readonly task: TaskInfo
      /** What its framework was told of it before this master knew it. */
      readonly statuses?: readonly TaskStatus[]
    }
  | {
      /** `state` is the newest that is known, `status` what the framework is told. */
      readonly type: 'taskUpdated'
      readonly frameworkId: string
      readonly taskId: string
      readonly state: TaskState
      readonly status: TaskStatus
    }
  | {
      /** It left the book: it is over, and its end acknowledged. */
      readonly type: 'taskForgotten'
      readonly frameworkId: string
      readonly taskId: string
    }

/** What only the master can do. */
export interface MasterEffect {
  readonly type: 'report'
  readonly report: MasterReport
}

/** Tells whoever keeps the history, if anybody does. */
export function report(step: MasterStep, entry: MasterReport): void {
  if (step.book.reports) step.turn.perform({ type: 'report', report: entry })
}

/** A task is in the book; perhaps an agent has brought it, with what was told of it. */
export function reportTask(
  step: MasterStep,
  record: TaskRecord,
  { task, statuses }: Pick<ReportedTask, 'task' | 'statuses'>,
): void {
  if (!step.book.reports) return
  const { frameworkId, agentId, role, executorId } = record
  const known = { frameworkId, agentId, role, executorId, task }
  report(step, { type: 'taskAdded', ...known, ...(statuses && { statuses }) })
}

/** A task has another state, or its framework is told another one. */
export function reportStatus(step: MasterStep, record: TaskRecord, status: TaskStatus): void {
  if (!step.book.reports) return
  const { frameworkId, id: taskId, state } = record
  report(step, { type: 'taskUpdated', frameworkId, taskId, state, status })
}

/** A task leaves the book: it is over, and there is nobody left to be told so. */
export function endTask(step: MasterStep, record: TaskRecord): void {
  forgetTask(step.book, record)
  const { frameworkId, id: taskId } = record
  report(step, { type: 'taskForgotten', frameworkId, taskId })
}
