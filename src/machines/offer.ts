import { cancel, raise, setup } from 'xstate'
import { defaultTimeouts } from '../model/timeouts.ts'
import { deriveTable } from './support/table.ts'

const states = ['outstanding', 'accepted', 'declined', 'rescinded', 'discarded'] as const
const events = [
  'offer.accepted',
  'offer.declined',
  'offer.expired',
  'offer.rescinded',
  'offer.discarded',
] as const

export type OfferState = (typeof states)[number]
export type OfferEvent = (typeof events)[number]

/**
 * An offer as the master tracks it (Mesos: src/master/master.cpp; protocol in docs/messages.md).
 */
export const offerMachine = setup({
  types: { events: {} as { type: OfferEvent } },
  actions: {
    startExpiry: raise({ type: 'offer.expired' }, { delay: 'offerTimeoutMs', id: 'expiry' }),
    cancelExpiry: cancel('expiry'),
  },
  delays: { offerTimeoutMs: defaultTimeouts.offerTimeoutMs },
}).createMachine({
  id: 'offer',
  initial: 'outstanding',
  states: {
    outstanding: {
      description:
        'With the scheduler, who takes it or leaves it. Its resources are nobody else’s.',
      entry: 'startExpiry',
      exit: 'cancelExpiry',
      on: {
        'offer.accepted': 'accepted',
        'offer.declined': 'declined',
        'offer.expired': 'rescinded',
        'offer.rescinded': 'rescinded',
        'offer.discarded': 'discarded',
      },
    },
    accepted: { type: 'final', description: 'Tasks were launched on it; the rest went back.' },
    declined: { type: 'final', description: 'Its resources went back, filtered for a while.' },
    rescinded: { type: 'final', description: 'Taken back; the scheduler was told so.' },
    discarded: {
      type: 'final',
      description: 'Void without a word: named in a bad launch, or its framework is gone.',
    },
  },
})

export const offerTable = deriveTable(offerMachine, { states, events, timers: ['offer.expired'] })
