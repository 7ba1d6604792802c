import { cancel, raise, setup } from 'xstate'
import type { AgentMessage, Message } from '../messages/index.ts'
import type { AgentRegistered, AgentReregistered } from '../messages/lifecycle.ts'
import type { AgentBook, AgentOptions } from '../model/agent/book.ts'
import * as draining from '../model/agent/drain.ts'
import * as executors from '../model/agent/executors.ts'
import * as frameworks from '../model/agent/frameworks.ts'
import * as intake from '../model/agent/intake.ts'
import * as launch from '../model/agent/launch.ts'
import * as operations from '../model/agent/operations.ts'
import * as recovery from '../model/agent/recovery.ts'
import * as registration from '../model/agent/registration.ts'
import type {
  AgentCharts,
  AgentEffect,
  AgentReport,
  AgentStep,
  AgentTimer,
  VolumesChanged,
} from '../model/agent/step.ts'
import * as streams from '../model/agent/streams.ts'
import * as talk from '../model/agent/talk.ts'
import * as tasks from '../model/agent/tasks.ts'
import { executorSessionTable } from './executor-session.ts'
import { statusUpdatesTable } from './status-updates.ts'
import { decision, effects, type Received, type Stamped } from './support/decide.ts'
import { delays } from './support/delays.ts'
import { taskTable } from './task.ts'

/**
 * From the host come `agent.stop`, when it wants it to end in good order, `volumes.changed`, when
 * it made or removed their folders, and how the way to a master in another process stands.
 */
export type AgentEvent = Stamped<
  | Received<AgentMessage>
  | AgentTimer
  | { type: 'agent.stop'; graceMs?: number }
  | { type: 'link.opened' | 'link.closed' }
  | ({ type: 'volumes.changed' } & VolumesChanged)
>

type VolumesEffect = Extract<AgentEffect, { type: 'createVolumes' | 'destroyVolumes' }>

const charts: AgentCharts = {
  executor: executorSessionTable,
  updates: statusUpdatesTable,
  task: taskTable,
}

function act<Params extends object | undefined>(decide: (step: AgentStep, params: Params) => void) {
  return decision<AgentBook, AgentEvent, AgentTimer, AgentEffect, Params>(
    ({ book, turn }, params) => decide({ book, turn, charts }, params),
  )
}

/** What follows from a call of the master that it counts. */
function counted<Call extends Message>(decide: (step: AgentStep, call: Call) => void) {
  return act((step: AgentStep, call: Call) => {
    registration.noteCall(step, call)
    decide(step, call)
  })
}

