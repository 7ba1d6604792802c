import type { Resources } from '../../messages/index.ts'
import { idAt, isAbsent, listAt, objectAt, WireProblem } from './json.ts'
import { readResources } from './resources.ts'

/** Reads which tasks RECONCILE asks about. */
export function readQuestions(value: unknown): { taskId: string; agentId?: string }[] {
  return listAt(value, 'reconcile.tasks').map((item, index) => {
    const path = `reconcile.tasks[${index}]`
    const json = objectAt(item, path)
    const taskId = idAt(json.task_id, `${path}.task_id`)
    if (isAbsent(json.agent_id)) return { taskId }
    return { taskId, agentId: idAt(json.agent_id, `${path}.agent_id`) }
  })
}

/** Reads which operations RECONCILE_OPERATIONS asks about. */
export function readOperationQuestions(
  value: unknown,
): { operationId: string; agentId?: string }[] {
  return listAt(value, 'reconcile_operations.operations').map((item, index) => {
    const path = `reconcile_operations.operations[${index}]`
    const json = objectAt(item, path)
    const operationId = idAt(json.operation_id, `${path}.operation_id`)
    if (isAbsent(json.agent_id)) return { operationId }
    return { operationId, agentId: idAt(json.agent_id, `${path}.agent_id`) }
  })
}

/** Reads what REQUEST asks for. A wish that cannot be is none: there is nobody to tell. */
export function readRequests(value: unknown): { agentId?: string; resources: Resources }[] {
  return listAt(value, 'request.requests').map((item, index) => {
    const path = `request.requests[${index}]`
    const json = objectAt(item, path)
    const resources = readWish(json.resources, `${path}.resources`)
    if (isAbsent(json.agent_id)) return { resources }
    return { resources, agentId: idAt(json.agent_id, `${path}.agent_id`) }
  })
}

function readWish(value: unknown, path: string): Resources {
  try {
    return readResources(value, path)
  } catch (error) {
    if (error instanceof WireProblem) return {}
    throw error
  }
}
