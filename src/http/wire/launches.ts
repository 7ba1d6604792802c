import type { ExecutorInfo, TaskInfo } from '../../messages/index.ts'
import { problemAlone, problemTogether } from './containers.ts'
import { readExecutorInfo, writeExecutorInfo } from './executor-info.ts'
import { isObject, type Json, listAt, objectAt, optionalObject } from './json.ts'
import { problemWithForm, type ResourceForm } from './resources.ts'
import { readTaskInfo, writeTaskInfo } from './task-info.ts'

/**
 * Reads the tasks of a LAUNCH. An id of the operation is a problem of all of them, and so is a
 * resource of one that cannot be (Mesos: src/master/master.cpp, accept).
 */
export function readLaunch(json: Json, path: string, operationId: string | undefined): TaskInfo[] {
  const tasks = readTasks(json.task_infos, `${path}.task_infos`)
  const malformed = malformedIn(tasks, json.task_infos, `${path}.task_infos`)
  if (malformed !== undefined) spoil(tasks, malformed)
  if (operationId !== undefined) spoil(tasks, hasId(path))
  for (const task of tasks) {
    const problem = problemAlone(task)
    if (problem !== undefined) task.problem ??= problem
  }
  return tasks
}

function readTasks(value: unknown, path: string): TaskInfo[] {
  const list = listAt(value, path)
  const tasks: TaskInfo[] = []
  for (let index = 0; index < list.length; index++) {
    tasks.push(readTaskInfo(list[index], `${path}[${index}]`))
  }
  return tasks
}

/** Why there is a resource among the tasks' and their executors' that cannot be, or nothing. */
function malformedIn(tasks: readonly TaskInfo[], value: unknown, path: string): string | undefined {
  // Looked for only where something is wrong already, because nearly always nothing is.
  if (tasks.every((task) => (task.problem ?? task.executor?.problem) === undefined))
    return undefined
  for (const [index, item] of listAt(value, path).entries()) {
    const at = `${path}[${index}]`
    const { resources, executor } = objectAt(item, at)
    const own = optionalObject(executor, `${at}.executor`)?.resources
    const problem =
      problemWithForm(resources, `${at}.resources`) ??
      problemWithForm(own, `${at}.executor.resources`)
    if (problem !== undefined) return problem
  }
  return undefined
}

function hasId(path: string): string {
  return `${path}: a launch has no id: its tasks have theirs`
}

function spoil(tasks: readonly TaskInfo[], problem: string): void {
  for (const task of tasks) task.problem ??= problem
}

/** Reads a LAUNCH_GROUP. Of its executor Mesos wants said what it fills in for others. */
export function readLaunchGroup(
  json: Json,
  path: string,
  operationId: string | undefined,
): { executor: ExecutorInfo; tasks: TaskInfo[] } {
  const at = `${path}.task_group`
  const tasks = readTasks(objectAt(json.task_group, at).tasks, `${at}.tasks`)
  if (operationId !== undefined) spoil(tasks, hasId(path))
  const executor = readExecutorInfo(json.executor, `${path}.executor`)
  if (isObject(json.executor) && json.executor.type !== executor.type) {
    executor.problem ??= `${path}.executor has no type; it can be DEFAULT or CUSTOM`
  }
  const problem = problemTogether(tasks, executor)
  if (problem !== undefined) executor.problem ??= problem
  for (const task of tasks) joinGroup(task, executor)
  return { executor, tasks }
}

/** A task may repeat the executor that all share; another one is left for the master to refuse. */
function joinGroup(task: TaskInfo, executor: ExecutorInfo): void {
  if (task.executor === undefined) return
  if (JSON.stringify(task.executor) === JSON.stringify(executor)) delete task.executor
}

export function writeLaunchGroup(
  executor: ExecutorInfo,
  tasks: readonly TaskInfo[],
  form: ResourceForm,
  frameworkId: string,
): Json {
  return {
    executor: writeExecutorInfo(executor, form, frameworkId),
    task_group: { tasks: tasks.map((task) => writeTaskInfo(task, form, frameworkId)) },
  }
}
