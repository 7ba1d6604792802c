import type { TaskStatus } from '../../messages/index.ts'
import { bytesAt, enumAt, idAt, isAbsent, type Json, listAt, objectAt, WireError } from './json.ts'
import { readTaskStatus } from './task-status.ts'

interface Sender {
  readonly frameworkId: string
  readonly executorId: string
}
type Of<Type extends string, Fields = object> = { readonly type: Type } & Sender & Readonly<Fields>

/** A call of an executor, by Mesos' names, with fields like those of our messages. */
export type ExecutorCall =
  | Of<'SUBSCRIBE', { unacknowledgedTasks: string[]; unacknowledgedUpdates: TaskStatus[] }>
  | Of<'UPDATE', { status: TaskStatus }>
  | Of<'MESSAGE', { data: string }>
  | Of<'HEARTBEAT'>

const types = ['SUBSCRIBE', 'UPDATE', 'MESSAGE', 'HEARTBEAT'] as const

/**
 * Reads the body of a call and checks all that needs no knowledge of the agent (Mesos:
 * src/slave/validation.cpp, executor::call::validate). Throws WireError. A status without a
 * timestamp gets the one given.
 */
export function readExecutorCall(body: unknown, timestampMs = 0): ExecutorCall {
  const json = objectAt(body, 'the call')
  const type = enumAt(json.type, types, 'type')
  const sender: Sender = {
    frameworkId: idAt(json.framework_id, 'framework_id'),
    executorId: idAt(json.executor_id, 'executor_id'),
  }
  switch (type) {
    case 'SUBSCRIBE':
      return {
        type,
        ...sender,
        ...readSubscribe(objectAt(json.subscribe, 'subscribe'), timestampMs),
      }
    case 'UPDATE':
      return { type, ...sender, status: readUpdate(json.update, sender, timestampMs) }
    case 'MESSAGE': {
      const { data } = objectAt(json.message, 'message')
      return { type, ...sender, data: bytesAt(data, 'message.data') }
    }
    case 'HEARTBEAT':
      return { type, ...sender }
  }
}

function readSubscribe(
  json: Json,
  timestampMs: number,
): { unacknowledgedTasks: string[]; unacknowledgedUpdates: TaskStatus[] } {
  const tasks = listAt(json.unacknowledged_tasks, 'subscribe.unacknowledged_tasks')
  const updates = listAt(json.unacknowledged_updates, 'subscribe.unacknowledged_updates')
  return {
    unacknowledgedTasks: tasks.map((task, index) => {
      const path = `subscribe.unacknowledged_tasks[${index}]`
      return idAt(objectAt(task, path).task_id, `${path}.task_id`)
    }),
    unacknowledgedUpdates: updates.map((update, index) => {
      const path = `subscribe.unacknowledged_updates[${index}]`
      return readTaskStatus(objectAt(update, path).status, `${path}.status`, timestampMs)
    }),
  }
}

function readUpdate(value: unknown, sender: Sender, timestampMs: number): TaskStatus {
  const json = objectAt(objectAt(value, 'update').status, 'update.status')
  const status = readTaskStatus(json, 'update.status', timestampMs)
  if (isAbsent(json.uuid)) throw new WireError('update.status.uuid is missing')
  if (status.source !== 'EXECUTOR') {
    throw new WireError('update.status.source must be SOURCE_EXECUTOR')
  }
  if (status.state === 'TASK_STAGING') {
    throw new WireError('update.status.state is TASK_STAGING, which no executor reports')
  }
  const { executorId = sender.executorId } = status
  if (executorId === sender.executorId) return status
  throw new WireError(`update.status.executor_id is ${executorId}, not ${sender.executorId}`)
}
