import type { ExecutorInfo, FrameworkInfo, Operation, TaskInfo } from '../../messages/index.ts'
import type { Authorizer } from '../security/authorizer.ts'
import { rightsFor } from '../security/operations.ts'

/**
 * Marks what a framework asks for and may not do: the master refuses it and tells the framework,
 * as it does with what cannot be.
 */
export function markForbidden(
  operations: readonly Operation[],
  framework: FrameworkInfo,
  authorizer: Authorizer,
): void {
  const { principal } = framework
  for (const operation of operations) {
    if (operation.type === 'LAUNCH' || operation.type === 'LAUNCH_GROUP') {
      const executor = operation.type === 'LAUNCH_GROUP' ? operation.executor : undefined
      for (const task of operation.tasks)
        markForbiddenTask({ task, executor, framework }, authorizer)
      continue
    }
    const lacking = rightsFor(operation).find(
      ({ action, object }) => !authorizer.may(principal, action, object),
    )
    if (lacking !== undefined) operation.problem ??= forbidden(principal, lacking.action)
  }
}

interface Launched {
  readonly task: TaskInfo
  /** The one that a group shares: it is begun for the group, as whom it says itself. */
  readonly executor: ExecutorInfo | undefined
  readonly framework: FrameworkInfo
}

function markForbiddenTask(launched: Launched, authorizer: Authorizer): void {
  const { task, executor, framework } = launched
  const { principal } = framework
  const runs = executor === undefined ? [launched] : [launched, { executor, framework }]
  if (runs.every((object) => authorizer.may(principal, 'run_tasks', object))) return
  task.problem ??= forbidden(principal, 'run_tasks')
  task.isForbidden = true
}

function forbidden(principal: string | undefined, action: string): string {
  return `${principal ?? 'a framework without a principal'} may not do this (${action})`
}
