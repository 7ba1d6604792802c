import type { Operation } from '../../messages/index.ts'
import { type Json, listAt, objectAt, optionalObject, optionalText } from './json.ts'

/** A role that resources are said to be allocated to, and who has a problem if they are not. */
export interface Allocation {
  readonly role: string
  readonly of: { problem?: string }
}

/** Reads what an operation, which was read before, says of the role of its resources. */
export function readAllocations(value: unknown, operation: Operation, path: string): Allocation[] {
  const { type } = operation
  const at = `${path}.${type.toLowerCase()}`
  const part = optionalObject(objectAt(value, path)[type.toLowerCase()], at) ?? {}
  switch (operation.type) {
    case 'LAUNCH':
      return inTasks(part.task_infos, operation.tasks, `${at}.task_infos`)
    case 'LAUNCH_GROUP': {
      const group = optionalObject(part.task_group, `${at}.task_group`) ?? {}
      return [
        ...inTasks(group.tasks, operation.tasks, `${at}.task_group.tasks`),
        ...inExecutor(part.executor, operation.executor, `${at}.executor`),
      ]
    }
    default:
      return rolesOf(part, at).map((role) => ({ role, of: operation }))
  }
}

function inTasks(value: unknown, tasks: readonly Allocation['of'][], path: string): Allocation[] {
  const list = listAt(value, path)
  return tasks.flatMap((task, index) => {
    const at = `${path}[${index}]`
    const { resources, executor } = objectAt(list[index], at)
    const roles = rolesIn(resources, `${at}.resources`)
    return [
      ...roles.map((role) => ({ role, of: task })),
      ...inExecutor(executor, task, `${at}.executor`),
    ]
  })
}

function inExecutor(value: unknown, of: Allocation['of'], path: string): Allocation[] {
  const resources = optionalObject(value, path)?.resources
  return rolesIn(resources, `${path}.resources`).map((role) => ({ role, of }))
}

/** Operations name resources in lists, or a single one. */
function rolesOf(part: Json, path: string): string[] {
  const { resources, volumes, volume, addition } = part
  return [
    ...rolesIn(resources, `${path}.resources`),
    ...rolesIn(volumes, `${path}.volumes`),
    ...roleIn(volume, `${path}.volume`),
    ...roleIn(addition, `${path}.addition`),
  ]
}

function rolesIn(value: unknown, path: string): string[] {
  return listAt(value, path).flatMap((item, index) => roleIn(item, `${path}[${index}]`))
}

function roleIn(value: unknown, path: string): string[] {
  const at = `${path}.allocation_info`
  const allocation = optionalObject(optionalObject(value, path)?.allocation_info, at)
  const role = optionalText(allocation?.role, `${at}.role`)
  return role === undefined ? [] : [role]
}
