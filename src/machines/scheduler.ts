import { cancel, raise, setup } from 'xstate'
import type { SchedulerMessage } from '../messages/index.ts'
import {
  type Call,
  createSchedulerBook,
  type SchedulerBook,
  type SchedulerEffect,
  type SchedulerOptions,
  type SchedulerStep,
  type SchedulerTimer,
} from '../model/scheduler/book.ts'
import * as conversation from '../model/scheduler/conversation.ts'
import * as maintenance from '../model/scheduler/maintenance.ts'
import * as membership from '../model/scheduler/membership.ts'
import * as reconciliation from '../model/scheduler/reconciliation.ts'
import { decision, effects, type Received, type Stamped } from './support/decide.ts'
import { delays } from './support/delays.ts'

/**
 * From the host come `callback.failed`, when the owner's code threw, and how the way to a master in
 * another process stands.
 */
export type SchedulerEvent = Stamped<
  | Received<SchedulerMessage>
  | SchedulerTimer
  | Call
  | { readonly type: 'callback.failed'; readonly message: string }
  | { readonly type: 'link.opened' | 'link.closed' }
>

function act<Params extends object | undefined>(
  decide: (step: SchedulerStep, params: Params) => void,
) {
  return decision<SchedulerBook, SchedulerEvent, SchedulerTimer, SchedulerEffect, Params>(decide)
}

