import type { MasterEvent } from '../../../src/machines/master.ts'
import type { Ledger } from '../../../src/model/ledger/ledger.ts'
import {
  acknowledge,
  agentReturns,
  firstId,
  from,
  gone,
  joins,
  run,
  task,
  update,
} from './told-master.ts'
import { scripted, when, world } from './universe-master.ts'

/** What an operator does with an agent on which a task runs, and with its machine. */

const launch: MasterEvent = {
  type: 'task.launch',
  from: from.one,
  offerIds: ['m-O0'],
  tasks: [task],
  filters: { refuseSeconds: 0 },
}

function started(book: Ledger) {
  return [
    { done: book.nextFramework > 0, event: joins.one },
    { done: book.nextAgent > 0, event: joins.agent },
    { done: book.nextOffer > 0, event: run },
    { done: !book.offers.has('m-O0'), event: launch },
  ]
}

const operator = { from: 'operator', requestId: '1' } as const
const about = { ...operator, agent: 'a' } as const

export const drained: MasterEvent = { type: 'lifecycle.drainAgent', ...about }
export const drainedForGood: MasterEvent = {
  type: 'lifecycle.drainAgent',
  ...about,
  maxGracePeriodMs: 1_000,
  markGone: true,
}
export const deactivated: MasterEvent = { type: 'lifecycle.deactivateAgent', ...about }
export const reactivated: MasterEvent = { type: 'lifecycle.reactivateAgent', ...about }
export const markedGone: MasterEvent = { type: 'lifecycle.markAgentGone', ...about }

export function scheduled(...machines: string[]): MasterEvent {
  const windows = machines.length === 0 ? [] : [{ machines, startMs: 5, durationMs: 10 }]
  return { type: 'lifecycle.updateMaintenanceSchedule', ...operator, windows }
}

export function takenDown(...machines: string[]): MasterEvent {
  return { type: 'lifecycle.startMaintenance', ...operator, machines }
}

export function takenUp(...machines: string[]): MasterEvent {
  return { type: 'lifecycle.stopMaintenance', ...operator, machines }
}

/** Drained, deactivated, reactivated, declared gone: while its task ends and its link breaks. */
export const duties = world((book) =>
  scripted(started(book), () => [
    drained,
    drainedForGood,
    { ...drained, maxGracePeriodMs: -1 },
    { ...drained, agent: 'nobody' },
    deactivated,
    { ...deactivated, agent: 'nobody' },
    reactivated,
    { ...reactivated, agent: 'nobody' },
    markedGone,
    { ...markedGone, agent: 'nobody' },
    gone(from.agent),
    agentReturns('TASK_RUNNING'),
    agentReturns(),
    ...[...book.agents.values()]
      .filter(({ state }) => state === 'disconnected')
      .map(({ id }): MasterEvent => ({ type: 'agent.reregistrationExpired', agentId: id })),
    update('TASK_FINISHED', 'TASK_FINISHED'),
    acknowledge('U-TASK_FINISHED'),
    { type: 'lifecycle.unregister', from: from.one, frameworkId: firstId },
  ]),
)

/** A schedule that comes and goes, its inverse offers, and the machine itself: down and up. */
export const upkeep = world((book) =>
  scripted(started(book), () => [
    ...when(book.nextOffer < 3, { type: 'allocation.due' }, scheduled('A'), scheduled()),
    scheduled('A', 'a'),
    takenDown('a'),
    takenUp('a'),
    ...when(book.nextAgent < 2, joins.agent),
    agentReturns('TASK_RUNNING'),
    ...['m-O1', 'm-O2'].flatMap((id): MasterEvent[] => [
      { type: 'allocation.acceptInverse', from: from.one, inverseOfferIds: [id, 'm-O9'] },
      { type: 'inverseOffer.expired', inverseOfferId: id },
    ]),
    {
      type: 'allocation.declineInverse',
      from: from.one,
      inverseOfferIds: ['m-O1'],
      filters: { refuseSeconds: 0 },
    },
    { type: 'allocation.acceptInverse', from: 'scheduler/x', inverseOfferIds: ['m-O1'] },
    deactivated,
    gone(from.one),
  ]),
)
