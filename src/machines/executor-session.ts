import { cancel, raise, setup } from 'xstate'
import { defaultTimeouts } from '../model/timeouts.ts'
import { deriveTable } from './support/table.ts'

const states = ['registering', 'running', 'terminating', 'terminated'] as const
const events = [
  'executor.registered',
  'executor.registrationExpired',
  'executor.shutdownRequested',
  'executor.graceExpired',
  'executor.exited',
] as const

export type ExecutorSessionState = (typeof states)[number]
export type ExecutorSessionEvent = (typeof events)[number]

/** An executor as its agent sees it. */
export const executorSessionMachine = setup({
  types: { events: {} as { type: ExecutorSessionEvent } },
  actions: {
    startRegistration: raise(
      { type: 'executor.registrationExpired' },
      { delay: 'executorRegistrationTimeoutMs', id: 'registration' },
    ),
    cancelRegistration: cancel('registration'),
    startGrace: raise(
      { type: 'executor.graceExpired' },
      { delay: 'executorShutdownGraceMs', id: 'grace' },
    ),
    cancelGrace: cancel('grace'),
  },
  delays: {
    executorRegistrationTimeoutMs: defaultTimeouts.executorRegistrationTimeoutMs,
    executorShutdownGraceMs: defaultTimeouts.executorShutdownGraceMs,
  },
}).createMachine({
  id: 'executorSession',
  initial: 'registering',
  states: {
    registering: {
      description: 'Launched, but not heard of yet; its tasks wait in a queue.',
      entry: 'startRegistration',
      exit: 'cancelRegistration',
      on: {
        'executor.registered': 'running',
        'executor.registrationExpired': 'terminating',
        'executor.shutdownRequested': 'terminating',
        'executor.exited': 'terminated',
      },
    },
    running: {
      on: {
        'executor.registered': { description: 'Came back with what nobody acknowledged.' },
        'executor.shutdownRequested': 'terminating',
        'executor.exited': 'terminated',
      },
    },
    terminating: {
      description: 'Asked to end; destroyed when the grace period is over.',
      entry: 'startGrace',
      exit: 'cancelGrace',
      on: {
        'executor.registered': { description: 'Too late: it is told to shut down again.' },
        'executor.shutdownRequested': {
          description: 'It gets less time than it was told: the wait for its end begins anew.',
          target: 'terminating',
          reenter: true,
        },
        'executor.graceExpired': { description: 'The agent destroys it; its exit is still due.' },
        'executor.exited': 'terminated',
      },
    },
    terminated: { type: 'final' },
  },
})

export const executorSessionTable = deriveTable(executorSessionMachine, {
  states,
  events,
  timers: ['executor.registrationExpired', 'executor.graceExpired'],
})
