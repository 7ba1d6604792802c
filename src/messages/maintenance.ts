import Type from 'typebox'
import { type MessageOf, message } from './define.ts'
import { Id, MaintenanceWindow } from './shapes.ts'

/** The part of category 1 by which whoever runs the cluster takes agents and machines away. */

const optional = Type.Optional
/** Whoever gives one is answered. */
const requestId = optional(Id)
/** The id or the host name of an agent. */
const agent = Type.String()
/** Host names; upper and lower case are the same. */
const machines = Type.Array(Type.String())
const drain = {
  /** No task gets longer than this to end, whatever it asked for. */
  maxGracePeriodMs: optional(Type.Number()),
  /** The agent is not to come back. */
  markGone: optional(Type.Boolean()),
}

/* operator → master */
export const drainAgent = message(
  'lifecycle.drainAgent',
  { from: 'operator', to: 'master' },
  'No offers of this agent from now on; its tasks are killed, and then it is drained, or gone.',
  { requestId, agent, ...drain },
)
export const deactivateAgent = message(
  'lifecycle.deactivateAgent',
  { from: 'operator', to: 'master' },
  'No offers of this agent from now on; its tasks run on.',
  { requestId, agent },
)
export const reactivateAgent = message(
  'lifecycle.reactivateAgent',
  { from: 'operator', to: 'master' },
  'An agent that was deactivated or is drained is offered again.',
  { requestId, agent },
)
export const markAgentGone = message(
  'lifecycle.markAgentGone',
  { from: 'operator', to: 'master' },
  'The agent is gone for good, and so are its tasks; it may never come back under this id.',
  { requestId, agent },
)
export const updateMaintenanceSchedule = message(
  'lifecycle.updateMaintenanceSchedule',
  { from: 'operator', to: 'master' },
  'When which machines are to be worked on: in place of all that was planned before.',
  { requestId, windows: Type.Array(MaintenanceWindow) },
)
export const startMaintenance = message(
  'lifecycle.startMaintenance',
  { from: 'operator', to: 'master' },
  'These machines of the schedule are down: their agents are shut down and may not register.',
  { requestId, machines },
)
export const stopMaintenance = message(
  'lifecycle.stopMaintenance',
  { from: 'operator', to: 'master' },
  'These machines are up again, and no part of the schedule any more.',
  { requestId, machines },
)

export const teardown = message(
  'lifecycle.teardown',
  { from: 'operator', to: 'master' },
  'A framework is gone for good: its tasks are killed, and it may not come back under this id.',
  { requestId, frameworkId: Id },
)

/* master → operator */
export const updated = message(
  'lifecycle.updated',
  { from: 'master', to: 'operator' },
  'The request counts from now on; what follows from it may take its time.',
  { requestId: Id },
)
export const refused = message(
  'lifecycle.refused',
  { from: 'master', to: 'operator' },
  'The request is wrong and nothing of it counts; the sentence says why.',
  { requestId: Id, message: Type.String() },
)

/* master → agent */
export const drainOnAgent = message(
  'lifecycle.drain',
  { from: 'master', to: 'agent' },
  'Kill every task and take no new one until none is left; repeated, because it may get lost.',
  drain,
)

export const toMaster = [
  drainAgent,
  deactivateAgent,
  reactivateAgent,
  markAgentGone,
  updateMaintenanceSchedule,
  startMaintenance,
  stopMaintenance,
  teardown,
] as const
export const toOperator = [updated, refused] as const
export const toAgent = [drainOnAgent] as const

export type DrainAgent = MessageOf<typeof drainAgent>
export type DeactivateAgent = MessageOf<typeof deactivateAgent>
export type ReactivateAgent = MessageOf<typeof reactivateAgent>
export type MarkAgentGone = MessageOf<typeof markAgentGone>
export type UpdateMaintenanceSchedule = MessageOf<typeof updateMaintenanceSchedule>
export type StartMaintenance = MessageOf<typeof startMaintenance>
export type StopMaintenance = MessageOf<typeof stopMaintenance>
export type DrainOnAgent = MessageOf<typeof drainOnAgent>
export type Teardown = MessageOf<typeof teardown>
