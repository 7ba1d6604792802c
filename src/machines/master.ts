import { cancel, raise, setup } from 'xstate'
import type { MasterMessage } from '../messages/index.ts'
import { ConstraintCompiler } from '../model/allocation/constraints.ts'
import { drfPolicy } from '../model/allocation/policies.ts'
import type { AllocationPolicy } from '../model/allocation/policy.ts'
import type { Ledger, LedgerOptions } from '../model/ledger/ledger.ts'
import * as accept from '../model/master/accept.ts'
import * as admission from '../model/master/admission.ts'
import * as agentReturns from '../model/master/agent-returns.ts'
import * as agents from '../model/master/agents.ts'
import * as allocation from '../model/master/allocate.ts'
import * as demand from '../model/master/demand.ts'
import * as duty from '../model/master/duty.ts'
import * as executors from '../model/master/executors.ts'
import * as frameworkEnd from '../model/master/framework-end.ts'
import * as frameworks from '../model/master/frameworks.ts'
import * as gone from '../model/master/gone.ts'
import * as inverseOffers from '../model/master/inverse-offers.ts'
import * as maintenance from '../model/master/maintenance.ts'
import * as offers from '../model/master/offers.ts'
import * as operate from '../model/master/operate.ts'
import * as operations from '../model/master/operations.ts'
import * as outdated from '../model/master/outdated.ts'
import * as pings from '../model/master/pings.ts'
import * as preemption from '../model/master/preempt.ts'
import * as questions from '../model/master/questions.ts'
import * as quotas from '../model/master/quotas.ts'
import * as recovery from '../model/master/recovery.ts'
import type { MasterEffect } from '../model/master/reports.ts'
import * as settings from '../model/master/settings.ts'
import type { MasterCharts, MasterStep, MasterTimer } from '../model/master/step.ts'
import { noteSent } from '../model/master/tally.ts'
import * as updates from '../model/master/updates.ts'
import { agentDutyTable } from './agent-duty.ts'
import { agentSessionTable } from './agent-session.ts'
import { frameworkSessionTable } from './framework-session.ts'
import { inverseOfferTable } from './inverse-offer.ts'
import { offerTable } from './offer.ts'
import { decision, effects, type Received, type Stamped } from './support/decide.ts'
import { delays } from './support/delays.ts'
import { taskTable } from './task.ts'

export type MasterEvent = Stamped<Received<MasterMessage> | MasterTimer>

const charts: MasterCharts = {
  offer: offerTable,
  framework: frameworkSessionTable,
  agent: agentSessionTable,
  duty: agentDutyTable,
  inverseOffer: inverseOfferTable,
  task: taskTable,
}

/**
 * The master with the given rule for who is offered what; one machine serves any number of actors.
 */
