import type { ExecutorInfo, ExecutorMessage, FrameworkInfo } from '../../messages/index.ts'
import { readAgentInfo, writeAgentInfo } from './agent-info.ts'
import { readExecutorInfo, writeExecutorInfo } from './executor-info.ts'
import { readFrameworkInfo, writeFrameworkInfo } from './framework-info.ts'
import { bytesAt, idAt, type Json, listAt, objectAt, textAt, writeDuration } from './json.ts'
import { readKillPolicy } from './kill-policy.ts'
import { formFor } from './resources.ts'
import { readTaskInfo, writeTaskInfo } from './task-info.ts'
import { uuidFromWire, uuidToWire } from './uuid.ts'

/** The executor that hears the events. */
export interface ExecutorSubscriber {
  readonly frameworkId: string
  readonly executorId: string
  /** Its framework: how resources are told depends on what it understands. */
  readonly framework: FrameworkInfo
  /** What it was launched as, if it is told: tasks of a group then name it. */
  readonly executor?: ExecutorInfo
  readonly containerId?: string
}

type Of<Type extends ExecutorMessage['type']> = Extract<ExecutorMessage, { type: Type }>

/** The events by which an executor hears a message: one each where ours are batches. */
export function executorEvents(message: ExecutorMessage, executor: ExecutorSubscriber): Json[] {
  const { frameworkId, framework } = executor
  switch (message.type) {
    case 'lifecycle.executorRegistered':
      return [subscribed(message, executor)]
    case 'lifecycle.shutdownExecutor':
      return [{ type: 'SHUTDOWN' }]
    case 'task.launch': {
      const form = formFor(framework)
      return message.tasks.map((task) => ({
        type: 'LAUNCH',
        launch: { task: writeTaskInfo(task, form, frameworkId) },
      }))
    }
    case 'task.launchGroup':
      return [launchGroup(message, executor)]
    case 'task.kill':
      return message.kills.map(kill)
    case 'task.acknowledge':
      return message.acknowledgements.map(({ taskId, uuid }) => ({
        type: 'ACKNOWLEDGED',
        acknowledged: { task_id: { value: taskId }, uuid: uuidToWire(uuid) },
      }))
    case 'task.message':
      return [{ type: 'MESSAGE', message: { data: message.data } }]
  }
}

function subscribed(message: Of<'lifecycle.executorRegistered'>, subscriber: ExecutorSubscriber) {
  const { frameworkId, executorId, framework, agent, agentId } = message
  const executor = message.executor ?? subscriber.executor ?? { executorId, type: 'CUSTOM' }
  const { containerId } = subscriber
  return {
    type: 'SUBSCRIBED',
    subscribed: {
      executor_info: writeExecutorInfo(executor, formFor(framework), frameworkId),
      framework_info: writeFrameworkInfo(framework, frameworkId),
      agent_info: writeAgentInfo(agent ?? { hostname: '', resources: {} }, agentId),
      ...(containerId !== undefined && { container_id: { value: containerId } }),
    },
  }
}

function launchGroup({ tasks }: Of<'task.launchGroup'>, subscriber: ExecutorSubscriber): Json {
  const { frameworkId, framework, executor } = subscriber
  const form = formFor(framework)
  const list = tasks.map((task) =>
    writeTaskInfo(executor === undefined ? task : { ...task, executor }, form, frameworkId),
  )
  return { type: 'LAUNCH_GROUP', launch_group: { task_group: { tasks: list } } }
}

function kill({ taskId, killPolicy }: Of<'task.kill'>['kills'][number]): Json {
  const policy = killPolicy && { grace_period: writeDuration(killPolicy.gracePeriodMs) }
  return {
    type: 'KILL',
    kill: { task_id: { value: taskId }, ...(policy && { kill_policy: policy }) },
  }
}

/**
 * Reads an event as the message that it tells. Nothing for events that tell none: heartbeats,
 * errors, and whatever newer agents know.
 */
export function readExecutorEvent(event: unknown): ExecutorMessage | undefined {
  const json = objectAt(event, 'the event')
  const type = textAt(json.type, 'type')
  switch (type) {
    case 'SUBSCRIBED':
      return readSubscribed(objectAt(json.subscribed, 'subscribed'))
    case 'LAUNCH': {
      const { task } = objectAt(json.launch, 'launch')
      return { type: 'task.launch', tasks: [readTaskInfo(task, 'launch.task')] }
    }
    case 'LAUNCH_GROUP':
      return readLaunchGroup(objectAt(json.launch_group, 'launch_group'))
    case 'KILL':
      return readKill(objectAt(json.kill, 'kill'))
    case 'ACKNOWLEDGED': {
      const { task_id, uuid } = objectAt(json.acknowledged, 'acknowledged')
      const taskId = idAt(task_id, 'acknowledged.task_id')
      const acknowledged = { taskId, uuid: uuidFromWire(uuid, 'acknowledged.uuid') }
      return { type: 'task.acknowledge', acknowledgements: [acknowledged] }
    }
    case 'MESSAGE': {
      const { data } = objectAt(json.message, 'message')
      return { type: 'task.message', data: bytesAt(data, 'message.data') }
    }
    case 'SHUTDOWN':
      return { type: 'lifecycle.shutdownExecutor', gracePeriodMs: 0 }
    default:
      return undefined
  }
}

function readSubscribed(json: Json): Of<'lifecycle.executorRegistered'> {
  const framework = readFrameworkInfo(json.framework_info, 'subscribed.framework_info')
  const executor = readExecutorInfo(json.executor_info, 'subscribed.executor_info')
  const agent = readAgentInfo(json.agent_info, 'subscribed.agent_info')
  return {
    type: 'lifecycle.executorRegistered',
    agentId: agent.id ?? '',
    frameworkId: framework.id ?? '',
    executorId: executor.executorId,
    framework: framework.info,
    executor,
    agent: agent.info,
  }
}

function readLaunchGroup(json: Json): Of<'task.launchGroup'> {
  const path = 'launch_group.task_group'
  const list = listAt(objectAt(json.task_group, path).tasks, `${path}.tasks`)
  const tasks = list.map((task, index) => readTaskInfo(task, `${path}.tasks[${index}]`))
  return { type: 'task.launchGroup', tasks }
}

function readKill(json: Json): Of<'task.kill'> {
  const taskId = idAt(json.task_id, 'kill.task_id')
  const killPolicy = readKillPolicy(json.kill_policy, 'kill.kill_policy')
  return { type: 'task.kill', kills: [{ taskId, ...(killPolicy && { killPolicy }) }] }
}
