import { cancel, raise, setup } from 'xstate'
import { defaultTimeouts } from '../model/timeouts.ts'
import { deriveTable } from './support/table.ts'

const states = ['idle', 'waiting', 'paused', 'closed'] as const
const events = [
  'update.appended',
  'update.headAcknowledged',
  'update.allAcknowledged',
  'update.terminalAcknowledged',
  'update.retryDue',
  'update.masterLost',
  'update.masterFound',
  'update.schedulerFound',
] as const

export type StatusUpdatesState = (typeof states)[number]
export type StatusUpdatesEvent = (typeof events)[number]

/**
 * The updates of one task at its agent: in order, one on the way at a time, repeated until it is
 * acknowledged (Mesos: src/slave/task_status_update_manager.cpp).
 */
export const statusUpdatesMachine = setup({
  types: { events: {} as { type: StatusUpdatesEvent } },
  actions: {
    startRetry: raise({ type: 'update.retryDue' }, { delay: 'updateRetryMs', id: 'retry' }),
    cancelRetry: cancel('retry'),
  },
  delays: { updateRetryMs: defaultTimeouts.updateRetryMinMs },
}).createMachine({
  id: 'statusUpdates',
  initial: 'idle',
  states: {
    idle: {
      description: 'Every update so far is acknowledged.',
      on: { 'update.appended': 'waiting', 'update.masterLost': 'paused' },
    },
    waiting: {
      description: 'The oldest update is on its way; the next ones queue behind it.',
      entry: 'startRetry',
      exit: 'cancelRetry',
      on: {
        'update.appended': { description: 'Queues; only the oldest is ever on its way.' },
        'update.headAcknowledged': { target: 'waiting', reenter: true },
        'update.allAcknowledged': 'idle',
        'update.terminalAcknowledged': 'closed',
        'update.retryDue': { target: 'waiting', reenter: true },
        'update.schedulerFound': {
          description: 'Its scheduler registered again: no need to wait for the retry.',
          target: 'waiting',
          reenter: true,
        },
        'update.masterLost': 'paused',
      },
    },
    paused: {
      description: 'No master to send to; what is queued is sent as soon as there is one.',
      on: {
        'update.appended': { description: 'Queues until there is a master.' },
        'update.headAcknowledged': { description: 'A late acknowledgement counts all the same.' },
        'update.allAcknowledged': 'idle',
        'update.terminalAcknowledged': 'closed',
        'update.masterFound': 'waiting',
      },
    },
    closed: { type: 'final', description: 'The terminal update is acknowledged.' },
  },
})

export const statusUpdatesTable = deriveTable(statusUpdatesMachine, {
  states,
  events,
  timers: ['update.retryDue'],
})
