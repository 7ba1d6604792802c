import type { MasterMessage } from '../../messages/index.ts'
import type { SchedulerCall } from '../wire/calls.ts'

/** A call that is answered before it is carried out. */
export type QueuedCall = Exclude<
  SchedulerCall,
  {
    type: 'SUBSCRIBE' | 'UPDATE_FRAMEWORK' | 'RECONCILE_OPERATIONS' | 'ACKNOWLEDGE_OPERATION_STATUS'
  }
>

/** What a call says to the master. */
export function messageOf(call: QueuedCall): MasterMessage {
  switch (call.type) {
    case 'TEARDOWN':
      return { type: 'lifecycle.unregister', frameworkId: call.frameworkId }
    case 'SHUTDOWN':
      return {
        type: 'lifecycle.shutdownExecutor',
        agentId: call.agentId,
        executorId: call.executorId,
      }
    case 'KILL':
    case 'ACKNOWLEDGE':
    case 'RECONCILE':
    case 'MESSAGE':
      return taskMessageOf(call)
    default:
      return allocationMessageOf(call)
  }
}

type TaskCall = Extract<QueuedCall, { type: 'KILL' | 'ACKNOWLEDGE' | 'RECONCILE' | 'MESSAGE' }>

function taskMessageOf(call: TaskCall): MasterMessage {
  switch (call.type) {
    case 'KILL': {
      const { taskId, agentId, killPolicy } = call
      const kill = { taskId, ...(agentId && { agentId }), ...(killPolicy && { killPolicy }) }
      return { type: 'task.kill', kills: [kill] }
    }
    case 'ACKNOWLEDGE': {
      const { taskId, agentId, uuid } = call
      return { type: 'task.acknowledge', acknowledgements: [{ taskId, agentId, uuid }] }
    }
    case 'RECONCILE':
      return { type: 'task.reconcile', tasks: call.tasks }
    case 'MESSAGE': {
      const { agentId, executorId, data } = call
      return { type: 'task.message', agentId, executorId, data }
    }
  }
}

type AllocationCall = Exclude<QueuedCall, TaskCall | { type: 'TEARDOWN' | 'SHUTDOWN' }>

function allocationMessageOf(call: AllocationCall): MasterMessage {
  switch (call.type) {
    case 'ACCEPT': {
      const { offerIds, operations, filters } = call
      return { type: 'allocation.accept', offerIds, operations, ...(filters && { filters }) }
    }
    case 'DECLINE': {
      const { offerIds, filters } = call
      return { type: 'allocation.decline', offerIds, ...(filters && { filters }) }
    }
    case 'ACCEPT_INVERSE_OFFERS':
    case 'DECLINE_INVERSE_OFFERS': {
      const isAccepted = call.type === 'ACCEPT_INVERSE_OFFERS'
      const type = isAccepted ? 'allocation.acceptInverse' : 'allocation.declineInverse'
      const { inverseOfferIds, filters } = call
      return { type, inverseOfferIds, ...(filters && { filters }) }
    }
    case 'REVIVE':
      return { type: 'allocation.revive', ...(call.roles && { roles: call.roles }) }
    case 'SUPPRESS':
      return { type: 'allocation.suppress', ...(call.roles && { roles: call.roles }) }
    case 'REQUEST':
      return { type: 'allocation.request', requests: call.requests }
  }
}
