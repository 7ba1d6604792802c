import { cancel, raise, setup } from 'xstate'
import { deriveTable } from './support/table.ts'

const states = ['unknown', 'connected', 'disconnected', 'recovered', 'completed'] as const
const events = [
  'framework.registered',
  'framework.reported',
  'framework.reregistered',
  'framework.disconnected',
  'framework.failoverExpired',
  'framework.removed',
] as const

export type FrameworkSessionState = (typeof states)[number]
export type FrameworkSessionEvent = (typeof events)[number]

/** While its scheduler is away, a framework waits for it or for the end of its patience. */
const away = {
  'framework.reregistered': 'connected',
  'framework.failoverExpired': 'completed',
  'framework.removed': 'completed',
} as const

/** A framework as the master sees it. */
export const frameworkSessionMachine = setup({
  types: { events: {} as { type: FrameworkSessionEvent } },
  actions: {
    startFailover: raise(
      { type: 'framework.failoverExpired' },
      { delay: 'failoverTimeoutMs', id: 'failover' },
    ),
    cancelFailover: cancel('failover'),
  },
  delays: { failoverTimeoutMs: 0 },
}).createMachine({
  id: 'frameworkSession',
  initial: 'unknown',
  states: {
    unknown: {
      on: {
        'framework.registered': 'connected',
        'framework.reregistered': 'connected',
        'framework.reported': 'recovered',
      },
    },
    connected: {
      description: 'Its scheduler listens; it gets offers unless it suppressed them.',
      on: {
        'framework.reregistered': {
          description: 'Another instance of the scheduler took over; its tasks go on.',
        },
        'framework.disconnected': 'disconnected',
        'framework.removed': 'completed',
      },
    },
    disconnected: {
      description: 'Its scheduler is gone. Its tasks run on for the failover timeout it asked for.',
      entry: 'startFailover',
      exit: 'cancelFailover',
      on: away,
    },
    recovered: {
      description: 'Known only from an agent that runs its tasks; also waits no longer than that.',
      entry: 'startFailover',
      exit: 'cancelFailover',
      on: away,
    },
    completed: { type: 'final', description: 'Its tasks are killed; its id is refused for good.' },
  },
})

export const frameworkSessionTable = deriveTable(frameworkSessionMachine, {
  states,
  events,
  timers: ['framework.failoverExpired'],
})
