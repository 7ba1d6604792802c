import type { Message, Operation } from '../messages/index.ts'
import { describeResources } from '../model/resources/describe.ts'

/** A batch names this many of its items, and counts the others. */
const itemsShownMax = 4

/** `launch`, `update`: the type without its category. */
export function verbOf({ type }: Message): string {
  return type.slice(type.indexOf('.') + 1)
}

/** An address as a person says it: the last part, without the id of the master. */
export function shortAddress(address: string): string {
  const [role = '', ...rest] = address.split('/')
  const last = rest.at(-1)
  if (last === undefined) return role
  return role === 'executor' ? `executor ${shortId(last)}` : shortId(last)
}

/** `O3`, `S0`: ids that the master gave, without the master's own id in front. */
export function shortId(id: string): string {
  return /^[a-z0-9]+-(?:[OS]\d+|\d{4,})$/i.test(id) ? id.slice(id.indexOf('-') + 1) : id
}

/** What a message says besides its verb: `T1 <1 cpu> on O3`. */
export function detailOf(message: Message): string {
  switch (message.type) {
    case 'allocation.revive':
    case 'allocation.suppress':
      return list(message.roles ?? [], (role) => role)
    case 'allocation.offer':
      return list(message.offers, ({ offerId, resources, hostname }) => {
        return `${shortId(offerId)} ${describeResources(resources)} of ${hostname}`
      })
    case 'allocation.accept':
      return `${list(message.operations, operationText)} on ${list(message.offerIds, shortId)}`
    case 'allocation.apply':
      return list(message.operations, ({ operation }) => operationText(operation))
    case 'allocation.operationUpdate':
      return list<OperationUpdate>(message.updates, (update) => {
        const { state, message: why } = update
        const what = 'operationId' in update ? update.operationId : `#${update.operationNumber}`
        return `${what} ${state.slice('OPERATION_'.length)}${why === undefined ? '' : ` (${why})`}`
      })
    case 'allocation.decline':
      return `${list(message.offerIds, shortId)}${refusal(message.filters)}`
    case 'allocation.rescind':
      return list(message.offerIds, shortId)
    case 'allocation.inverseOffer':
      return list(message.inverseOffers, ({ inverseOfferId, hostname }) => {
        return `${shortId(inverseOfferId)} to leave ${hostname}`
      })
    case 'allocation.acceptInverse':
    case 'allocation.declineInverse':
    case 'allocation.rescindInverse':
      return list(message.inverseOfferIds, shortId)
    case 'allocation.request':
      return list(message.requests, ({ resources }) => describeResources(resources))
    case 'allocation.updateWeights':
      return list(Object.entries(message.weights), ([role, weight]) => `${role} counts ${weight}`)
    case 'allocation.updatePriorities':
      return list(Object.entries(message.priorities), ([role, value]) => `${role} has ${value}`)
    case 'allocation.updateQuotas':
      return list(message.quotas, ({ role }) => role)
    case 'allocation.refused':
      return message.message
    case 'task.launch':
    case 'task.update':
    case 'task.kill':
    case 'task.acknowledge':
    case 'task.reconcile':
      return taskDetailOf(message)
    default:
      return membershipDetailOf(message)
  }
}

