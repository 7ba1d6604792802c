import { cancel, raise, setup } from 'xstate'
import { defaultTimeouts } from '../model/timeouts.ts'
import { deriveTable } from './support/table.ts'

const states = ['outstanding', 'accepted', 'declined', 'rescinded'] as const
const events = [
  'inverseOffer.accepted',
  'inverseOffer.declined',
  'inverseOffer.expired',
  'inverseOffer.rescinded',
] as const

export type InverseOfferState = (typeof states)[number]
export type InverseOfferEvent = (typeof events)[number]

/**
 * A question to a framework whether it will have left an agent when that is worked on. The answer
 * binds nobody: it is there for the operator to see (Mesos: docs/maintenance.md).
 */
export const inverseOfferMachine = setup({
  types: { events: {} as { type: InverseOfferEvent } },
  actions: {
    startExpiry: raise({ type: 'inverseOffer.expired' }, { delay: 'offerTimeoutMs', id: 'expiry' }),
    cancelExpiry: cancel('expiry'),
  },
  delays: { offerTimeoutMs: defaultTimeouts.offerTimeoutMs },
}).createMachine({
  id: 'inverseOffer',
  initial: 'outstanding',
  states: {
    outstanding: {
      description: 'With the scheduler, who says yes or no.',
      entry: 'startExpiry',
      exit: 'cancelExpiry',
      on: {
        'inverseOffer.accepted': 'accepted',
        'inverseOffer.declined': 'declined',
        'inverseOffer.expired': 'rescinded',
        'inverseOffer.rescinded': 'rescinded',
      },
    },
    accepted: { type: 'final', description: 'The framework will have left in time.' },
    declined: { type: 'final', description: 'The framework will not leave by itself.' },
    rescinded: {
      type: 'final',
      description: 'No answer in time, or the schedule, the agent or the framework has changed.',
    },
  },
})

export const inverseOfferTable = deriveTable(inverseOfferMachine, {
  states,
  events,
  timers: ['inverseOffer.expired'],
})
