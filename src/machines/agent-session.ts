import { cancel, raise, setup } from 'xstate'
import { defaultTimeouts } from '../model/timeouts.ts'
import { deriveTable } from './support/table.ts'

const states = [
  'unknown',
  'recovered',
  'connected',
  'disconnected',
  'unreachable',
  'removed',
  'gone',
] as const
const events = [
  'agent.recovered',
  'agent.registered',
  'agent.reregistered',
  'agent.disconnected',
  'agent.pingsMissed',
  'agent.reregistrationExpired',
  'agent.unregistered',
  'agent.machineDown',
  'agent.markedGone',
] as const

export type AgentSessionState = (typeof states)[number]
export type AgentSessionEvent = (typeof events)[number]

/** Ends that can come at any time. */
const takenAway = {
  'agent.unregistered': 'removed',
  'agent.machineDown': 'removed',
  'agent.markedGone': 'gone',
} as const

/** An agent as the master sees it. */
export const agentSessionMachine = setup({
  types: { events: {} as { type: AgentSessionEvent } },
  actions: {
    startReregistration: raise(
      { type: 'agent.reregistrationExpired' },
      { delay: 'agentReregistrationTimeoutMs', id: 'reregistration' },
    ),
    cancelReregistration: cancel('reregistration'),
  },
  delays: { agentReregistrationTimeoutMs: defaultTimeouts.agentReregistrationTimeoutMs },
}).createMachine({
  id: 'agentSession',
  initial: 'unknown',
  states: {
    unknown: {
      on: {
        'agent.registered': 'connected',
        'agent.reregistered': 'connected',
        'agent.recovered': 'recovered',
      },
    },
    recovered: {
      description: 'An earlier master knew it; its tasks run on, and it should come back.',
      entry: 'startReregistration',
      exit: 'cancelReregistration',
      on: {
        'agent.reregistered': 'connected',
        'agent.reregistrationExpired': 'unreachable',
        ...takenAway,
      },
    },
    connected: {
      description: 'Answers pings; its free resources are offered.',
      on: {
        'agent.registered': { description: 'Asked twice, because the answer was late.' },
        'agent.reregistered': { description: 'Compared its book with ours and goes on.' },
        'agent.disconnected': 'disconnected',
        'agent.pingsMissed': 'unreachable',
        ...takenAway,
      },
    },
    disconnected: {
      description: 'Its link broke: no new offers; its tasks may still run.',
      entry: 'startReregistration',
      exit: 'cancelReregistration',
      on: {
        'agent.reregistered': 'connected',
        'agent.pingsMissed': 'unreachable',
        'agent.reregistrationExpired': 'unreachable',
        ...takenAway,
      },
    },
    unreachable: {
      description: 'Nobody knows about its tasks until it comes back.',
      on: { 'agent.reregistered': 'connected', ...takenAway },
    },
    removed: { type: 'final', description: 'Left in good order, or its machine was taken down.' },
    gone: {
      type: 'final',
      description: 'An operator says that it never comes back: it is refused for good.',
    },
  },
})

export const agentSessionTable = deriveTable(agentSessionMachine, {
  states,
  events,
  timers: ['agent.reregistrationExpired'],
})
