import Type from 'typebox'
import { type MessageOf, message } from './define.ts'
import * as executors from './executors.ts'
import * as maintenance from './maintenance.ts'
import {
  AgentInfo,
  ExecutorInfo,
  FrameworkInfo,
  Id,
  TaskInfo,
  TaskStateSchema,
  TaskStatus,
} from './shapes.ts'

/**
 * Category 1, lifecycle: who is part of the cluster. Sources: Mesos v1 scheduler, executor and
 * internal messages.
 */

const optional = Type.Optional

/* scheduler → master */
export const register = message(
  'lifecycle.register',
  { from: 'scheduler', to: 'master' },
  'A scheduler wants to join; the master answers with lifecycle.registered or lifecycle.error.',
  { framework: FrameworkInfo, suppressedRoles: optional(Type.Array(Type.String())) },
)
export const reregister = message(
  'lifecycle.reregister',
  { from: 'scheduler', to: 'master' },
  'A scheduler returns with its id (failover, lost master); older offers are void on both sides.',
  {
    frameworkId: Id,
    framework: FrameworkInfo,
    suppressedRoles: optional(Type.Array(Type.String())),
  },
)
export const unregister = message(
  'lifecycle.unregister',
  { from: 'scheduler', to: 'master' },
  'A scheduler leaves for good; the master kills its tasks and forgets it.',
  { frameworkId: Id },
)

export const describeFramework = message(
  'lifecycle.describeFramework',
  { from: 'scheduler', to: 'master' },
  'A registered scheduler describes itself anew; roles that it gave up get no more offers.',
  { framework: FrameworkInfo, suppressedRoles: optional(Type.Array(Type.String())) },
)

/* master → scheduler */
export const registered = message(
  'lifecycle.registered',
  { from: 'master', to: 'scheduler' },
  'The framework has joined; the scheduler keeps the id and expects a heartbeat at the interval.',
  { frameworkId: Id, masterId: Id, heartbeatIntervalMs: Type.Number() },
)
export const reregistered = message(
  'lifecycle.reregistered',
  { from: 'master', to: 'scheduler' },
  'The framework is back under its id; the scheduler forgets older offers.',
  { frameworkId: Id, masterId: Id, heartbeatIntervalMs: Type.Number() },
)
export const heartbeat = message(
  'lifecycle.heartbeat',
  { from: 'master', to: 'scheduler' },
  'The master lives; the scheduler restarts its liveness timer.',
  {},
)
export const error = message(
  'lifecycle.error',
  { from: 'master', to: 'scheduler' },
  'Refused or fenced: the scheduler gives up and says why. Or only forgotten: it registers again.',
  { message: Type.String(), isForgotten: optional(Type.Boolean()) },
)
export const failure = message(
  'lifecycle.failure',
  { from: 'master', to: 'scheduler' },
  'An agent or executor with tasks of this framework is gone; a hint after the task updates.',
  {
    agentId: Id,
    executorId: optional(Id),
    message: optional(Type.String()),
    /** How the executor's process ended, as wait(2) says it. */
    status: optional(Type.Number()),
  },
)

/* agent → master */
export const registerAgent = message(
  'lifecycle.registerAgent',
  { from: 'agent', to: 'master' },
  'An agent without id wants to join; repeated until answered. A new instance has lost its tasks.',
  { agent: AgentInfo, instance: optional(Id) },
)
/** An executor that holds resources, as an agent reports it when it comes back. */
export const ReportedExecutor = Type.Object(
  { frameworkId: Id, executor: ExecutorInfo },
  { additionalProperties: false },
)
/**
 * A task as an agent reports it when it comes back; one with a port of its own tells what its
 * framework has acknowledged, too, of which a master that is new knows nothing.
 */
export const ReportedTask = Type.Object(
  {
    frameworkId: Id,
    executorId: Id,
    task: TaskInfo,
    state: TaskStateSchema,
    statuses: optional(Type.Array(TaskStatus)),
  },
  { additionalProperties: false },
)
export const reregisterAgent = message(
  'lifecycle.reregisterAgent',
  { from: 'agent', to: 'master' },
  'An agent returns with its id and everything it runs; the master compares both books.',
  {
    agentId: Id,
    agent: AgentInfo,
    instance: optional(Id),
    tasks: Type.Array(ReportedTask),
    executors: optional(Type.Array(ReportedExecutor)),
    frameworks: Type.Array(Type.Object({ frameworkId: Id, framework: FrameworkInfo })),
  },
)
export const unregisterAgent = message(
  'lifecycle.unregisterAgent',
  { from: 'agent', to: 'master' },
  'An agent leaves in good order; its tasks are lost, its offers rescinded.',
  { agentId: Id },
)
export const pong = message(
  'lifecycle.pong',
  { from: 'agent', to: 'master' },
  'Answer to a ping; the master resets the count of missed pings.',
  {},
)

