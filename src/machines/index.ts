import type { AnyStateMachine } from 'xstate'
import { agentMachine } from './agent.ts'
import { agentDutyMachine } from './agent-duty.ts'
import { agentSessionMachine } from './agent-session.ts'
import { executorMachine } from './executor.ts'
import { executorSessionMachine } from './executor-session.ts'
import { frameworkSessionMachine } from './framework-session.ts'
import { inverseOfferMachine } from './inverse-offer.ts'
import { createMasterMachine } from './master.ts'
import { offerMachine } from './offer.ts'
import { runMachine } from './run.ts'
import { schedulerMachine } from './scheduler.ts'
import { statusUpdatesMachine } from './status-updates.ts'
import { taskMachine } from './task.ts'

/** A statechart with what a visitor wants to know first. */
export interface CatalogedMachine {
  readonly name: string
  /** `actor`: has a mailbox. `tracked`: a record of an actor, moved by the chart's table. */
  readonly kind: 'actor' | 'tracked'
  readonly summary: string
  readonly machine: AnyStateMachine
}

/** Every statechart of the system, actors first. */
export const machines: readonly CatalogedMachine[] = [
  {
    name: 'master',
    kind: 'actor',
    summary: 'Owns the ledger and decides who is offered what',
    machine: createMasterMachine(),
  },
  {
    name: 'agent',
    kind: 'actor',
    summary: 'Offers the resources of one machine and runs tasks through executors',
    machine: agentMachine,
  },
  {
    name: 'scheduler',
    kind: 'actor',
    summary: 'Speaks with the master on behalf of a framework',
    machine: schedulerMachine,
  },
  {
    name: 'executor',
    kind: 'actor',
    summary: 'Runs tasks of one framework on one agent',
    machine: executorMachine,
  },
  {
    name: 'framework-session',
    kind: 'tracked',
    summary: 'A framework as the master sees it',
    machine: frameworkSessionMachine,
  },
  {
    name: 'agent-session',
    kind: 'tracked',
    summary: 'An agent as the master sees it',
    machine: agentSessionMachine,
  },
  {
    name: 'agent-duty',
    kind: 'tracked',
    summary: 'Whether an operator lets an agent be offered',
    machine: agentDutyMachine,
  },
  {
    name: 'executor-session',
    kind: 'tracked',
    summary: 'An executor as its agent sees it',
    machine: executorSessionMachine,
  },
  {
    name: 'offer',
    kind: 'tracked',
    summary: 'Resources that a scheduler may take or leave',
    machine: offerMachine,
  },
  {
    name: 'inverse-offer',
    kind: 'tracked',
    summary: 'A question whether a framework will have left an agent in time',
    machine: inverseOfferMachine,
  },
  {
    name: 'task',
    kind: 'tracked',
    summary: 'The fourteen states of a task',
    machine: taskMachine,
  },
  {
    name: 'status-updates',
    kind: 'tracked',
    summary: 'The updates of one task on their way to its scheduler',
    machine: statusUpdatesMachine,
  },
  {
    name: 'run',
    kind: 'tracked',
    summary: 'The work of one task inside its executor',
    machine: runMachine,
  },
]

export {
  agentDutyMachine,
  agentMachine,
  agentSessionMachine,
  createMasterMachine,
  executorMachine,
  executorSessionMachine,
  frameworkSessionMachine,
  inverseOfferMachine,
  offerMachine,
  runMachine,
  schedulerMachine,
  statusUpdatesMachine,
  taskMachine,
}
