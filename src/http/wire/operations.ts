import {
  type Operation,
  type OperationStatus,
  operationStates,
  type ResourceOperation,
} from '../../messages/index.ts'
import {
  enumAt,
  idAt,
  type Json,
  listAt,
  objectAt,
  optionalEnum,
  optionalId,
  optionalObject,
  optionalText,
} from './json.ts'
import { readLaunch, readLaunchGroup, writeLaunchGroup } from './launches.ts'
import { readResourceOperation, refused, writeResourceOperation } from './resource-operations.ts'
import type { ResourceForm } from './resources.ts'
import { writeTaskInfo } from './task-info.ts'
import { uuidToWire } from './uuid.ts'

const types = [
  'LAUNCH',
  'LAUNCH_GROUP',
  'RESERVE',
  'UNRESERVE',
  'CREATE',
  'DESTROY',
  'GROW_VOLUME',
  'SHRINK_VOLUME',
  'CREATE_DISK',
  'DESTROY_DISK',
] as const

/**
 * Reads an Offer.Operation. What can be read but not done becomes the `problem` of the operation,
 * or of its tasks; one of a type that nobody knows is nothing (Mesos: src/master/master.cpp,
 * accept).
 */
export function readOperation(value: unknown, path: string): Operation | undefined {
  const json = objectAt(value, path)
  const type = optionalEnum(json.type, types, `${path}.type`)
  const operationId = optionalId(json.id, `${path}.id`)
  if (type === undefined) return undefined
  const at = `${path}.${type.toLowerCase()}`
  const part = optionalObject(json[type.toLowerCase()], at)
  switch (type) {
    case 'LAUNCH':
      return part && { type, tasks: readLaunch(part, at, operationId) }
    case 'LAUNCH_GROUP':
      return part && { type, ...readLaunchGroup(part, at, operationId) }
    case 'CREATE_DISK':
    case 'DESTROY_DISK':
      return refusedDisk(type, operationId)
    default:
      return readOfScheduler(type, part, at, operationId)
  }
}

/** Only operators may name what is reserved already, to reserve it otherwise. */
function readOfScheduler(
  type: ResourceOperation['type'],
  part: Json | undefined,
  path: string,
  operationId: string | undefined,
): ResourceOperation {
  if (part === undefined) return refused(type, `${path} is missing`, operationId)
  const operation = readResourceOperation(type, part, path, operationId)
  if (type !== 'RESERVE' || listAt(part.source, `${path}.source`).length === 0) return operation
  return refused(type, `${path}.source: schedulers cannot change reservations`, operationId)
}

/** It fails alone, as what is done to a volume does that cannot be: the rest of the call counts. */
function refusedDisk(type: 'CREATE_DISK' | 'DESTROY_DISK', operationId?: string): Operation {
  return {
    type: type === 'CREATE_DISK' ? 'CREATE' : 'DESTROY',
    ...(operationId !== undefined && { operationId }),
    volumes: {},
    problem: `${type} is not supported here: there are no CSI disks`,
  }
}

/** Writes an operation. */
export function writeOperation(
  operation: Operation,
  form: ResourceForm,
  frameworkId: string,
): Json {
  const { type } = operation
  if (type === 'LAUNCH') {
    const tasks = operation.tasks.map((task) => writeTaskInfo(task, form, frameworkId))
    return { type, launch: { task_infos: tasks } }
  }
  if (type === 'LAUNCH_GROUP') {
    const { executor, tasks } = operation
    return { type, launch_group: writeLaunchGroup(executor, tasks, form, frameworkId) }
  }
  const { operationId } = operation
  return {
    type,
    ...(operationId !== undefined && { id: { value: operationId } }),
    [type.toLowerCase()]: writeResourceOperation(operation, form),
  }
}

export function writeOperationStatus(status: OperationStatus): Json {
  const { operationId, state, message, agentId, uuid } = status
  return {
    operation_id: { value: operationId },
    state,
    ...(message !== undefined && { message }),
    ...(agentId !== undefined && { agent_id: { value: agentId } }),
    ...(uuid !== undefined && { uuid: { value: uuidToWire(uuid) } }),
  }
}

export function readOperationStatus(value: unknown, path: string): OperationStatus {
  const json = objectAt(value, path)
  const message = optionalText(json.message, `${path}.message`)
  const agentId = optionalId(json.agent_id, `${path}.agent_id`)
  return {
    operationId: idAt(json.operation_id, `${path}.operation_id`),
    state: enumAt(json.state, operationStates, `${path}.state`),
    ...(message !== undefined && { message }),
    ...(agentId !== undefined && { agentId }),
  }
}
