import { toQuantities } from '../../model/resources/quantities.ts'
import { endpointResources, plainResources } from '../operator/resource-json.ts'
import { partsOf, plainStatus } from '../operator/task-json.ts'
import { writeExecutorInfo } from '../wire/executor-info.ts'
import { isObject, type Json, withoutEmpty } from '../wire/json.ts'
import { writeTaskInfo } from '../wire/task-info.ts'
import { writeTaskStatus } from '../wire/task-status.ts'
import { type ExecutorPicture, heldBy, type TaskPicture } from './picture.ts'

const form = { refined: true } as const

/** A task as the API has it. */
export function v1Task({ task, frameworkId, role, statuses }: TaskPicture): Json {
  const { info, executorId, state } = task
  const json = writeTaskInfo(info, form, frameworkId)
  return withoutEmpty({
    name: info.name,
    task_id: { value: info.taskId },
    framework_id: { value: frameworkId },
    executor_id: { value: executorId },
    agent_id: { value: info.agentId },
    state,
    resources: endpointResources(toQuantities(info.resources), role),
    statuses: statuses.map(writeTaskStatus),
    ...partsOf(json),
  })
}

export function v1Executor({ info, frameworkId, role }: ExecutorPicture): Json {
  const allocated = { ...form, ...(role !== undefined && { allocatedTo: role }) }
  return { executor_info: writeExecutorInfo(info, allocated, frameworkId) }
}

/** A task as the plain endpoints have it. */
export function plainTask({ task, frameworkId, role, statuses }: TaskPicture): Json {
  const { info, executorId, state } = task
  const { labels } = writeTaskInfo(info, form, frameworkId)
  return {
    id: info.taskId,
    name: info.name,
    framework_id: frameworkId,
    executor_id: executorId,
    slave_id: info.agentId,
    state,
    resources: plainResources(toQuantities(info.resources)),
    ...(role !== undefined && { role }),
    statuses: statuses.map((status) => plainStatus(writeTaskStatus(status))),
    ...(isObject(labels) && { labels: labels.labels }),
  }
}

/** The same of an executor, which is shown with where its sandbox is. */
export function plainExecutor(executor: ExecutorPicture, directory: string): Json {
  const { info, record, role, queued, launched, terminated, completed } = executor
  const { name = '', source = '' } = info.carried ?? {}
  const types: Json = info.type === 'DEFAULT' ? { type: 'DEFAULT' } : { type: 'CUSTOM' }
  return {
    id: record.id,
    name,
    source,
    container: record.containerId ?? '',
    directory,
    resources: plainResources(heldBy(executor)),
    ...(role !== undefined && { role }),
    ...types,
    tasks: launched.map(plainTask),
    queued_tasks: queued.map(plainTask),
    completed_tasks: [...completed, ...terminated].map(plainTask),
  }
}
