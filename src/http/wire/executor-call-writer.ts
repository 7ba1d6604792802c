import type { TaskStatus } from '../../messages/index.ts'
import type * as lifecycle from '../../messages/lifecycle.ts'
import type * as task from '../../messages/task.ts'
import type { Json } from './json.ts'
import { writeTaskStatus } from './task-status.ts'

/** Everything that an executor says to its agent. */
export type FromExecutor =
  | lifecycle.RegisterExecutor
  | task.UpdateToAgent
  | task.MessageFromExecutor

/** The calls by which an executor says a message: one each where ours are batches. */
export function writeExecutorCalls(message: FromExecutor, agentId: string): Json[] {
  const sender = {
    executor_id: { value: message.executorId },
    framework_id: { value: message.frameworkId },
  }
  switch (message.type) {
    case 'lifecycle.registerExecutor': {
      const { unacknowledgedTasks = [], unacknowledgedUpdates } = message
      const subscribe = {
        unacknowledged_tasks: unacknowledgedTasks.map((taskId) => writeStub(taskId, agentId)),
        unacknowledged_updates: unacknowledgedUpdates.map((status) => ({
          status: writeTaskStatus(status),
        })),
      }
      return [{ type: 'SUBSCRIBE', ...sender, subscribe }]
    }
    case 'task.update':
      return message.updates.map((status: TaskStatus) => ({
        type: 'UPDATE',
        ...sender,
        update: { status: writeTaskStatus(status) },
      }))
    case 'task.message':
      return [{ type: 'MESSAGE', ...sender, message: { data: message.data } }]
  }
}

/** Mesos wants whole tasks, but looks at their ids only. */
function writeStub(taskId: string, agentId: string): Json {
  return { name: taskId, task_id: { value: taskId }, agent_id: { value: agentId }, resources: [] }
}
