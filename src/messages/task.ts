import Type from 'typebox'
import { type MessageOf, message } from './define.ts'
import {
  Filters,
  FrameworkInfo,
  Id,
  KillPolicy,
  TaskInfo,
  TaskStateSchema,
  TaskStatus,
} from './shapes.ts'

/** Category 3, task management. Relayed hops keep the name of the message. */

const optional = Type.Optional
const closed = { additionalProperties: false } as const

const Kill = Type.Object(
  { taskId: Id, agentId: optional(Id), killPolicy: optional(KillPolicy) },
  closed,
)
const Acknowledgement = Type.Object({ taskId: Id, agentId: Id, uuid: Type.String() }, closed)
const Acknowledged = Type.Object({ taskId: Id, uuid: Type.String() }, closed)
/** `latestState` may be ahead of `status`, so that the master can free resources early. */
const AgentUpdate = Type.Object(
  { frameworkId: Id, status: TaskStatus, latestState: TaskStateSchema },
  closed,
)

/* scheduler → master */
export const launch = message(
  'task.launch',
  { from: 'scheduler', to: 'master' },
  'Accept offers of one agent and start tasks on them; what is left returns to the pool, filtered.',
  { offerIds: Type.Array(Id), tasks: Type.Array(TaskInfo), filters: optional(Filters) },
)
export const kill = message(
  'task.kill',
  { from: 'scheduler', to: 'master' },
  'End these tasks; the result comes as an update. An unknown task is answered with its state.',
  { kills: Type.Array(Kill) },
)
export const acknowledge = message(
  'task.acknowledge',
  { from: 'scheduler', to: 'master' },
  'These updates are safe with the scheduler; the master relays them to the agents.',
  { acknowledgements: Type.Array(Acknowledgement) },
)
export const reconcile = message(
  'task.reconcile',
  { from: 'scheduler', to: 'master' },
  'What is the state of these tasks, or of all? Each answer is an update without uuid.',
  { tasks: Type.Array(Type.Object({ taskId: Id, agentId: optional(Id) }, closed)) },
)

/* master → scheduler */
export const update = message(
  'task.update',
  { from: 'master', to: 'scheduler' },
  'New states of tasks; the scheduler acknowledges each that carries a uuid.',
  { updates: Type.Array(TaskStatus) },
)

/* master → agent */
export const launchOnAgent = message(
  'task.launch',
  { from: 'master', to: 'agent' },
  'Run these tasks, each on its own or its named executor, which the agent starts when it is new.',
  { frameworkId: Id, framework: FrameworkInfo, tasks: Type.Array(TaskInfo) },
)
export const killOnAgent = message(
  'task.kill',
  { from: 'master', to: 'agent' },
  'End these tasks of a framework.',
  { frameworkId: Id, kills: Type.Array(Kill) },
)
export const acknowledgeToAgent = message(
  'task.acknowledge',
  { from: 'master', to: 'agent' },
  'The scheduler has these updates; the agent sends the next one of each task.',
  { frameworkId: Id, acknowledgements: Type.Array(Acknowledged) },
)

/* agent → master */
export const updateToMaster = message(
  'task.update',
  { from: 'agent', to: 'master' },
  'The oldest unacknowledged update of each task, repeated until its acknowledgement comes back.',
  { agentId: Id, updates: Type.Array(AgentUpdate) },
)

/* agent → executor */
export const launchOnExecutor = message(
  'task.launch',
  { from: 'agent', to: 'executor' },
  'Start these tasks and report their states.',
  { tasks: Type.Array(TaskInfo) },
)
export const killOnExecutor = message(
  'task.kill',
  { from: 'agent', to: 'executor' },
  'End these tasks: ask, wait for the grace period, then force.',
  { kills: Type.Array(Kill) },
)
export const acknowledgeToExecutor = message(
  'task.acknowledge',
  { from: 'agent', to: 'executor' },
  'The agent has stored these updates; the executor may forget them.',
  { acknowledgements: Type.Array(Acknowledged) },
)

/* executor → agent */
export const updateToAgent = message(
  'task.update',
  { from: 'executor', to: 'agent' },
  'New states of tasks, kept by the executor until the agent acknowledges them.',
  { frameworkId: Id, executorId: Id, updates: Type.Array(TaskStatus) },
)

export const toMaster = [launch, kill, acknowledge, reconcile, updateToMaster] as const
export const toScheduler = [update] as const
export const toAgent = [launchOnAgent, killOnAgent, acknowledgeToAgent, updateToAgent] as const
export const toExecutor = [launchOnExecutor, killOnExecutor, acknowledgeToExecutor] as const

export type Kill = MessageOf<{ schema: typeof Kill }>
export type Acknowledgement = MessageOf<{ schema: typeof Acknowledgement }>
export type AgentUpdate = MessageOf<{ schema: typeof AgentUpdate }>
export type Launch = MessageOf<typeof launch>
export type KillCall = MessageOf<typeof kill>
export type Acknowledge = MessageOf<typeof acknowledge>
export type Reconcile = MessageOf<typeof reconcile>
export type Update = MessageOf<typeof update>
export type LaunchOnAgent = MessageOf<typeof launchOnAgent>
export type KillOnAgent = MessageOf<typeof killOnAgent>
export type AcknowledgeToAgent = MessageOf<typeof acknowledgeToAgent>
export type UpdateToMaster = MessageOf<typeof updateToMaster>
export type LaunchOnExecutor = MessageOf<typeof launchOnExecutor>
export type KillOnExecutor = MessageOf<typeof killOnExecutor>
export type AcknowledgeToExecutor = MessageOf<typeof acknowledgeToExecutor>
export type UpdateToAgent = MessageOf<typeof updateToAgent>
