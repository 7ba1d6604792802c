import type {
  Filters,
  FrameworkInfo,
  KillPolicy,
  Operation,
  Resources,
} from '../../messages/index.ts'
import { type Allocation, readAllocations } from './allocations.ts'
import { readSubscribe } from './framework-info.ts'
import {
  bytesAt,
  enumAt,
  idAt,
  idsAt,
  type Json,
  listAt,
  objectAt,
  optionalId,
  optionalNumber,
  optionalObject,
  textsAt,
  WireError,
} from './json.ts'
import { readKillPolicy } from './kill-policy.ts'
import { readOperation } from './operations.ts'
import { readOperationQuestions, readQuestions, readRequests } from './questions.ts'
import { uuidFromWire } from './uuid.ts'

interface Description {
  readonly info: FrameworkInfo
  readonly suppressedRoles: string[]
  /** Why the framework cannot be like that; Mesos tells it in an ERROR event, or by a 400. */
  readonly problem?: string
}
interface Named {
  readonly frameworkId: string
}
type Of<Type extends string, Fields = object> = { readonly type: Type } & Named & Readonly<Fields>

/** A call of a scheduler, by Mesos' names, with fields like those of our messages. */
export type SchedulerCall =
  | ({ readonly type: 'SUBSCRIBE'; readonly frameworkId?: string } & Description)
  | Of<'TEARDOWN'>
  | Of<'ACCEPT', Accept>
  | Of<'DECLINE', { offerIds: string[]; filters?: Filters }>
  | Of<'ACCEPT_INVERSE_OFFERS' | 'DECLINE_INVERSE_OFFERS', AnswerToInverse>
  | Of<'REVIVE' | 'SUPPRESS', { roles?: string[] }>
  | Of<'KILL', { taskId: string; agentId?: string; killPolicy?: KillPolicy }>
  | Of<'SHUTDOWN', { executorId: string; agentId: string }>
  | Of<'ACKNOWLEDGE', { agentId: string; taskId: string; uuid: string }>
  | Of<'ACKNOWLEDGE_OPERATION_STATUS', { agentId: string; operationId: string; uuid: string }>
  | Of<'RECONCILE', { tasks: { taskId: string; agentId?: string }[] }>
  | Of<'RECONCILE_OPERATIONS', { operations: { operationId: string; agentId?: string }[] }>
  | Of<'MESSAGE', { agentId: string; executorId: string; data: string }>
  | Of<'REQUEST', { requests: { agentId?: string; resources: Resources }[] }>
  | Of<'UPDATE_FRAMEWORK', Description>

interface Accept {
  readonly offerIds: string[]
  readonly operations: Operation[]
  /** Which role the operations' resources are allocated to, where that is said. */
  readonly allocations?: readonly Allocation[]
  readonly filters?: Filters
}

interface AnswerToInverse {
  readonly inverseOfferIds: string[]
  readonly filters?: Filters
}

const types = [
  'ACCEPT',
  'ACKNOWLEDGE',
  'DECLINE',
  'SUBSCRIBE',
  'KILL',
  'REVIVE',
  'SUPPRESS',
  'RECONCILE',
  'TEARDOWN',
  'MESSAGE',
  'SHUTDOWN',
  'REQUEST',
  'ACCEPT_INVERSE_OFFERS',
  'DECLINE_INVERSE_OFFERS',
  'ACKNOWLEDGE_OPERATION_STATUS',
  'RECONCILE_OPERATIONS',
  'UPDATE_FRAMEWORK',
] as const
type CallType = (typeof types)[number]
type Read<Type extends CallType> = Extract<SchedulerCall, { type: Type }>

/**
 * Reads the body of a call and checks all that needs no knowledge of the cluster (Mesos:
 * src/master/validation.cpp, scheduler::call::validate). Throws WireError.
 */
export function readSchedulerCall(body: unknown): SchedulerCall {
  const json = objectAt(body, 'the call')
  const type = enumAt(json.type, types, 'type')
  if (type === 'SUBSCRIBE') return readSubscription(json)
  const frameworkId = idAt(json.framework_id, 'framework_id')
  const path = type.toLowerCase()
  if (type === 'TEARDOWN') return { type, frameworkId }
  if (type === 'REVIVE' || type === 'SUPPRESS') {
    const roles = textsAt(optionalObject(json[path], path)?.roles, `${path}.roles`)
    return { type, frameworkId, ...(roles.length > 0 && { roles }) }
  }
  return readPart(type, objectAt(json[path], path), path, frameworkId)
}

type PartType = Exclude<CallType, 'SUBSCRIBE' | 'TEARDOWN' | 'REVIVE' | 'SUPPRESS'>