export function createMasterMachine(policy: AllocationPolicy = drfPolicy) {
  const compiler = new ConstraintCompiler()
  const memory = new Map<string, object>()
  const act = <Params extends object | undefined>(
    decide: (step: MasterStep, params: Params) => void,
  ) =>
    decision<Ledger, MasterEvent, MasterTimer, MasterEffect, Params>(
      ({ book, turn }, params) => decide({ book, turn, charts, policy, compiler, memory }, params),
      noteSent,
    )
  return setup({
    types: {
      context: {} as { book: Ledger },
      events: {} as MasterEvent,
      input: {} as LedgerOptions,
    },
    actions: {
      ...effects,
      report: (_: unknown, _params: MasterEffect) => {},
      registerFramework: act(frameworks.registerFramework),
      reregisterFramework: act(frameworks.reregisterFramework),
      describeFramework: act(frameworks.describeFramework),
      unregisterFramework: act(duty.thenNoteDrained(frameworkEnd.unregisterFramework)),
      expireFailover: act(duty.thenNoteDrained(frameworkEnd.expireFailover)),
      tearDown: act(duty.thenNoteDrained(frameworkEnd.tearDown)),
      awaitAgents: act((step: MasterStep) => recovery.awaitAgents(step)),
      registerAgent: act(agents.registerAgent),
      reregisterAgent: act(agentReturns.reregisterAgent),
      unregisterAgent: act(agents.unregisterAgent),
      expireReregistration: act(agents.expireReregistration),
      noticeExit: act(agents.noticeExit),
      shutOut: act(admission.shutOut),
      drainAgent: act(duty.thenNoteDrained(duty.drainAgent)),
      deactivateAgent: act(duty.deactivateAgent),
      reactivateAgent: act(duty.reactivateAgent),
      resumeDrain: act(duty.thenNoteDrained(duty.resumeDrain)),
      markAgentGone: act(gone.markAgentGone),
      updateMaintenanceSchedule: act(maintenance.updateMaintenanceSchedule),
      startMaintenance: act(maintenance.startMaintenance),
      stopMaintenance: act(maintenance.stopMaintenance),
      notePong: act(pings.notePong),
      pingAgents: act(pings.pingAgents),
      forgetOutdated: act((step: MasterStep) => outdated.forgetOutdated(step)),
      beat: act(pings.beat),
      request: act(demand.request),
      declineOffers: act(offers.declineOffers),
      expireOffers: act(offers.expireOffers),
      offerInversely: act(inverseOffers.offerInversely),
      acceptInverse: act(inverseOffers.acceptInverse),
      declineInverse: act(inverseOffers.declineInverse),
      expireInverseOffer: act(inverseOffers.expireInverseOffer),
      revive: act(demand.revive),
      suppress: act(demand.suppress),
      updateWeights: act(settings.updateWeights),
      updatePriorities: act(settings.updatePriorities),
      updateWhitelist: act(settings.updateWhitelist),
      updateQuotas: act(quotas.updateQuotas),
      acceptOffers: act(accept.acceptOffers),
      launchTasks: act(accept.acceptLaunch),
      relayOperationUpdates: act(duty.thenNoteDrained(operations.relayOperationUpdates)),
      killTasks: act(questions.killTasks),
      reconcileTasks: act(questions.reconcileTasks),
      relayUpdates: act(duty.thenNoteDrained(updates.relayUpdates)),
      relayAcknowledgements: act(duty.thenNoteDrained(updates.relayAcknowledgements)),
      relayExecutorExit: act(executors.relayExecutorExit),
      shutDownExecutor: act(executors.shutDownExecutor),
      relayMessage: act(executors.relayMessage),
      operate: act(operate.operate),
      allocate: act(allocation.allocate),
      allocateAll: act(allocation.allocateAll),
      preempt: act(preemption.preempt),
      startAllocation: raise(
        { type: 'allocation.run' },
        { delay: 'allocationDelayMs', id: 'allocation' },
      ),
      cancelAllocation: cancel('allocation'),
      startBatch: raise({ type: 'allocation.due' }, { delay: 'allocationIntervalMs', id: 'batch' }),
      startHeartbeat: raise(
        { type: 'heartbeat.due' },
        { delay: 'heartbeatIntervalMs', id: 'heartbeat' },
      ),
      startPing: raise({ type: 'ping.due' }, { delay: 'pingSliceMs', id: 'ping' }),
    },
    guards: {
      isShutOut: ({ context }, call: Parameters<typeof admission.isShutOut>[1]) =>
        admission.isShutOut(context.book, call),
    },
    delays,
  }).createMachine({
    id: 'master',
    description:
      'Owns the ledger of agents, frameworks, offers and tasks. Decides who is offered what.',
    context: ({ input }) => ({ book: recovery.openLedger(input) }),
    initial: 'idle',
    entry: ['awaitAgents', 'startBatch', 'startHeartbeat', 'startPing'],
    on: {
      'lifecycle.register': {
        actions: { type: 'registerFramework', params: ({ event }) => event },
      },
      'lifecycle.reregister': {
        actions: { type: 'reregisterFramework', params: ({ event }) => event },
      },
      'lifecycle.unregister': {
        actions: { type: 'unregisterFramework', params: ({ event }) => event },
      },
      'lifecycle.describeFramework': {
        actions: { type: 'describeFramework', params: ({ event }) => event },
      },
      'lifecycle.teardown': { actions: { type: 'tearDown', params: ({ event }) => event } },
      'lifecycle.shutdownExecutor': {
        actions: { type: 'shutDownExecutor', params: ({ event }) => event },
      },
      'lifecycle.registerAgent': [
        {
          description: 'Its machine is down.',
          guard: { type: 'isShutOut', params: ({ event }) => event },
          actions: { type: 'shutOut', params: ({ event }) => event },
        },
        { actions: { type: 'registerAgent', params: ({ event }) => event } },
      ],
      'lifecycle.reregisterAgent': [
        {
          description: 'It was declared gone, or its machine is down.',
          guard: { type: 'isShutOut', params: ({ event }) => event },
          actions: { type: 'shutOut', params: ({ event }) => event },
        },
        {
          actions: [
            { type: 'reregisterAgent', params: ({ event }) => event },
            { type: 'resumeDrain', params: ({ event }) => event },
          ],
        },
      ],
      'lifecycle.unregisterAgent': {
        actions: { type: 'unregisterAgent', params: ({ event }) => event },
      },
      'lifecycle.executorExited': {
        actions: { type: 'relayExecutorExit', params: ({ event }) => event },
      },
      'lifecycle.pong': { actions: { type: 'notePong', params: ({ event }) => event } },
      'lifecycle.exited': { actions: { type: 'noticeExit', params: ({ event }) => event } },
      'framework.failoverExpired': {
        actions: { type: 'expireFailover', params: ({ event }) => event },
      },
      'agent.reregistrationExpired': {
        actions: { type: 'expireReregistration', params: ({ event }) => event },
      },

      'lifecycle.drainAgent': { actions: { type: 'drainAgent', params: ({ event }) => event } },
      'lifecycle.deactivateAgent': {
        actions: { type: 'deactivateAgent', params: ({ event }) => event },
      },
      'lifecycle.reactivateAgent': {
        actions: { type: 'reactivateAgent', params: ({ event }) => event },
      },
      'lifecycle.markAgentGone': {
        actions: { type: 'markAgentGone', params: ({ event }) => event },
      },
      'lifecycle.updateMaintenanceSchedule': {
        actions: { type: 'updateMaintenanceSchedule', params: ({ event }) => event },
      },
      'lifecycle.startMaintenance': {
        actions: { type: 'startMaintenance', params: ({ event }) => event },
      },
      'lifecycle.stopMaintenance': {
        actions: { type: 'stopMaintenance', params: ({ event }) => event },
      },

      'allocation.request': { actions: { type: 'request', params: ({ event }) => event } },
      'allocation.accept': { actions: { type: 'acceptOffers', params: ({ event }) => event } },
      'allocation.decline': { actions: { type: 'declineOffers', params: ({ event }) => event } },
      'allocation.revive': { actions: { type: 'revive', params: ({ event }) => event } },
      'allocation.suppress': { actions: { type: 'suppress', params: ({ event }) => event } },
      'allocation.acceptInverse': {
        actions: { type: 'acceptInverse', params: ({ event }) => event },
      },
      'allocation.declineInverse': {
        actions: { type: 'declineInverse', params: ({ event }) => event },
      },
      'allocation.updateWeights': {
        actions: { type: 'updateWeights', params: ({ event }) => event },
      },
      'allocation.updatePriorities': {
        actions: { type: 'updatePriorities', params: ({ event }) => event },
      },
      'allocation.updateQuotas': {
        actions: { type: 'updateQuotas', params: ({ event }) => event },
      },
      'allocation.updateWhitelist': {
        actions: { type: 'updateWhitelist', params: ({ event }) => event },
      },
      'allocation.operate': { actions: { type: 'operate', params: ({ event }) => event } },
      'allocation.operationUpdate': {
        actions: { type: 'relayOperationUpdates', params: ({ event }) => event },
      },
      'inverseOffer.expired': {
        actions: { type: 'expireInverseOffer', params: ({ event }) => event },
      },
      'offer.expired': { actions: { type: 'expireOffers', params: ({ event }) => event } },

      'task.launch': { actions: { type: 'launchTasks', params: ({ event }) => event } },
      'task.kill': { actions: { type: 'killTasks', params: ({ event }) => event } },
      'task.reconcile': { actions: { type: 'reconcileTasks', params: ({ event }) => event } },
      'task.message': { actions: { type: 'relayMessage', params: ({ event }) => event } },
      'task.update': { actions: { type: 'relayUpdates', params: ({ event }) => event } },
      'task.acknowledge': {
        actions: { type: 'relayAcknowledgements', params: ({ event }) => event },
      },

      'allocation.due': {
        description: 'The whole pool is looked at regularly, because filters end silently.',
        actions: ['allocateAll', 'preempt', 'offerInversely', 'startBatch'],
      },
      'heartbeat.due': {
        description: 'Schedulers hear that the master lives.',
        actions: ['beat', 'startHeartbeat'],
      },
      'ping.due': {
        description: 'Agents are asked for a sign of life, a slice of them at a time.',
        actions: ['forgetOutdated', 'pingAgents', 'startPing'],
      },
      '*': {
        description: 'A message that no master expects.',
        actions: { type: 'mark', params: { name: 'message.unexpected', detail: 'at the master' } },
      },
    },
    states: {
      idle: {
        description: 'Nothing was freed or wanted since the last allocation.',
        on: { 'allocation.wanted': 'allocationPending' },
      },
      allocationPending: {
        description: 'An allocation is due: many events of one turn make one allocation.',
        entry: 'startAllocation',
        exit: 'cancelAllocation',
        on: {
          'allocation.wanted': { description: 'One is due already.' },
          'allocation.run': { target: 'idle', actions: 'allocate' },
        },
      },
    },
  })
}
