import { toQuantities } from '../../model/resources/quantities.ts'
import { isObject, type Json, withoutEmpty } from '../wire/json.ts'
import { writeTaskInfo } from '../wire/task-info.ts'
import { writeTaskStatus } from '../wire/task-status.ts'
import { uuidToWire } from '../wire/uuid.ts'
import { plainResources } from './resource-json.ts'
import type { TaskOrigin, TaskVersion } from './task-version.ts'

/** Parts of a task's description that its record has, too (Mesos: createTask). */
const parts = ['limits', 'labels', 'discovery', 'container', 'health_check', 'kill_policy'] as const

/** A task as the API has it. */
export function v1Task({ origin, state, statuses, delivered }: TaskVersion): Json {
  const { info, frameworkId, role } = origin
  const executorId = executorOf(origin)
  const json = writeTaskInfo(info, { allocatedTo: role, refined: true }, frameworkId)
  return withoutEmpty({
    name: info.name,
    task_id: { value: info.taskId },
    framework_id: { value: frameworkId },
    ...(executorId !== undefined && { executor_id: { value: executorId } }),
    agent_id: { value: info.agentId },
    state,
    resources: json.resources,
    statuses: statuses.map(writeTaskStatus),
    ...(delivered?.uuid !== undefined && {
      status_update_state: delivered.state,
      status_update_uuid: uuidToWire(delivered.uuid),
    }),
    ...picked(json),
  })
}

/** A task as the plain endpoints have it. */
export function plainTask({ origin, state, statuses }: TaskVersion): Json {
  const { info, frameworkId, role } = origin
  const json = writeTaskInfo(info, { allocatedTo: role, refined: true }, frameworkId)
  const { labels, limits: _, kill_policy: __, ...rest } = picked(json)
  return {
    id: info.taskId,
    name: info.name,
    framework_id: frameworkId,
    executor_id: executorOf(origin) ?? '',
    slave_id: info.agentId,
    state,
    resources: plainResources(toQuantities(info.resources)),
    role,
    statuses: statuses.map((status) => plainStatus(writeTaskStatus(status))),
    ...(isObject(labels) && { labels: labels.labels }),
    ...rest,
  }
}

/** The one that was asked for: nobody asks for that of a command. */
function executorOf({ info, executorId }: TaskOrigin): string | undefined {
  return info.executor?.executorId ?? (executorId === info.taskId ? undefined : executorId)
}

/** The parts of a description, as `writeTaskInfo` has it, that are shown with a task. */
export function partsOf(json: Json): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const part of parts) if (json[part] !== undefined) found[part] = json[part]
  return found
}

function picked(json: Json): Record<string, unknown> {
  const found = partsOf(json)
  const { command } = json
  if (isObject(command) && command.user !== undefined) found.user = command.user
  return found
}

/** A status, as `writeTaskStatus` has it, as the plain endpoints have it. */
export function plainStatus({ state, timestamp, labels, container_status, healthy }: Json): Json {
  return {
    state,
    timestamp,
    ...(isObject(labels) && { labels: labels.labels }),
    ...(container_status !== undefined && { container_status }),
    ...(healthy !== undefined && { healthy }),
  }
}
