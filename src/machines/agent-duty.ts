import { setup } from 'xstate'
import { deriveTable } from './support/table.ts'

const states = ['active', 'deactivated', 'draining', 'drained'] as const
const events = [
  'agent.deactivated',
  'agent.reactivated',
  'agent.drainStarted',
  'agent.drained',
] as const

export type AgentDutyState = (typeof states)[number]
export type AgentDutyEvent = (typeof events)[number]

/**
 * Whether an operator lets an agent be offered, whatever its link does: it stays so while the agent
 * is away, and when it comes back. Nothing here waits for time: a drain ends with the last task.
 */
export const agentDutyMachine = setup({
  types: { events: {} as { type: AgentDutyEvent } },
}).createMachine({
  id: 'agentDuty',
  initial: 'active',
  states: {
    active: {
      description: 'Its free resources are offered.',
      on: { 'agent.deactivated': 'deactivated', 'agent.drainStarted': 'draining' },
    },
    deactivated: {
      description: 'Not offered; its tasks run on.',
      on: {
        'agent.deactivated': { description: 'It is already.' },
        'agent.reactivated': 'active',
        'agent.drainStarted': 'draining',
      },
    },
    draining: {
      description: 'Not offered; its tasks are killed. No way back until none is left.',
      on: {
        'agent.deactivated': { description: 'Nobody is offered anything of it as it is.' },
        'agent.drainStarted': { description: 'On other terms from now on.' },
        'agent.drained': 'drained',
      },
    },
    drained: {
      description: 'No task and no operation is left there, and none is begun.',
      on: {
        'agent.deactivated': { description: 'Nobody is offered anything of it as it is.' },
        'agent.reactivated': 'active',
        'agent.drainStarted': 'draining',
      },
    },
  },
})

export const agentDutyTable = deriveTable(agentDutyMachine, { states, events, timers: [] })
