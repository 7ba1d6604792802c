import Type from 'typebox'
import { type MessageOf, message } from './define.ts'
import { AgentInfo, ExecutorInfo, FrameworkInfo, Id, TaskStatus } from './shapes.ts'

/** The part of category 1 by which executors come and go. */

const optional = Type.Optional

/* scheduler → master */
export const shutdownExecutor = message(
  'lifecycle.shutdownExecutor',
  { from: 'scheduler', to: 'master' },
  'End this executor and all its tasks; the master relays it. What is not there is passed over.',
  { agentId: Id, executorId: Id },
)

/* master → agent */
export const shutdownExecutorOnAgent = message(
  'lifecycle.shutdownExecutor',
  { from: 'master', to: 'agent' },
  'Its scheduler wants this executor ended: asked first, then forced.',
  { frameworkId: Id, executorId: Id },
)

/* agent → master */
export const executorExited = message(
  'lifecycle.executorExited',
  { from: 'agent', to: 'master' },
  'A shared executor ended; the master returns its resources and tells the framework.',
  {
    agentId: Id,
    frameworkId: Id,
    executorId: Id,
    message: optional(Type.String()),
    status: optional(Type.Number()),
  },
)

/* executor → agent */
export const registerExecutor = message(
  'lifecycle.registerExecutor',
  { from: 'executor', to: 'agent' },
  'An executor is ready for tasks, and hands over the updates nobody has acknowledged yet.',
  {
    frameworkId: Id,
    executorId: Id,
    unacknowledgedUpdates: Type.Array(TaskStatus),
    /** The tasks that it got and of which no update is acknowledged; all of them, if not given. */
    unacknowledgedTasks: optional(Type.Array(Id)),
  },
)

/* agent → executor */
export const executorRegistered = message(
  'lifecycle.executorRegistered',
  { from: 'agent', to: 'executor' },
  'The executor is known; its tasks follow.',
  {
    agentId: Id,
    frameworkId: Id,
    executorId: Id,
    framework: FrameworkInfo,
    /** For executors that are programs: what they were launched as, and where. */
    executor: optional(ExecutorInfo),
    agent: optional(AgentInfo),
    /** Names this run of it. */
    containerId: optional(Id),
  },
)
export const endExecutor = message(
  'lifecycle.shutdownExecutor',
  { from: 'agent', to: 'executor' },
  'Kill every task within the grace period, report, and end.',
  { gracePeriodMs: Type.Number() },
)

export const toMaster = [shutdownExecutor, executorExited] as const
export const toAgent = [shutdownExecutorOnAgent, registerExecutor] as const
export const toExecutor = [executorRegistered, endExecutor] as const

export type ExecutorExited = MessageOf<typeof executorExited>
export type RegisterExecutor = MessageOf<typeof registerExecutor>
export type ExecutorRegistered = MessageOf<typeof executorRegistered>
export type ShutdownExecutor = MessageOf<typeof shutdownExecutor>
export type ShutdownExecutorOnAgent = MessageOf<typeof shutdownExecutorOnAgent>
export type EndExecutor = MessageOf<typeof endExecutor>