function readPart(type: PartType, json: Json, path: string, frameworkId: string): SchedulerCall {
  switch (type) {
    case 'ACCEPT':
      return readAccept(json, frameworkId)
    case 'DECLINE':
      return { type, frameworkId, ...readAnswer(json, path) }
    case 'ACCEPT_INVERSE_OFFERS':
    case 'DECLINE_INVERSE_OFFERS':
      return { type, frameworkId, ...readAnswerToInverse(json, path) }
    case 'KILL':
      return readKill(json, frameworkId)
    case 'RECONCILE':
      return { type, frameworkId, tasks: readQuestions(json.tasks) }
    case 'RECONCILE_OPERATIONS':
      return { type, frameworkId, operations: readOperationQuestions(json.operations) }
    case 'REQUEST':
      return { type, frameworkId, requests: readRequests(json.requests) }
    case 'UPDATE_FRAMEWORK':
      return readDescription(json, frameworkId)
    default:
      return readToExecutor(type, json, path, frameworkId)
  }
}

type ToExecutor = 'ACKNOWLEDGE' | 'ACKNOWLEDGE_OPERATION_STATUS' | 'SHUTDOWN' | 'MESSAGE'

/** Calls about one thing on one agent. */
function readToExecutor(
  type: ToExecutor,
  json: Json,
  path: string,
  frameworkId: string,
): Read<ToExecutor> {
  const agentId = idAt(json.agent_id, `${path}.agent_id`)
  switch (type) {
    case 'ACKNOWLEDGE': {
      const taskId = idAt(json.task_id, 'acknowledge.task_id')
      const uuid = uuidFromWire(json.uuid, 'acknowledge.uuid')
      return { type, frameworkId, agentId, taskId, uuid }
    }
    case 'ACKNOWLEDGE_OPERATION_STATUS': {
      const operationId = idAt(json.operation_id, `${path}.operation_id`)
      return {
        type,
        frameworkId,
        agentId,
        operationId,
        uuid: uuidFromWire(json.uuid, `${path}.uuid`),
      }
    }
    case 'SHUTDOWN':
      return {
        type,
        frameworkId,
        agentId,
        executorId: idAt(json.executor_id, 'shutdown.executor_id'),
      }
    case 'MESSAGE': {
      const executorId = idAt(json.executor_id, 'message.executor_id')
      return { type, frameworkId, agentId, executorId, data: bytesAt(json.data, 'message.data') }
    }
  }
}

function readSubscription(json: Json): Read<'SUBSCRIBE'> {
  const { id, ...description } = readSubscribe(json.subscribe, 'subscribe')
  const frameworkId = optionalId(json.framework_id, 'framework_id') || undefined
  if (frameworkId === id) {
    return { type: 'SUBSCRIBE', ...description, ...(id !== undefined && { frameworkId: id }) }
  }
  throw new WireError('framework_id and subscribe.framework_info.id must be the same, or neither')
}

function readDescription(json: Json, frameworkId: string): Read<'UPDATE_FRAMEWORK'> {
  const { id, ...description } = readSubscribe(json, 'update_framework')
  if (frameworkId === id) return { type: 'UPDATE_FRAMEWORK', frameworkId, ...description }
  throw new WireError('framework_id and update_framework.framework_info.id must be the same')
}

function readAccept(json: Json, frameworkId: string): Read<'ACCEPT'> {
  const list = listAt(json.operations, 'accept.operations')
  const operations: Operation[] = []
  const allocations: Allocation[] = []
  for (let index = 0; index < list.length; index++) {
    const path = `accept.operations[${index}]`
    const operation = readOperation(list[index], path)
    if (operation === undefined) continue
    operations.push(operation)
    allocations.push(...readAllocations(list[index], operation, path))
  }
  const said = allocations.length > 0 && { allocations }
  return { type: 'ACCEPT', frameworkId, ...readAnswer(json, 'accept'), operations, ...said }
}

function readAnswer(json: Json, path: string): { offerIds: string[]; filters?: Filters } {
  const offerIds = idsAt(json.offer_ids, `${path}.offer_ids`)
  return { offerIds, ...readFilters(json.filters, `${path}.filters`) }
}

function readAnswerToInverse(json: Json, path: string): AnswerToInverse {
  const inverseOfferIds = idsAt(json.inverse_offer_ids, `${path}.inverse_offer_ids`)
  return { inverseOfferIds, ...readFilters(json.filters, `${path}.filters`) }
}

function readFilters(value: unknown, path: string): { filters?: Filters } {
  const json = optionalObject(value, path)
  const refuseSeconds = optionalNumber(json?.refuse_seconds, `${path}.refuse_seconds`)
  return refuseSeconds === undefined ? {} : { filters: { refuseSeconds } }
}

function readKill(json: Json, frameworkId: string): Read<'KILL'> {
  const taskId = idAt(json.task_id, 'kill.task_id')
  const agentId = optionalId(json.agent_id, 'kill.agent_id')
  const killPolicy = readKillPolicy(json.kill_policy, 'kill.kill_policy')
  return {
    type: 'KILL',
    frameworkId,
    taskId,
    ...(agentId !== undefined && { agentId }),
    ...(killPolicy !== undefined && { killPolicy }),
  }
}
