import Type from 'typebox'
import { type MessageOf, message } from './define.ts'
import {
  ExecutorInfo,
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

/** Anything that a scheduler and its executor have to say to each other; base64. */
const data = Type.String()

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

export const messageToMaster = message(
  'task.message',
  { from: 'scheduler', to: 'master' },
  'Data for an executor of this framework; relayed if it can be, lost if not.',
  { agentId: Id, executorId: Id, data },
)

/* master → scheduler */
export const messageToScheduler = message(
  'task.message',
  { from: 'master', to: 'scheduler' },
  'Data from an executor of this framework.',
  { agentId: Id, executorId: Id, data },
)
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
export const launchGroupOnAgent = message(
  'task.launchGroup',
  { from: 'master', to: 'agent' },
  'Run all these tasks together on one executor, which the agent starts when it is new, or none.',
  {
    frameworkId: Id,
    framework: FrameworkInfo,
    executor: ExecutorInfo,
    tasks: Type.Array(TaskInfo),
  },
)
export const messageToAgent = message(
  'task.message',
  { from: 'master', to: 'agent' },
  'Data for an executor from its scheduler.',
  { frameworkId: Id, executorId: Id, data },
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

export const messageFromAgent = message(
  'task.message',
  { from: 'agent', to: 'master' },
  'Data for a scheduler from one of its executors.',
  { agentId: Id, frameworkId: Id, executorId: Id, data },
)

/* agent → executor */
export const launchGroupOnExecutor = message(
  'task.launchGroup',
  { from: 'agent', to: 'executor' },
  'Start these tasks, which belong together: when one fails or is killed, the others are killed.',
  { tasks: Type.Array(TaskInfo) },
)
export const messageToExecutor = message(
  'task.message',
  { from: 'agent', to: 'executor' },
  'Data from the scheduler.',
  { data },
)
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

export const messageFromExecutor = message(
  'task.message',
  { from: 'executor', to: 'agent' },
  'Data for the scheduler.',
  { frameworkId: Id, executorId: Id, data },
)

export const toMaster = [
  launch,
  kill,
  acknowledge,
  reconcile,
  messageToMaster,
  updateToMaster,
  messageFromAgent,
] as const
export const toScheduler = [update, messageToScheduler] as const
export const toAgent = [
  launchOnAgent,
  launchGroupOnAgent,
  killOnAgent,
  acknowledgeToAgent,
  messageToAgent,
  updateToAgent,
  messageFromExecutor,
] as const
export const toExecutor = [
  launchOnExecutor,
  launchGroupOnExecutor,
  killOnExecutor,
  acknowledgeToExecutor,
  messageToExecutor,
] as const

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
export type LaunchGroupOnAgent = MessageOf<typeof launchGroupOnAgent>
export type LaunchGroupOnExecutor = MessageOf<typeof launchGroupOnExecutor>
export type MessageToMaster = MessageOf<typeof messageToMaster>
export type MessageFromAgent = MessageOf<typeof messageFromAgent>
export type MessageToAgent = MessageOf<typeof messageToAgent>
export type MessageFromExecutor = MessageOf<typeof messageFromExecutor>
export type MessageToScheduler = MessageOf<typeof messageToScheduler>
