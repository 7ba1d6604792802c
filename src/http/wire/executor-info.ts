import type { ExecutorInfo } from '../../messages/index.ts'
import { carry, type Undecided } from './carried.ts'
import { readCommandInfo, writeCommandInfo } from './command-info.ts'
import {
  enumAt,
  idAt,
  isAbsent,
  type Json,
  objectAt,
  optionalDuration,
  optionalId,
  WireProblem,
  writeDuration,
} from './json.ts'
import { type ResourceForm, readResources, writeResources } from './resources.ts'

const undecided: Undecided = {
  container: 'object',
  data: 'bytes',
  discovery: 'object',
  labels: 'object',
  name: 'text',
  source: 'text',
}
const types = ['CUSTOM', 'DEFAULT'] as const

/**
 * Reads an ExecutorInfo; without a type it is a program. An id of a framework in it must be that
 * of `frameworkId`, where it is known.
 */
export function readExecutorInfo(value: unknown, path: string, frameworkId?: string): ExecutorInfo {
  const json = objectAt(value, path)
  const executorId = idAt(json.executor_id, `${path}.executor_id`)
  const executor: ExecutorInfo = { executorId, type: typeAt(json.type, `${path}.type`) }
  const owner = optionalId(json.framework_id, `${path}.framework_id`)
  if (owner !== undefined && frameworkId !== undefined && owner !== frameworkId) {
    throw new WireProblem(`${path} is of the framework ${owner}, not of ${frameworkId}`)
  }
  if (owner !== undefined) executor.frameworkId = owner
  const graceMs = optionalDuration(json.shutdown_grace_period, `${path}.shutdown_grace_period`)
  if (graceMs !== undefined) executor.shutdownGracePeriodMs = graceMs
  if (!isAbsent(json.command)) executor.command = readCommandInfo(json.command, `${path}.command`)
  if (!isAbsent(json.resources)) {
    executor.resources = readResources(json.resources, `${path}.resources`)
  }
  const carried = carry(json, undecided, path)
  if (carried !== undefined) executor.carried = carried
  return executor
}

function typeAt(value: unknown, path: string): (typeof types)[number] {
  return isAbsent(value) || value === 'UNKNOWN' ? 'CUSTOM' : enumAt(value, types, path)
}

/** Writes an ExecutorInfo. Mesos knows no functions and threads: they are told as programs. */
export function writeExecutorInfo(
  executor: ExecutorInfo,
  form: ResourceForm,
  frameworkId: string,
): Json {
  const { command, resources, shutdownGracePeriodMs } = executor
  const json: Record<string, unknown> = {
    type: executor.type === 'DEFAULT' ? 'DEFAULT' : 'CUSTOM',
    executor_id: { value: executor.executorId },
    framework_id: { value: frameworkId },
  }
  if (command !== undefined) json.command = writeCommandInfo(command)
  if (resources !== undefined) json.resources = writeResources(resources, form)
  if (shutdownGracePeriodMs !== undefined) {
    json.shutdown_grace_period = writeDuration(shutdownGracePeriodMs)
  }
  return executor.carried === undefined ? json : Object.assign(json, executor.carried)
}
