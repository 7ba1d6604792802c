import { cancel, setup } from 'xstate'
import type { ExecutorMessage, TaskInfo } from '../messages/index.ts'
import {
  createExecutorBook,
  type ExecutorBook,
  type ExecutorEffect,
  type ExecutorOptions,
  type ExecutorStep,
  type ExecutorTimer,
  type RunChecked,
  type RunExited,
  type RunStarted,
  type RunStatusChecked,
} from '../model/executor/book.ts'
import * as registration from '../model/executor/registration.ts'
import * as runs from '../model/executor/runs.ts'
import * as statusChecks from '../model/executor/status-checks.ts'
import * as statuses from '../model/executor/statuses.ts'
import { runTable } from './run.ts'
import { decision, effects, type Received, type Stamped } from './support/decide.ts'
import { delays } from './support/delays.ts'

/** What an executor hears of its runner. */
export type RunnerEvent =
  | { readonly type: 'run.started'; readonly runs: readonly RunStarted[] }
  | { readonly type: 'run.exited'; readonly runs: readonly RunExited[] }
  | { readonly type: 'run.checked'; readonly runs: readonly RunChecked[] }
  | { readonly type: 'run.statusChecked'; readonly runs: readonly RunStatusChecked[] }

export type ExecutorEvent = Stamped<Received<ExecutorMessage> | ExecutorTimer | RunnerEvent>

function act<Params extends object | undefined>(
  decide: (step: ExecutorStep, params: Params) => void,
) {
  return decision<ExecutorBook, ExecutorEvent, ExecutorTimer, ExecutorEffect, Params>(
    ({ book, turn }, params) => decide({ book, turn, runs: runTable }, params),
  )
}

/** An executor: runs tasks of one framework on one agent. */
export const executorMachine = setup({
  types: {
    context: {} as { book: ExecutorBook },
    events: {} as ExecutorEvent,
    input: {} as ExecutorOptions,
  },
  actions: {
    ...effects,
    startRun: (_: unknown, _params: Extract<ExecutorEffect, { task: TaskInfo }>) => {},
    resumeRun: (_: unknown, _params: Extract<ExecutorEffect, { task: TaskInfo }>) => {},
    stopRun: (_: unknown, _params: Extract<ExecutorEffect, { type: 'stopRun' }>) => {},
    checkRun: (_: unknown, _params: Extract<ExecutorEffect, { task: TaskInfo }>) => {},
    observeRun: (_: unknown, _params: Extract<ExecutorEffect, { task: TaskInfo }>) => {},
    register: act(registration.register),
    cancelRegistration: cancel('registration'),
    acceptRegistration: act(registration.acceptRegistration),
    forgetUpdates: act(registration.forgetUpdates),
    repeatUpdates: act(statuses.repeatUpdates),
    startRuns: act(runs.startRuns),
    startGroup: act(runs.startGroup),
    resumeRuns: act(runs.resumeRuns),
    killRuns: act(runs.killRuns),
    endAllRuns: act(runs.endAllRuns),
    noteStarted: act(runs.noteStarted),
    noteExited: act(runs.noteExited),
    noteChecked: act(runs.noteChecked),
    makeCheck: act(runs.checkRun),
    noteStatusChecked: act(statusChecks.noteStatusChecked),
    makeStatusCheck: act(statusChecks.observeRun),
    forceRun: act(runs.forceRun),
    endTooLong: act(runs.endTooLong),
  },
  guards: {
    isRecovered: ({ context: { book } }) => book.runs.size > 0,
    isDone: ({ context: { book } }) =>
      book.endsWithTasks &&
      book.sequence > 0 &&
      book.runs.size === 0 &&
      book.unacknowledged.size === 0,
    isEmpty: ({ context: { book } }) => book.runs.size === 0 && book.unacknowledged.size === 0,
  },
  delays,
}).createMachine({
  id: 'executor',
  description: 'Runs tasks of one framework on one agent.',
  context: ({ input }) => ({ book: createExecutorBook(input) }),
  initial: 'launched',
  on: {
    'run.started': { actions: { type: 'noteStarted', params: ({ event }) => event } },
    'run.exited': { actions: { type: 'noteExited', params: ({ event }) => event } },
    'run.checked': { actions: { type: 'noteChecked', params: ({ event }) => event } },
    'run.checkDue': { actions: { type: 'makeCheck', params: ({ event }) => event } },
    'run.statusChecked': { actions: { type: 'noteStatusChecked', params: ({ event }) => event } },
    'run.statusCheckDue': { actions: { type: 'makeStatusCheck', params: ({ event }) => event } },
    'run.graceExpired': { actions: { type: 'forceRun', params: ({ event }) => event } },
    'run.completionTimeReached': { actions: { type: 'endTooLong', params: ({ event }) => event } },
    'updates.retryDue': {
      description: 'The agent acknowledges at once; what it did not was lost on its way.',
      actions: 'repeatUpdates',
    },
    'task.acknowledge': { actions: { type: 'forgetUpdates', params: ({ event }) => event } },
    'task.message': { description: 'None of those that are built in talks to its scheduler.' },
    'task.kill': { actions: { type: 'killRuns', params: ({ event }) => event } },
    'lifecycle.shutdownExecutor': {
      target: '.terminating',
      actions: { type: 'endAllRuns', params: ({ event }) => event },
    },
    '*': {
      description: 'A message that no executor expects.',
      actions: { type: 'mark', params: { name: 'message.unexpected', detail: 'at an executor' } },
    },
  },
  states: {
    launched: {
      description: 'The process it lives in is new; its tasks may be older than that.',
      always: [
        {
          guard: 'isRecovered',
          target: 'registering',
          actions: 'resumeRuns',
          description: 'The process of its agent was started anew: it takes up its work again.',
        },
        { target: 'registering' },
      ],
    },
    registering: {
      description: 'Tells its agent that it is ready, until it answers.',
      entry: 'register',
      exit: 'cancelRegistration',
      on: {
        'registration.due': { target: 'registering', reenter: true },
        'task.launch': {
          description:
            'The answer was lost, but the tasks are here: the agent has handed them over.',
          actions: { type: 'startRuns', params: ({ event }) => event },
        },
        'task.launchGroup': {
          description: 'The same of a group.',
          actions: { type: 'startGroup', params: ({ event }) => event },
        },
        'lifecycle.executorRegistered': {
          target: 'registered',
          actions: { type: 'acceptRegistration', params: ({ event }) => event },
        },
      },
    },
    registered: {
      description: 'Runs tasks. One that runs commands ends with the last of them.',
      always: { guard: 'isDone', target: 'terminated' },
      on: {
        'task.launch': { actions: { type: 'startRuns', params: ({ event }) => event } },
        'task.launchGroup': { actions: { type: 'startGroup', params: ({ event }) => event } },
        'lifecycle.executorRegistered': { description: 'The answer to a try that was repeated.' },
      },
    },
    terminating: {
      description: 'All its tasks are being ended; it ends when the agent has the last update.',
      always: { guard: 'isEmpty', target: 'terminated' },
      on: {
        'task.launch': { description: 'Too late: the agent answers for these tasks.' },
        'task.launchGroup': { description: 'Too late: the agent answers for these tasks.' },
        'lifecycle.executorRegistered': { description: 'Too late: it ends.' },
        'lifecycle.shutdownExecutor': {
          description: 'Asked again, perhaps with less patience.',
          actions: { type: 'endAllRuns', params: ({ event }) => event },
        },
      },
    },
    terminated: { type: 'final', description: 'Its host closes the runner and says goodbye.' },
  },
})
