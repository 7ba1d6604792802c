import type { FrameworkInfo, Operation, TaskInfo } from '../../messages/index.ts'
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
      for (const task of operation.tasks) markForbiddenTask(task, framework, authorizer)
      continue
    }
    const lacking = rightsFor(operation).find(
      ({ action, object }) => !authorizer.may(principal, action, object),
    )
    if (lacking !== undefined) operation.problem ??= forbidden(principal, lacking.action)
  }
}

function markForbiddenTask(task: TaskInfo, framework: FrameworkInfo, authorizer: Authorizer): void {
  const { principal } = framework
  if (authorizer.may(principal, 'run_tasks', { task, framework })) return
  task.problem ??= forbidden(principal, 'run_tasks')
  task.isForbidden = true
}

function forbidden(principal: string | undefined, action: string): string {
  return `${principal ?? 'a framework without a principal'} may not do this (${action})`
}
