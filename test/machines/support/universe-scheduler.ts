import { type SchedulerEvent, schedulerMachine } from '../../../src/machines/scheduler.ts'
import type { Offer, TaskInfo, TaskState, TaskStatus } from '../../../src/messages/index.ts'
import type { SchedulerBook, SchedulerOptions } from '../../../src/model/scheduler/book.ts'
import { defaultTimeouts } from '../../../src/model/timeouts.ts'
import { type Unheard, unheard, type World } from './world.ts'

/** Two offers, two updates of one task, and all that their owner may say. */

export const schedulerInput: SchedulerOptions = {
  address: 'scheduler/one',
  info: { name: 'one', roles: ['one', 'night'] },
  suppressedRoles: ['night'],
  seed: 1,
  timeouts: defaultTimeouts,
}

const master = { from: 'master' } as const
const offerIds = ['O1']

export const offer: Offer = {
  offerId: 'O1',
  frameworkId: 'F',
  agentId: 'S',
  hostname: 'a',
  role: 'one',
  resources: { cpus: 1 },
}
export const task: TaskInfo = {
  taskId: 'T1',
  name: 'T1',
  agentId: 'S',
  resources: { cpus: 1 },
  command: { value: 'true' },
}

export const told = {
  registered: {
    type: 'lifecycle.registered',
    ...master,
    frameworkId: 'F',
    masterId: 'm',
    heartbeatIntervalMs: 15_000,
  },
  heartbeat: { type: 'lifecycle.heartbeat', ...master },
  offers: { type: 'allocation.offer', ...master, offers: [offer, { ...offer, offerId: 'O2' }] },
} satisfies Record<string, SchedulerEvent>

export function updates(...uuids: (string | undefined)[]): SchedulerEvent {
  return statesOf('TASK_RUNNING', uuids)
}

/** States of the task T1, each with or without a uuid. */
export function statesOf(state: TaskState, uuids: readonly (string | undefined)[]): SchedulerEvent {
  const status: TaskStatus = {
    taskId: 'T1',
    agentId: 'S',
    state,
    timestampMs: 0,
    source: 'EXECUTOR',
  }
  const list = uuids.map((uuid) => (uuid === undefined ? status : { ...status, uuid }))
  return { type: 'task.update', ...master, updates: list }
}

const said: SchedulerEvent = {
  type: 'task.message',
  ...master,
  agentId: 'S',
  executorId: 'E',
  data: 'aGk=',
}

const calls: readonly SchedulerEvent[] = [
  said,
  { type: 'call.launch', offerIds, tasks: [task], filters: { refuseSeconds: 1 } },
  {
    type: 'call.accept',
    offerIds,
    operations: [
      { type: 'RESERVE', operationId: 'P1', resources: { 'cpus(one,)': 1 } },
      { type: 'LAUNCH', tasks: [task] },
    ],
    filters: { refuseSeconds: 1 },
  },
  {
    type: 'call.accept',
    offerIds,
    operations: [{ type: 'UNRESERVE', resources: { 'cpus(one,)': 1 } }],
  },
  { type: 'call.decline', offerIds },
  { type: 'call.decline', offerIds: ['O2'], filters: { refuseSeconds: 1 } },
  { type: 'call.acceptInverse', inverseOfferIds: ['O3'] },
  { type: 'call.declineInverse', inverseOfferIds: ['O3'], filters: { refuseSeconds: 1 } },
  { type: 'call.revive' },
  { type: 'call.revive', roles: ['night'] },
  { type: 'call.suppress' },
  { type: 'call.suppress', roles: ['one'] },
  { type: 'call.request', requests: [{ resources: { cpus: 1 } }] },
  { type: 'call.kill', kills: [{ taskId: 'T1' }] },
  { type: 'call.reconcile', tasks: [] },
  { type: 'call.reconcile', tasks: [{ taskId: 'T1' }] },
  { type: 'call.message', agentId: 'S', executorId: 'E', data: 'aGk=' },
  { type: 'call.shutdownExecutor', agentId: 'S', executorId: 'E' },
  { type: 'call.stop' },
]

const messages: readonly SchedulerEvent[] = [
  told.registered,
  { ...told.registered, type: 'lifecycle.reregistered' },
  told.heartbeat,
  told.offers,
  { type: 'allocation.rescind', ...master, offerIds },
  { type: 'allocation.rescind', ...master, offerIds: ['O1', 'O2', 'O9'] },
  {
    type: 'allocation.inverseOffer',
    ...master,
    inverseOffers: [
      {
        inverseOfferId: 'O3',
        frameworkId: 'F',
        agentId: 'S',
        hostname: 'a',
        unavailability: { startMs: 1 },
      },
    ],
  },
  { type: 'allocation.rescindInverse', ...master, inverseOfferIds: ['O3'] },
  {
    type: 'allocation.operationUpdate',
    ...master,
    updates: [{ operationId: 'P1', state: 'OPERATION_FINISHED' }],
  },
  updates('U1'),
  updates(undefined, 'U2'),
  statesOf('TASK_FINISHED', ['U3']),
  { type: 'lifecycle.failure', ...master, agentId: 'S' },
  { type: 'lifecycle.error', ...master, message: 'refused' },
  { type: 'lifecycle.error', ...master, message: 'who are you?', isForgotten: true },
]

const attempts = ['registrationAttempts', 'reconciliationAttempts']

export const conversation: World<SchedulerBook, SchedulerEvent | Unheard> = {
  machine: schedulerMachine,
  input: schedulerInput,
  omitted: ['timeouts', 'info', 'explorable', 'seed', ...attempts],
  problems: ({ frameworkId, offers }) =>
    offers.size > 0 && frameworkId === undefined ? ['nobody registered, but there are offers'] : [],
  events: (_book, snapshot) => [
    ...messages,
    ...calls,
    ...(snapshot.matches('registering')
      ? [{ type: 'registration.due' } as const]
      : [{ type: 'master.silent' } as const, { type: 'reconciliation.due' } as const]),
    { type: 'callback.failed', message: 'the owner threw' },
    { type: 'link.opened' },
    { type: 'link.closed' },
    unheard,
  ],
}
