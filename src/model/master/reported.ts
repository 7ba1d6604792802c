import type { Resources } from '../../messages/index.ts'
import type { ReregisterAgent } from '../../messages/lifecycle.ts'
import type { AgentRecord, FrameworkRecord, TaskRecord } from '../ledger/records.ts'
import { isWithin, reservedRole } from '../resources/kinds.ts'
import { toQuantities } from '../resources/quantities.ts'

/** A task as an agent that comes back reports it. */
export type ReportedTask = ReregisterAgent['tasks'][number]

/** A task that only its agent knows, as it reports it. */
export function reportedRecord(
  framework: FrameworkRecord,
  agent: AgentRecord,
  reported: ReportedTask,
): TaskRecord {
  const acknowledged = reported.statuses?.at(-1)
  return {
    id: reported.task.taskId,
    name: reported.task.name,
    frameworkId: framework.id,
    agentId: agent.id,
    executorId: reported.executorId,
    role: roleOf(framework, reported.task.resources),
    resources: toQuantities(reported.task.resources),
    state: 'TASK_UNREACHABLE',
    holds: false,
    ...(acknowledged && { acknowledged }),
  }
}

/** What comes back does not say in which role it was launched; what it holds may. */
export function roleOf({ info }: FrameworkRecord, resources: Resources): string {
  const owners = Object.keys(resources).flatMap((key) => reservedRole(key) ?? [])
  const fits = info.roles.find((role) => owners.every((owner) => isWithin(role, owner)))
  return fits ?? info.roles[0] ?? '*'
}
