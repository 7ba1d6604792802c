import type { Call, Outcome } from '../../actors/calls.ts'
import type { TaskStatus } from '../../messages/index.ts'
import { InvalidInputError } from '../../model/errors.ts'
import type { UnplacedTask } from '../task-request.ts'
import type { Prefers } from './preference.ts'

/** What every kind of job has in common. */
export interface Plan {
  readonly name: string
  readonly task: UnplacedTask
  readonly options: PlanOptions
  /** Work of this process, kept until the job has ended. */
  readonly call?: Call
  readonly onEnd?: (status: TaskStatus, outcome: Outcome | undefined) => void
}

export interface PlanOptions {
  readonly retries?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly prefers?: Prefers | undefined
  readonly preferWaitMs?: number | undefined
}

/** Throws InvalidInputError for options that no job can have. */
export function checkPlanOptions(name: string, { retries = 0, signal }: PlanOptions): void {
  if (!Number.isInteger(retries) || retries < 0) {
    throw new InvalidInputError(`job ${name}: retries is ${retries}; give a whole number`)
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new InvalidInputError(`job ${name}: signal is not an AbortSignal`)
  }
}
