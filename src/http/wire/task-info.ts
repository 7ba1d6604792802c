import type { TaskInfo } from '../../messages/index.ts'
import { carry, type Undecided } from './carried.ts'
import { readCheck, writeCheck } from './check.ts'
import { readCommandInfo, writeCommandInfo } from './command-info.ts'
import { verifyContainer } from './containers.ts'
import { readExecutorInfo, writeExecutorInfo } from './executor-info.ts'
import { readHealthCheck, writeHealthCheck } from './health-check.ts'
import {
  bytesAt,
  durationAt,
  idAt,
  isAbsent,
  type Json,
  objectAt,
  textAt,
  WireProblem,
  writeDuration,
} from './json.ts'
import { readKillPolicy } from './kill-policy.ts'
import { readLabels, writeLabels } from './labels.ts'
import { type ResourceForm, readResources, writeResources } from './resources.ts'
import { verifyLimits } from './undecided.ts'

const undecided: Undecided = {
  container: 'object',
  limits: 'object',
  discovery: 'object',
}

/**
 * Reads a TaskInfo. What is legal JSON of Mesos but no task that can be run becomes its `problem`,
 * because that is answered with TASK_ERROR for this task alone.
 */
export function readTaskInfo(value: unknown, path: string): TaskInfo {
  const json = objectAt(value, path)
  const task: TaskInfo = {
    taskId: idAt(json.task_id, `${path}.task_id`),
    name: textAt(json.name, `${path}.name`),
    agentId: idAt(json.agent_id, `${path}.agent_id`),
    resources: {},
  }
  try {
    task.resources = readResources(json.resources, `${path}.resources`)
    readWork(json, task, path)
    readRest(json, task, path)
  } catch (error) {
    if (!(error instanceof WireProblem)) throw error
    task.problem = error.message
  }
  return task
}

function readWork(json: Json, task: TaskInfo, path: string): void {
  if (!isAbsent(json.command)) task.command = readCommandInfo(json.command, `${path}.command`)
  if (!isAbsent(json.executor)) {
    task.executor = readExecutorInfo(json.executor, `${path}.executor`)
  }
  if (!isAbsent(json.data)) task.data = bytesAt(json.data, `${path}.data`)
  if (!isAbsent(json.health_check)) {
    task.healthCheck = readHealthCheck(json.health_check, `${path}.health_check`)
  }
  if (isAbsent(json.check)) return
  task.check = readCheck(json.check, `${path}.check`)
}

function readRest(json: Json, task: TaskInfo, path: string): void {
  const killPolicy = readKillPolicy(json.kill_policy, `${path}.kill_policy`)
  if (killPolicy !== undefined) task.killPolicy = killPolicy
  if (!isAbsent(json.max_completion_time)) {
    task.maxCompletionTimeMs = durationAt(json.max_completion_time, `${path}.max_completion_time`)
  }
  const carried = carry(json, undecided, path)
  if (carried !== undefined) {
    if (carried.container !== undefined) {
      verifyContainer(carried.container, `${path}.container`)
    }
    if (carried.limits !== undefined) {
      verifyLimits(carried.limits, task.resources, `${path}.limits`)
    }
    task.carried = carried
  }
  if (isAbsent(json.labels)) return
  const { labels, carried: allLabels } = readLabels(json.labels, `${path}.labels`)
  if (labels !== undefined) task.labels = labels
  if (allLabels !== undefined) task.carried = { ...task.carried, labels: allLabels }
}

/** Writes a TaskInfo in the form that the reader understands. */
export function writeTaskInfo(task: TaskInfo, form: ResourceForm, frameworkId: string): Json {
  const json: Record<string, unknown> = {
    name: task.name,
    task_id: { value: task.taskId },
    agent_id: { value: task.agentId },
    resources: writeResources(task.resources, form),
  }
  if (task.executor !== undefined) {
    json.executor = writeExecutorInfo(task.executor, form, frameworkId)
  }
  if (task.command !== undefined) json.command = writeCommandInfo(task.command)
  if (task.data !== undefined) json.data = task.data
  if (task.healthCheck !== undefined) json.health_check = writeHealthCheck(task.healthCheck)
  if (task.check !== undefined) json.check = writeCheck(task.check)
  if (task.killPolicy !== undefined) {
    json.kill_policy = { grace_period: writeDuration(task.killPolicy.gracePeriodMs) }
  }
  if (task.maxCompletionTimeMs !== undefined) {
    json.max_completion_time = writeDuration(task.maxCompletionTimeMs)
  }
  if (task.labels !== undefined) json.labels = writeLabels(task.labels)
  return task.carried === undefined ? json : Object.assign(json, task.carried)
}
