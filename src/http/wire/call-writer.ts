import type * as allocation from '../../messages/allocation.ts'
import type { FrameworkInfo } from '../../messages/index.ts'
import type * as lifecycle from '../../messages/lifecycle.ts'
import type * as task from '../../messages/task.ts'
import { writeOfferConstraints } from './constraints.ts'
import { writeFrameworkInfo } from './framework-info.ts'
import { type Json, writeDuration } from './json.ts'
import { writeOperation } from './operations.ts'
import { formFor, writeResources } from './resources.ts'
import { writeTaskInfo } from './task-info.ts'
import { uuidToWire } from './uuid.ts'

/** Everything that a scheduler says to the master. */
export type FromScheduler =
  | lifecycle.Register
  | lifecycle.Reregister
  | lifecycle.Unregister
  | lifecycle.DescribeFramework
  | lifecycle.ShutdownExecutor
  | FromSchedulerAboutResources
  | task.Launch
  | task.KillCall
  | task.Acknowledge
  | task.Reconcile
  | task.MessageToMaster

type FromSchedulerAboutResources =
  | allocation.Request
  | allocation.Accept
  | allocation.Decline
  | allocation.Revive
  | allocation.Suppress
  | allocation.AcceptInverse
  | allocation.DeclineInverse

/** Who calls; before it has subscribed it has no id. */
export interface Caller {
  readonly info: FrameworkInfo
  readonly frameworkId?: string
}

/** The calls by which a scheduler says a message: one each where ours are batches. */
export function writeSchedulerCalls(message: FromScheduler, caller: Caller): Json[] {
  const { frameworkId = '' } = caller
  const framework_id = { value: frameworkId }
  switch (message.type) {
    case 'lifecycle.register':
      return [{ type: 'SUBSCRIBE', subscribe: writeDescription(message, undefined) }]
    case 'lifecycle.reregister': {
      const id = message.frameworkId
      const subscribe = writeDescription(message, id)
      return [{ type: 'SUBSCRIBE', framework_id: { value: id }, subscribe }]
    }
    case 'lifecycle.unregister':
      return [{ type: 'TEARDOWN', framework_id: { value: message.frameworkId } }]
    case 'lifecycle.describeFramework': {
      const update_framework = writeDescription(message, frameworkId)
      return [{ type: 'UPDATE_FRAMEWORK', framework_id, update_framework }]
    }
    case 'lifecycle.shutdownExecutor':
    case 'task.kill':
    case 'task.launch':
    case 'task.acknowledge':
    case 'task.reconcile':
    case 'task.message':
      return writeTaskCalls(message, caller).map((call) => ({ framework_id, ...call }))
    default:
      return [{ framework_id, ...writeAllocationCall(message, caller) }]
  }
}

function writeDescription(
  {
    framework,
    suppressedRoles = [],
  }: lifecycle.Register | lifecycle.Reregister | lifecycle.DescribeFramework,
  id: string | undefined,
): Json {
  const { offerConstraints } = framework
  return {
    framework_info: writeFrameworkInfo(framework, id),
    suppressed_roles: suppressedRoles,
    ...(offerConstraints && { offer_constraints: writeOfferConstraints(offerConstraints) }),
  }
}

type AboutTasks =
  | lifecycle.ShutdownExecutor
  | task.Launch
  | task.KillCall
  | task.Acknowledge
  | task.Reconcile
  | task.MessageToMaster

function writeTaskCalls(message: AboutTasks, caller: Caller): Json[] {
  switch (message.type) {
    case 'task.launch':
      return [writeLaunch(message, caller)]
    case 'task.kill':
      return message.kills.map(writeKill)
    case 'task.acknowledge':
      return message.acknowledgements.map(({ agentId, taskId, uuid }) => {
        const acknowledge = {
          ...onAgent(agentId),
          task_id: { value: taskId },
          uuid: uuidToWire(uuid),
        }
        return { type: 'ACKNOWLEDGE', acknowledge }
      })
    case 'task.reconcile': {
      const tasks = message.tasks.map(({ taskId, agentId }) => ({
        task_id: { value: taskId },
        ...(agentId !== undefined && onAgent(agentId)),
      }))
      return [{ type: 'RECONCILE', reconcile: { tasks } }]
    }
    case 'task.message': {
      const { agentId, executorId, data } = message
      const content = { ...onAgent(agentId), executor_id: { value: executorId }, data }
      return [{ type: 'MESSAGE', message: content }]
    }
    case 'lifecycle.shutdownExecutor': {
      const shutdown = { ...onAgent(message.agentId), executor_id: { value: message.executorId } }
      return [{ type: 'SHUTDOWN', shutdown }]
    }
  }
}

function onAgent(agentId: string): { agent_id: Json } {
  return { agent_id: { value: agentId } }
}

function writeLaunch({ offerIds, tasks, filters }: task.Launch, caller: Caller): Json {
  const form = formFor(caller.info)
  const task_infos = tasks.map((task) => writeTaskInfo(task, form, caller.frameworkId ?? ''))
  const operations = [{ type: 'LAUNCH', launch: { task_infos } }]
  return { type: 'ACCEPT', accept: { ...writeAnswer({ offerIds, filters }), operations } }
}

function writeKill({ taskId, agentId, killPolicy }: task.KillCall['kills'][number]): Json {
  const policy = killPolicy && { grace_period: writeDuration(killPolicy.gracePeriodMs) }
  const kill = {
    task_id: { value: taskId },
    ...(agentId !== undefined && onAgent(agentId)),
    ...(policy && { kill_policy: policy }),
  }
  return { type: 'KILL', kill }
}

function writeAllocationCall(message: FromSchedulerAboutResources, caller: Caller): Json {
  const form = formFor(caller.info)
  switch (message.type) {
    case 'allocation.accept': {
      const operations = message.operations.map((operation) =>
        writeOperation(operation, form, caller.frameworkId ?? ''),
      )
      return { type: 'ACCEPT', accept: { ...writeAnswer(message), operations } }
    }
    case 'allocation.decline':
      return { type: 'DECLINE', decline: writeAnswer(message) }
    case 'allocation.revive':
      return { type: 'REVIVE', revive: { roles: message.roles ?? [] } }
    case 'allocation.suppress':
      return { type: 'SUPPRESS', suppress: { roles: message.roles ?? [] } }
    case 'allocation.acceptInverse':
      return { type: 'ACCEPT_INVERSE_OFFERS', accept_inverse_offers: writeInverse(message) }
    case 'allocation.declineInverse':
      return { type: 'DECLINE_INVERSE_OFFERS', decline_inverse_offers: writeInverse(message) }
    case 'allocation.request': {
      const requests = message.requests.map(({ agentId, resources }) => ({
        ...(agentId !== undefined && onAgent(agentId)),
        resources: writeResources(resources, form),
      }))
      return { type: 'REQUEST', request: { requests } }
    }
  }
}

type Answer = Pick<allocation.Decline, 'offerIds'> & {
  readonly filters?: allocation.Decline['filters'] | undefined
}

function writeAnswer({ offerIds, filters }: Answer): Json {
  return { offer_ids: offerIds.map((value) => ({ value })), ...writeFilters(filters) }
}

function writeInverse({
  inverseOfferIds,
  filters,
}: allocation.AcceptInverse | allocation.DeclineInverse) {
  return {
    inverse_offer_ids: inverseOfferIds.map((value) => ({ value })),
    ...writeFilters(filters),
  }
}

function writeFilters(filters: Answer['filters']): Json {
  const refuse = filters?.refuseSeconds
  return refuse === undefined ? {} : { filters: { refuse_seconds: refuse } }
}
