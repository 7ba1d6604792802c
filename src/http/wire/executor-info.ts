import type { ExecutorInfo } from '../../messages/index.ts'
import { carry, type Undecided } from './carried.ts'
import { readCommandInfo, writeCommandInfo } from './command-info.ts'
import { verifyForm } from './containers.ts'
import {
  idAt,
  isAbsent,
  type Json,
  objectAt,
  optionalDuration,
  optionalEnum,
  optionalId,
  WireProblem,
  writeDuration,
} from './json.ts'
import { readLabels } from './labels.ts'
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
 * Reads an ExecutorInfo; without a known type it is a program. What can be read but means nothing
 * becomes its `problem`, because it is answered to the tasks that name it.
 */
export function readExecutorInfo(value: unknown, path: string): ExecutorInfo {
  const json = objectAt(value, path)
  const executorId = idAt(json.executor_id, `${path}.executor_id`)
  const executor: ExecutorInfo = { executorId, type: typeAt(json.type, `${path}.type`) }
  const frameworkId = optionalId(json.framework_id, `${path}.framework_id`)
  if (frameworkId !== undefined) executor.frameworkId = frameworkId
  const graceMs = optionalDuration(json.shutdown_grace_period, `${path}.shutdown_grace_period`)
  if (graceMs !== undefined) executor.shutdownGracePeriodMs = graceMs
  const carried = carry(json, undecided, path)
  if (carried !== undefined) executor.carried = carried
  if (carried?.container !== undefined) verifyForm(carried.container, `${path}.container`)
  readLabels(json.labels, `${path}.labels`)
  try {
    if (!isAbsent(json.command)) executor.command = readCommandInfo(json.command, `${path}.command`)
    if (!isAbsent(json.resources)) {
      executor.resources = readResources(json.resources, `${path}.resources`)
    }
  } catch (error) {
    if (!(error instanceof WireProblem)) throw error
    executor.problem = error.message
  }
  return executor
}

function typeAt(value: unknown, path: string): (typeof types)[number] {
  return optionalEnum(value, types, path) ?? 'CUSTOM'
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
