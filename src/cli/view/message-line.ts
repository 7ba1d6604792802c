import {
  type Category,
  categoryOf,
  type Envelope,
  type Message,
  type Operation,
} from '../../messages/index.ts'
import { describeResources } from '../../model/resources/describe.ts'
import type { Style } from './style.ts'
import { spanText } from './times.ts'
import { oneLine, pad, widthOf, wrap } from './width.ts'

/** A batch names this many of its items, and counts the others. */
const itemsShownMax = 4
/** Below this width every column counts. */
const narrow = 100
const speakersWidth = 26
const speakersMin = 20

/** What all lines of one log share. */
export interface LogLook {
  readonly style: Style
  /** Longer lines go on below; Infinity for files and pipes. */
  readonly columns: number
}

/** Who said what to whom: one entry of a log. `elapsedMs` is the time since the start. */
export function messageLine({ from, to, message }: Envelope, elapsedMs: number, look: LogLook) {
  const category = categoryOf(message.type)
  const verb = verbOf(message)
  return logEntry(elapsedMs, look, {
    category,
    who: `${shortAddress(from)} → ${shortAddress(to)}`,
    what: messageText(message),
    paint: (line, place) =>
      place === 0 ? `${look.style.bold(verb)}${line.slice(verb.length)}` : line,
  })
}

/** What a message says, in one line: `launch T1 <1 cpu> on O3`. */
export function messageText(message: Message): string {
  return `${verbOf(message)} ${oneLine(detailOf(message))}`.trimEnd()
}

function verbOf({ type }: Message): string {
  return type.slice(type.indexOf('.') + 1)
}

/** An entry in the columns of the log that is no message: what somebody thinks or does. */
export function remarkLine(who: string, what: string, elapsedMs: number, look: LogLook): string {
  return logEntry(elapsedMs, look, { who, what, paint: (line) => look.style.dim(line) })
}

interface Entry {
  readonly category?: Category
  readonly who: string
  readonly what: string
  readonly paint: (line: string, place: number) => string
}

function logEntry(elapsedMs: number, { style, columns }: LogLook, entry: Entry): string {
  const { category, who, what, paint } = entry
  const time = style.dim(pad(spanText(elapsedMs), 7, 'start'))
  const tag = category === undefined ? pad('', 10) : style.category(category, pad(category, 10))
  const head = `${time}  ${tag}  ${pad(who, columns < narrow ? speakersMin : speakersWidth)}  `
  const indent = widthOf(head)
  const lines = wrap(what, Math.max(20, columns - indent)).map(paint)
  return head + lines.join(`\n${' '.repeat(indent)}`)
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

function detailOf(message: Message): string {
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
    case 'lifecycle.error':
    case 'lifecycle.shutdown':
    case 'lifecycle.refused':
    case 'allocation.refused':
      return message.message
    case 'lifecycle.exited':
      return message.reason.replaceAll(message.address, shortAddress(message.address))
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
    case 'lifecycle.drainAgent':
    case 'lifecycle.deactivateAgent':
    case 'lifecycle.reactivateAgent':
    case 'lifecycle.markAgentGone':
    case 'lifecycle.updateMaintenanceSchedule':
    case 'lifecycle.startMaintenance':
    case 'lifecycle.stopMaintenance':
      return machinesOf(message)
    case 'task.launch':
    case 'task.update':
    case 'task.kill':
    case 'task.acknowledge':
      return taskDetailOf(message)
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
  { type: 'task.launch' | 'task.update' | 'task.kill' | 'task.acknowledge' }
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
  }
}

type OperationUpdate = Extract<Message, { type: 'allocation.operationUpdate' }>['updates'][number]

function operationText(operation: Operation): string {
  if (operation.type === 'LAUNCH') {
    return `launch ${list(operation.tasks, ({ taskId }) => taskId)}`
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
