import type { ExecutorInfo, TaskInfo } from '../../messages/index.ts'
import { readExecutorInfo, writeExecutorInfo } from './executor-info.ts'
import { idAt, isAbsent, type Json, listAt, objectAt, WireProblem } from './json.ts'
import type { ResourceForm } from './resources.ts'
import { readTaskInfo, writeTaskInfo } from './task-info.ts'

/** What a launch is read in. */
interface LaunchContext {
  readonly operationId: string | undefined
  /** Of whom executors must be, where it is known. */
  readonly frameworkId: string | undefined
}

/** Reads the tasks of a LAUNCH. */
export function readLaunch(json: Json, path: string, context: LaunchContext): TaskInfo[] {
  const tasks = readTasks(json.task_infos, `${path}.task_infos`, context)
  if (context.operationId !== undefined) spoil(tasks, `${path}: a launch has no id: its tasks have`)
  return tasks
}

function readTasks(value: unknown, path: string, { frameworkId }: LaunchContext): TaskInfo[] {
  const list = listAt(value, path)
  const tasks: TaskInfo[] = []
  for (let index = 0; index < list.length; index++) {
    tasks.push(readTaskInfo(list[index], `${path}[${index}]`, frameworkId))
  }
  return tasks
}

function spoil(tasks: readonly TaskInfo[], problem: string): void {
  for (const task of tasks) task.problem ??= problem
}

/** Reads a LAUNCH_GROUP. What is wrong with its executor is a problem of all its tasks. */
export function readLaunchGroup(
  json: Json,
  path: string,
  context: LaunchContext,
): { executor: ExecutorInfo; tasks: TaskInfo[] } {
  const at = `${path}.task_group`
  const tasks = readTasks(objectAt(json.task_group, at).tasks, `${at}.tasks`, context)
  if (context.operationId !== undefined) spoil(tasks, `${path}: a launch has no id: its tasks have`)
  try {
    const executor = readGroupExecutor(json.executor, `${path}.executor`, context)
    for (const task of tasks) joinGroup(task, executor)
    return { executor, tasks }
  } catch (error) {
    if (!(error instanceof WireProblem)) throw error
    spoil(tasks, error.message)
    const { executor_id } = objectAt(json.executor, `${path}.executor`)
    const executorId = idAt(executor_id, `${path}.executor.executor_id`)
    return { executor: { executorId, type: 'DEFAULT' }, tasks }
  }
}

/** Of a group's executor Mesos wants said what it fills in for others. */
function readGroupExecutor(value: unknown, path: string, context: LaunchContext): ExecutorInfo {
  const executor = readExecutorInfo(value, path, context.frameworkId)
  const { type, framework_id } = objectAt(value, path)
  if (isAbsent(type)) throw new WireProblem(`${path} has no type; it can be DEFAULT or CUSTOM`)
  if (isAbsent(framework_id)) throw new WireProblem(`${path} has no framework_id`)
  return executor
}

/** A task of a group may repeat the executor that all of them share, but not name another. */
function joinGroup(task: TaskInfo, executor: ExecutorInfo): void {
  if (task.executor === undefined) return
  if (JSON.stringify(task.executor) !== JSON.stringify(executor)) {
    task.problem ??= `the task ${task.taskId} names another executor than its group`
  }
  delete task.executor
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