/* master → agent */
export const agentRegistered = message(
  'lifecycle.agentRegistered',
  { from: 'master', to: 'agent' },
  'The agent has joined under this id and may expect a ping within the time given.',
  {
    agentId: Id,
    totalPingTimeoutMs: Type.Number(),
    instance: optional(Id),
    clusterId: optional(Id),
  },
)
export const agentReregistered = message(
  'lifecycle.agentReregistered',
  { from: 'master', to: 'agent' },
  'The agent is back; it answers for each listed task that it does not know.',
  {
    agentId: Id,
    totalPingTimeoutMs: Type.Number(),
    instance: optional(Id),
    clusterId: optional(Id),
    sent: optional(Type.Number()),
    reconciliations: Type.Array(
      Type.Object({ frameworkId: Id, framework: FrameworkInfo, taskIds: Type.Array(Id) }),
    ),
  },
)
export const ping = message(
  'lifecycle.ping',
  { from: 'master', to: 'agent' },
  'Are you there? An agent that is not connected, or missed some of what was sent, registers again.',
  { connected: Type.Boolean(), sent: optional(Type.Number()) },
)
export const updateFramework = message(
  'lifecycle.updateFramework',
  { from: 'master', to: 'agent' },
  'A scheduler registered again; the agent sends what it waits for at once, whatever the retries.',
  { frameworkId: Id, framework: FrameworkInfo },
)
export const shutdownFramework = message(
  'lifecycle.shutdownFramework',
  { from: 'master', to: 'agent' },
  'The framework is gone; the agent ends its executors and sends no more updates for it.',
  { frameworkId: Id },
)
export const shutdown = message(
  'lifecycle.shutdown',
  { from: 'master', to: 'agent' },
  'The agent is refused; it ends all its tasks and itself.',
  { message: Type.String() },
)

/* host → whoever watches */
export const exited = message(
  'lifecycle.exited',
  { from: 'host', to: ['master', 'agent'] },
  'The actor at this address has ended or its link broke; told to whoever watches it.',
  {
    address: Type.String(),
    reason: Type.String(),
    /** How its process ended, as wait(2) says it, if it was one. */
    status: optional(Type.Number()),
    /** It is an executor that its agent did not even try to launch: its tasks are dropped. */
    refused: optional(Type.Boolean()),
  },
)

export const toMaster = [
  register,
  reregister,
  unregister,
  describeFramework,
  registerAgent,
  reregisterAgent,
  unregisterAgent,
  pong,
  exited,
  ...executors.toMaster,
  ...maintenance.toMaster,
] as const
export const toScheduler = [registered, reregistered, heartbeat, error, failure] as const
export const toAgent = [
  agentRegistered,
  agentReregistered,
  ping,
  updateFramework,
  shutdownFramework,
  shutdown,
  exited,
  ...executors.toAgent,
  ...maintenance.toAgent,
] as const
export const toExecutor = executors.toExecutor
export const toOperator = maintenance.toOperator

export type Register = MessageOf<typeof register>
export type Reregister = MessageOf<typeof reregister>
export type Unregister = MessageOf<typeof unregister>
export type Registered = MessageOf<typeof registered>
export type Reregistered = MessageOf<typeof reregistered>
export type RegisterAgent = MessageOf<typeof registerAgent>
export type ReregisterAgent = MessageOf<typeof reregisterAgent>
export type UnregisterAgent = MessageOf<typeof unregisterAgent>
export type AgentRegistered = MessageOf<typeof agentRegistered>
export type AgentReregistered = MessageOf<typeof agentReregistered>
export type Ping = MessageOf<typeof ping>
export type UpdateFramework = MessageOf<typeof updateFramework>
export type ShutdownFramework = MessageOf<typeof shutdownFramework>
export type DescribeFramework = MessageOf<typeof describeFramework>
export type ReportedExecutor = MessageOf<{ schema: typeof ReportedExecutor }>
export type Exited = MessageOf<typeof exited>
export type Failure = MessageOf<typeof failure>
export type * from './executors.ts'