/** An agent: offers the resources of one machine and runs tasks through executors. */
export const agentMachine = setup({
  types: {
    context: {} as { book: AgentBook },
    events: {} as AgentEvent,
    input: {} as AgentOptions,
  },
  actions: {
    ...effects,
    launchExecutor: (_: unknown, _params: Extract<AgentEffect, { type: 'launchExecutor' }>) => {},
    destroyExecutor: (_: unknown, _params: Extract<AgentEffect, { type: 'destroyExecutor' }>) => {},
    report: (_: unknown, _params: AgentReport) => {},
    createVolumes: (_: unknown, _params: VolumesEffect) => {},
    destroyVolumes: (_: unknown, _params: VolumesEffect) => {},
    startRecovery: raise({ type: 'recovery.due' }, { delay: 0, id: 'recovery' }),
    recover: act((step: AgentStep) => recovery.recover(step)),
    scheduleRegistration: act(registration.scheduleRegistration),
    cancelRegistration: cancel('registration'),
    register: act(registration.register),
    noteCall: act(registration.noteCall),
    acceptRegistration: act(registration.acceptRegistration),
    acceptReregistration: act(registration.acceptReregistration),
    answerPing: act(registration.answerPing),
    expectPings: act((step: AgentStep) => registration.expectPings(step)),
    loseMaster: act(registration.loseMaster),
    unregister: act(registration.unregister),
    launchTasks: counted(launch.launchTasks),
    launchGroup: counted(launch.launchGroup),
    applyOperations: counted(operations.applyOperations),
    dropOperations: act(operations.dropOperations),
    noteVolumes: act(operations.noteVolumes),
    takeUpdates: act(intake.takeUpdates),
    killTasks: counted(tasks.killTasks),
    acknowledge: counted(streams.acknowledge),
    retry: act(streams.retry),
    admitExecutor: act(executors.admitExecutor),
    expireRegistration: act(executors.expireRegistration),
    expireGrace: act(executors.expireGrace),
    endExecutor: counted(executors.endExecutor),
    relay: act(talk.relay),
    noticeExit: act(executors.noticeExit),
    drain: act(draining.drain),
    updateFramework: counted(frameworks.updateFramework),
    shutDownFramework: counted(frameworks.shutDownFramework),
    endAllFrameworks: act(frameworks.endAllFrameworks),
  },
  guards: {
    hasPast: ({ context }) => context.book.past !== 'none',
    isOutOfStep: ({ context }, params: { connected: boolean; sent?: number }) =>
      !registration.isInStep(context.book, params),
    isStale: ({ context }, params: AgentRegistered | AgentReregistered) =>
      !registration.isForThisRun(context.book, params),
    hasNoExecutors: ({ context }) => context.book.executorAt.size === 0,
  },
  delays,
}).createMachine({
  id: 'agent',
  description: 'Offers the resources of one machine and runs tasks through executors.',
  context: ({ input }) => ({ book: recovery.openAgentBook(input) }),
  initial: 'starting',
  on: {
    'lifecycle.registerExecutor': {
      actions: { type: 'admitExecutor', params: ({ event }) => event },
    },
    'lifecycle.exited': { actions: { type: 'noticeExit', params: ({ event }) => event } },
    'lifecycle.shutdownFramework': {
      actions: { type: 'shutDownFramework', params: ({ event }) => event },
    },
    'lifecycle.updateFramework': {
      actions: { type: 'updateFramework', params: ({ event }) => event },
    },
    'lifecycle.agentRegistered': { description: 'Nobody waits for it: a try was repeated.' },
    'lifecycle.agentReregistered': { description: 'Nobody waits for it: a try was repeated.' },
    'lifecycle.drain': { actions: { type: 'drain', params: ({ event }) => event } },
    'lifecycle.ping': { actions: 'answerPing' },
    'lifecycle.shutdown': {
      target: '.terminating',
      actions: { type: 'endAllFrameworks', params: {} },
    },
    'agent.stop': {
      target: '.terminating',
      actions: ['unregister', { type: 'endAllFrameworks', params: ({ event }) => event }],
    },
    'allocation.apply': { actions: { type: 'applyOperations', params: ({ event }) => event } },
    'volumes.changed': { actions: { type: 'noteVolumes', params: ({ event }) => event } },
    'lifecycle.shutdownExecutor': {
      actions: { type: 'endExecutor', params: ({ event }) => event },
    },
    'task.launchGroup': { actions: { type: 'launchGroup', params: ({ event }) => event } },
    'task.message': { actions: { type: 'relay', params: ({ event }) => event } },
    'task.launch': { actions: { type: 'launchTasks', params: ({ event }) => event } },
    'task.kill': { actions: { type: 'killTasks', params: ({ event }) => event } },
    'task.update': { actions: { type: 'takeUpdates', params: ({ event }) => event } },
    'task.acknowledge': { actions: { type: 'acknowledge', params: ({ event }) => event } },
    'update.retryDue': { actions: { type: 'retry', params: ({ event }) => event } },
    'executor.registrationExpired': {
      actions: { type: 'expireRegistration', params: ({ event }) => event },
    },
    'executor.graceExpired': { actions: { type: 'expireGrace', params: ({ event }) => event } },
    '*': {
      description: 'A message that no agent expects.',
      actions: { type: 'mark', params: { name: 'message.unexpected', detail: 'at an agent' } },
    },
  },
  states: {
    starting: {
      description: 'Has it lived before?',
      always: [{ guard: 'hasPast', target: 'recovering' }, { target: 'registering' }],
    },
    recovering: {
      description: 'Looks for what its earlier life left, before anybody hears of it.',
      entry: 'startRecovery',
      on: {
        'recovery.due': { target: 'registering', actions: 'recover' },
        'agent.stop': {
          target: 'terminating',
          actions: [
            'recover',
            'unregister',
            { type: 'endAllFrameworks', params: ({ event }) => event },
          ],
        },
        'link.opened': { description: 'It asks anyway, when it knows what it has.' },
        'link.closed': { description: 'It asks anyway, when it knows what it has.' },
        'lifecycle.*': { description: 'Meant for its earlier life.' },
        'allocation.*': { description: 'Meant for its earlier life.' },
        'task.*': { description: 'Meant for its earlier life.' },
      },
    },
    registering: {
      description: 'Tells the master who it is until it answers. What runs here runs on.',
      entry: 'scheduleRegistration',
      exit: 'cancelRegistration',
      on: {
        'registration.due': { target: 'registering', reenter: true, actions: 'register' },
        'link.opened': {
          description: 'What it said before may be lost: it asks at once.',
          target: 'registering',
          reenter: true,
          actions: 'register',
        },
        'link.closed': { description: 'It asks anyway, and at once when the link opens.' },
        'allocation.apply': { actions: { type: 'dropOperations', params: ({ event }) => event } },
        'task.launch': {
          description: 'Sent before the master heard of this: it asks what became of the tasks.',
          actions: { type: 'noteCall', params: ({ event }) => event },
        },
        'task.launchGroup': {
          description: 'The same of a group.',
          actions: { type: 'noteCall', params: ({ event }) => event },
        },
        'lifecycle.agentRegistered': [
          {
            guard: { type: 'isStale', params: ({ event }) => event },
            description: 'The answer to an earlier run of this agent.',
          },
          {
            target: 'registered',
            actions: { type: 'acceptRegistration', params: ({ event }) => event },
          },
        ],
        'lifecycle.agentReregistered': [
          {
            guard: { type: 'isStale', params: ({ event }) => event },
            description: 'The answer to an earlier run of this agent.',
          },
          {
            target: 'registered',
            actions: { type: 'acceptReregistration', params: ({ event }) => event },
          },
        ],
      },
    },
    registered: {
      description: 'Offered by the master; pinged by it regularly.',
      on: {
        'lifecycle.ping': [
          {
            guard: { type: 'isOutOfStep', params: ({ event }) => event },
            description: 'The master has given it up, or something that it sent was lost.',
            target: 'registering',
            actions: ['answerPing', 'loseMaster'],
          },
          { actions: ['answerPing', 'expectPings'] },
        ],
        'master.silent': { target: 'registering', actions: 'loseMaster' },
        'lifecycle.agentReregistered': [
          {
            guard: { type: 'isStale', params: ({ event }) => event },
            description: 'The answer to an earlier run of this agent.',
          },
          {
            description: 'To a try that was repeated: its questions may be news all the same.',
            actions: { type: 'acceptReregistration', params: ({ event }) => event },
          },
        ],
        'link.closed': {
          description: 'The master takes the end of the link for that of the agent.',
          target: 'registering',
          actions: 'loseMaster',
        },
        'link.opened': { description: 'It was open for this one already.' },
      },
    },
    terminating: {
      description: 'Ends everything that runs here, then itself.',
      always: { guard: 'hasNoExecutors', target: 'terminated' },
      on: {
        'task.launch': { description: 'Too late: nothing is begun any more.' },
        'task.launchGroup': { description: 'Too late: nothing is begun any more.' },
        'allocation.apply': { description: 'Too late: its resources are nobody’s any more.' },
        'volumes.changed': { description: 'Too late: nobody waits for it.' },
        'master.silent': { description: 'It leaves anyway.' },
        'link.opened': { description: 'It leaves anyway.' },
        'link.closed': { description: 'It leaves anyway.' },
        'lifecycle.shutdown': { description: 'It leaves already.' },
        'agent.stop': {
          description: 'It leaves already; what still runs may be given less time.',
          actions: { type: 'endAllFrameworks', params: ({ event }) => event },
        },
      },
    },
    terminated: { type: 'final', description: 'Nothing of it is left.' },
  },
})