/** The same for who comes, goes and comes back. */
function membershipDetailOf(message: Message): string {
  switch (message.type) {
    case 'lifecycle.register':
    case 'lifecycle.reregister':
      return `with role ${message.framework.roles.join(', ')}`
    case 'lifecycle.registered':
    case 'lifecycle.reregistered':
      return `as framework ${shortId(message.frameworkId)}`
    case 'lifecycle.registerAgent':
      return `with ${describeResources(message.agent.resources)}`
    case 'lifecycle.agentRegistered':
      return `as agent ${shortId(message.agentId)}`
    case 'lifecycle.reregisterAgent':
      return `${shortId(message.agentId)} with ${list(message.tasks, ({ task, state }) => {
        return `${task.taskId} ${state.slice(5)}`
      })}`.replace(/ with $/, '')
    case 'lifecycle.agentReregistered': {
      const missing = message.reconciliations.flatMap(({ taskIds }) => taskIds)
      const asks = missing.length === 0 ? '' : `, what of ${list(missing, (id) => id)}?`
      return `as agent ${shortId(message.agentId)}${asks}`
    }
    case 'lifecycle.updateFramework':
    case 'lifecycle.shutdownFramework':
      return shortId(message.frameworkId)
    case 'lifecycle.failure':
      return message.message ?? ''
    case 'lifecycle.error':
    case 'lifecycle.shutdown':
    case 'lifecycle.refused':
      return message.message
    case 'lifecycle.exited':
      return message.reason.replaceAll(message.address, shortAddress(message.address))
    case 'lifecycle.drainAgent':
    case 'lifecycle.deactivateAgent':
    case 'lifecycle.reactivateAgent':
    case 'lifecycle.markAgentGone':
    case 'lifecycle.updateMaintenanceSchedule':
    case 'lifecycle.startMaintenance':
    case 'lifecycle.stopMaintenance':
      return machinesOf(message)
    default:
      return ''
  }
}

type AboutMachines = Extract<
  Message,
  {
    type:
      | 'lifecycle.drainAgent'
      | 'lifecycle.deactivateAgent'
      | 'lifecycle.reactivateAgent'
      | 'lifecycle.markAgentGone'
      | 'lifecycle.updateMaintenanceSchedule'
      | 'lifecycle.startMaintenance'
      | 'lifecycle.stopMaintenance'
  }
>

function machinesOf(message: AboutMachines): string {
  if ('agent' in message) return message.agent
  if ('machines' in message) return list(message.machines, (machine) => machine)
  return list(message.windows, ({ machines }) => machines.join(', '))
}

type TaskMessage = Extract<
  Message,
  {
    type: 'task.launch' | 'task.update' | 'task.kill' | 'task.acknowledge' | 'task.reconcile'
  }
>

function taskDetailOf(message: TaskMessage): string {
  switch (message.type) {
    case 'task.launch': {
      const on = 'offerIds' in message ? ` on ${list(message.offerIds, shortId)}` : ''
      const tasks = list(message.tasks, ({ taskId, resources }) => {
        return `${taskId} ${describeResources(resources)}`
      })
      return `${tasks}${on}`
    }
    case 'task.update':
      return list<Update>(message.updates, (update) => {
        const { taskId, state, message: why } = 'status' in update ? update.status : update
        return `${taskId} ${state.slice(5)}${why === undefined ? '' : ` (${why})`}`
      })
    case 'task.kill':
      return list<{ taskId: string }>(message.kills, ({ taskId }) => taskId)
    case 'task.acknowledge':
      return list<{ taskId: string }>(message.acknowledgements, ({ taskId }) => taskId)
    case 'task.reconcile':
      return message.tasks.length === 0 ? 'all' : list(message.tasks, ({ taskId }) => taskId)
  }
}

type OperationUpdate = Extract<Message, { type: 'allocation.operationUpdate' }>['updates'][number]

function operationText(operation: Operation): string {
  if ('tasks' in operation) {
    const what = operation.type === 'LAUNCH' ? 'launch' : 'launch together'
    return `${what} ${list(operation.tasks, ({ taskId }) => taskId)}`
  }
  const resources = 'resources' in operation ? operation.resources : operation.volumes
  return `${operation.type.toLowerCase().replace('_', ' ')} ${describeResources(resources)}`
}

type Update = Extract<Message, { type: 'task.update' }>['updates'][number]

function refusal(filters: { refuseSeconds?: number } | undefined): string {
  return filters?.refuseSeconds === undefined ? '' : `, not again for ${filters.refuseSeconds} s`
}

function list<Item>(items: readonly Item[], text: (item: Item) => string): string {
  const shown = items.slice(0, itemsShownMax).map(text).join(', ')
  const hidden = items.length - itemsShownMax
  return hidden > 0 ? `${shown} and ${hidden} more` : shown
}
