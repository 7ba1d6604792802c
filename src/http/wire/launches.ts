import type { ExecutorInfo, TaskInfo } from '../../messages/index.ts'
import { problemAlone, problemTogether } from './containers.ts'
import { readExecutorInfo, writeExecutorInfo } from './executor-info.ts'
import { isAbsent, isObject, type Json, listAt, objectAt } from './json.ts'
import type { ResourceForm } from './resources.ts'
import { readTaskInfo, writeTaskInfo } from './task-info.ts'

/** Reads the tasks of a LAUNCH. An id of the operation is a problem of all of them. */
export function readLaunch(json: Json, path: string, operationId: string | undefined): TaskInfo[] {
  const tasks = readTasks(json.task_infos, `${path}.task_infos`)
  if (operationId !== undefined) spoil(tasks, path)
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

function spoil(tasks: readonly TaskInfo[], path: string): void {
  for (const task of tasks) task.problem ??= `${path}: a launch has no id: its tasks have theirs`
}

/** Reads a LAUNCH_GROUP. Of its executor Mesos wants said what it fills in for others. */
export function readLaunchGroup(
  json: Json,
  path: string,
  operationId: string | undefined,
): { executor: ExecutorInfo; tasks: TaskInfo[] } {
  const at = `${path}.task_group`
  const tasks = readTasks(objectAt(json.task_group, at).tasks, `${at}.tasks`)
  if (operationId !== undefined) spoil(tasks, path)
  const executor = readExecutorInfo(json.executor, `${path}.executor`)
  if (isObject(json.executor) && isAbsent(json.executor.type)) {
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