/** A scheduler: speaks with the master on behalf of the code that decides about offers. */
export const schedulerMachine = setup({
  types: {
    context: {} as { book: SchedulerBook },
    events: {} as SchedulerEvent,
    input: {} as SchedulerOptions,
  },
  actions: {
    ...effects,
    notify: (_: unknown, _params: SchedulerEffect) => {},
    scheduleRegistration: act(membership.scheduleRegistration),
    cancelRegistration: cancel('registration'),
    register: act(membership.register),
    acceptRegistration: act(membership.acceptRegistration),
    expectHeartbeat: act(membership.expectHeartbeat),
    loseMaster: act(membership.loseMaster),
    loseLink: act(membership.loseLink),
    loseMembership: act(membership.loseMembership),
    unregister: act(membership.unregister),
    announceStop: act(membership.announceStop),
    announceFailure: act(membership.announceFailure),
    passFailure: act(membership.passFailure),
    dropLaunch: act(membership.dropLaunch),
    dropAccept: act(membership.dropAccept),
    keepWish: act(membership.keepWish),
    passOffers: act(conversation.passOffers),
    passRescind: act(conversation.passRescind),
    passInverseOffers: act(maintenance.passInverseOffers),
    passInverseRescind: act(maintenance.passInverseRescind),
    answerInverse: act(maintenance.answerInverse),
    passUpdates: act(conversation.passUpdates),
    passOperations: act(conversation.passOperations),
    accept: act(conversation.accept),
    launch: act(conversation.launch),
    decline: act(conversation.decline),
    revive: act(conversation.revive),
    suppress: act(conversation.suppress),
    request: act(conversation.request),
    passMessage: act(conversation.passMessage),
    sendMessage: act(conversation.sendMessage),
    shutDownExecutor: act(conversation.shutDownExecutor),
    kill: act(conversation.kill),
    questionTasks: act(reconciliation.questionTasks),
    questionMore: act(reconciliation.questionMore),
    askAgain: act(reconciliation.askAgain),
    askForAll: act(reconciliation.askForAll),
    cancelQuestions: cancel('reconciliation'),
    startRest: raise(
      { type: 'reconciliation.due' },
      { delay: 'reconciliationIntervalMs', id: 'reconciliation' },
    ),
  },
  guards: {
    isForgotten: (_, params: { isForgotten?: boolean }) => params.isForgotten === true,
    isAnswered: ({ context }) => context.book.asked.size === 0,
    asksForAll: (_, params: { tasks: readonly object[] }) => params.tasks.length === 0,
  },
  delays,
}).createMachine({
  id: 'scheduler',
  description: 'Speaks with the master on behalf of the code that decides about offers.',
  context: ({ input }) => ({ book: createSchedulerBook(input) }),
  initial: 'registering',
  on: {
    'lifecycle.error': [
      {
        guard: { type: 'isForgotten', params: ({ event }) => event },
        description: 'It registers already.',
      },
      {
        target: '.failed',
        actions: { type: 'announceFailure', params: ({ event }) => event },
      },
    ],
    'callback.failed': {
      target: '.failed',
      actions: ['unregister', { type: 'announceFailure', params: ({ event }) => event }],
    },
    'call.stop': { target: '.stopped', actions: ['unregister', 'announceStop'] },
    '*': {
      description: 'A message that no scheduler expects.',
      actions: { type: 'mark', params: { name: 'message.unexpected', detail: 'at a scheduler' } },
    },
  },
  states: {
    registering: {
      description: 'Asks the master to join, until it answers.',
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
        'lifecycle.registered': {
          target: 'registered',
          actions: { type: 'acceptRegistration', params: ({ event }) => event },
        },
        'lifecycle.reregistered': {
          target: 'registered',
          actions: { type: 'acceptRegistration', params: ({ event }) => event },
        },
        'call.accept': { actions: { type: 'dropAccept', params: ({ event }) => event } },
        'call.launch': { actions: { type: 'dropLaunch', params: ({ event }) => event } },
        'call.revive': { actions: { type: 'keepWish', params: ({ event }) => event } },
        'call.suppress': { actions: { type: 'keepWish', params: ({ event }) => event } },
        'call.decline': { description: 'Its offers are void already.' },
        'call.acceptInverse': { description: 'Void already; the master asks again.' },
        'call.declineInverse': { description: 'Void already; the master asks again.' },
        'call.request': { description: 'A hint; the master offers at registration anyway.' },
        'call.kill': { description: 'Lost, like any call without a master: repeat it.' },
        'call.message': { description: 'Lost, like any call without a master: repeat it.' },
        'call.shutdownExecutor': {
          description: 'Lost, like any call without a master: repeat it.',
        },
        'call.reconcile': { description: 'It asks by itself as soon as it has registered.' },
        'lifecycle.heartbeat': { description: 'Of a membership that is being renewed.' },
        'lifecycle.failure': { description: 'A hint that comes too late to matter.' },
        'allocation.offer': { description: 'Void: the master discards it at the registration.' },
        'allocation.rescind': { description: 'Its offers are void already.' },
        'allocation.inverseOffer': { description: 'Void: the master asks again afterwards.' },
        'allocation.rescindInverse': {
          actions: { type: 'passInverseRescind', params: ({ event }) => event },
        },
        'allocation.operationUpdate': {
          actions: { type: 'passOperations', params: ({ event }) => event },
        },
        'task.update': { description: 'Not acknowledged, so the agent repeats it.' },
        'task.message': { actions: { type: 'passMessage', params: ({ event }) => event } },
      },
    },
    registered: {
      description: 'Hears offers and updates; its calls reach the master.',
      initial: 'reconciling',
      entry: 'questionTasks',
      on: {
        'lifecycle.heartbeat': { actions: 'expectHeartbeat' },
        'lifecycle.failure': { actions: { type: 'passFailure', params: ({ event }) => event } },
        'lifecycle.registered': { description: 'The answer to a try that was repeated.' },
        'lifecycle.reregistered': { description: 'The answer to a try that was repeated.' },
        'allocation.offer': { actions: { type: 'passOffers', params: ({ event }) => event } },
        'allocation.rescind': { actions: { type: 'passRescind', params: ({ event }) => event } },
        'allocation.inverseOffer': {
          actions: { type: 'passInverseOffers', params: ({ event }) => event },
        },
        'allocation.rescindInverse': {
          actions: { type: 'passInverseRescind', params: ({ event }) => event },
        },
        'call.acceptInverse': {
          actions: { type: 'answerInverse', params: ({ event }) => event },
        },
        'call.declineInverse': {
          actions: { type: 'answerInverse', params: ({ event }) => event },
        },
        'allocation.operationUpdate': {
          actions: { type: 'passOperations', params: ({ event }) => event },
        },
        'task.update': { actions: { type: 'passUpdates', params: ({ event }) => event } },
        'task.message': { actions: { type: 'passMessage', params: ({ event }) => event } },
        'master.silent': { target: 'registering', actions: 'loseMaster' },
        'lifecycle.error': {
          guard: { type: 'isForgotten', params: ({ event }) => event },
          target: 'registering',
          actions: 'loseMembership',
        },
        'link.closed': {
          description: 'The master takes the end of the link for that of the scheduler.',
          target: 'registering',
          actions: 'loseLink',
        },
        'link.opened': { description: 'It was open for this one already.' },
        'call.accept': { actions: { type: 'accept', params: ({ event }) => event } },
        'call.launch': { actions: { type: 'launch', params: ({ event }) => event } },
        'call.decline': { actions: { type: 'decline', params: ({ event }) => event } },
        'call.revive': { actions: { type: 'revive', params: ({ event }) => event } },
        'call.suppress': { actions: { type: 'suppress', params: ({ event }) => event } },
        'call.request': { actions: { type: 'request', params: ({ event }) => event } },
        'call.kill': { actions: { type: 'kill', params: ({ event }) => event } },
        'call.message': { actions: { type: 'sendMessage', params: ({ event }) => event } },
        'call.shutdownExecutor': {
          actions: { type: 'shutDownExecutor', params: ({ event }) => event },
        },
        'call.reconcile': [
          {
            guard: { type: 'asksForAll', params: ({ event }) => event },
            actions: 'askForAll',
          },
          {
            description: 'Asked until answered, like its own questions.',
            target: '.reconciling',
            actions: { type: 'questionMore', params: ({ event }) => event },
          },
        ],
      },
      states: {
        reconciling: {
          description: 'Asks about every task that has not ended, until each had an answer.',
          entry: 'askAgain',
          exit: 'cancelQuestions',
          always: { guard: 'isAnswered', target: 'reconciled' },
          on: { 'reconciliation.due': { target: 'reconciling', reenter: true } },
        },
        reconciled: {
          description: 'Asked once what else there is; begins anew after a rest.',
          entry: ['askForAll', 'startRest'],
          exit: 'cancelQuestions',
          on: { 'reconciliation.due': { target: 'reconciling', actions: 'questionTasks' } },
        },
      },
    },
    failed: { type: 'final', description: 'Refused by the master, or its owner’s code threw.' },
    stopped: { type: 'final', description: 'Left for good.' },
  },
})
