import { cancel, raise, setup } from 'xstate'
import { defaultTimeouts } from '../model/timeouts.ts'
import { deriveTable } from './support/table.ts'

const states = ['starting', 'running', 'stopping', 'killing', 'ended'] as const
const events = [
  'run.started',
  'run.killRequested',
  'run.graceExpired',
  'run.completionTimeReached',
  'run.checkDue',
  'run.checked',
  'run.statusCheckDue',
  'run.statusChecked',
  'run.exited',
] as const

export type RunState = (typeof states)[number]
export type RunEvent = (typeof events)[number]

/** The work of one task inside its executor. */
export const runMachine = setup({
  types: { events: {} as { type: RunEvent } },
  actions: {
    startGrace: raise({ type: 'run.graceExpired' }, { delay: 'killGraceMs', id: 'grace' }),
    cancelGrace: cancel('grace'),
    startCompletionTime: raise(
      { type: 'run.completionTimeReached' },
      { delay: 'maxCompletionTimeMs', id: 'completion' },
    ),
    cancelCompletionTime: cancel('completion'),
    startFirstCheck: raise({ type: 'run.checkDue' }, { delay: 'checkDelayMs', id: 'check' }),
    startNextCheck: raise({ type: 'run.checkDue' }, { delay: 'checkIntervalMs', id: 'check' }),
    cancelCheck: cancel('check'),
    startFirstStatusCheck: raise(
      { type: 'run.statusCheckDue' },
      { delay: 'statusCheckDelayMs', id: 'statusCheck' },
    ),
    startNextStatusCheck: raise(
      { type: 'run.statusCheckDue' },
      { delay: 'statusCheckIntervalMs', id: 'statusCheck' },
    ),
    cancelStatusCheck: cancel('statusCheck'),
  },
  delays: {
    killGraceMs: defaultTimeouts.killGraceMs,
    maxCompletionTimeMs: 0,
    checkDelayMs: 15_000,
    checkIntervalMs: 10_000,
    statusCheckDelayMs: 15_000,
    statusCheckIntervalMs: 10_000,
  },
}).createMachine({
  id: 'run',
  initial: 'starting',
  states: {
    starting: {
      on: {
        'run.started': 'running',
        'run.killRequested': 'stopping',
        'run.exited': 'ended',
      },
    },
    running: {
      entry: ['startCompletionTime', 'startFirstCheck', 'startFirstStatusCheck'],
      exit: ['cancelCompletionTime', 'cancelCheck', 'cancelStatusCheck'],
      on: {
        'run.killRequested': 'stopping',
        'run.completionTimeReached': 'killing',
        'run.checkDue': { description: 'The executor makes one health check.' },
        'run.checked': { actions: 'startNextCheck' },
        'run.statusCheckDue': { description: 'The executor makes one check that is only told.' },
        'run.statusChecked': { actions: 'startNextStatusCheck' },
        'run.exited': 'ended',
      },
    },
    stopping: {
      description: 'Asked to end (SIGTERM, abort signal); forced when the grace period is over.',
      entry: 'startGrace',
      exit: 'cancelGrace',
      on: {
        'run.started': { description: 'It started while it was being stopped.' },
        'run.killRequested': {
          description: 'Asked again; a later kill may shorten the grace period, never lengthen it.',
        },
        'run.checked': { description: 'A check that was still under way.' },
        'run.statusChecked': { description: 'A check that was still under way.' },
        'run.graceExpired': 'killing',
        'run.exited': 'ended',
      },
    },
    killing: {
      description: 'Forced (SIGKILL of the whole tree, end of the thread).',
      on: {
        'run.started': { description: 'It started while it was being stopped.' },
        'run.killRequested': { description: 'It cannot end faster.' },
        'run.checked': { description: 'A check that was still under way.' },
        'run.statusChecked': { description: 'A check that was still under way.' },
        'run.exited': 'ended',
      },
    },
    ended: { type: 'final' },
  },
})

export const runTable = deriveTable(runMachine, {
  states,
  events,
  timers: ['run.graceExpired', 'run.completionTimeReached', 'run.checkDue', 'run.statusCheckDue'],
})
