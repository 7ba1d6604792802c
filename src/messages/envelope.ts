import type * as allocation from './allocation.ts'
import type { MessageDefinition, MessageOf } from './define.ts'
import type { Address } from './ids.ts'
import type * as lifecycle from './lifecycle.ts'
import type * as maintenance from './maintenance.ts'
import type * as task from './task.ts'

type Of<Definitions extends readonly MessageDefinition[]> = MessageOf<Definitions[number]>

/** Everything the master can be told. */
export type MasterMessage =
  | Of<typeof lifecycle.toMaster>
  | Of<typeof allocation.toMaster>
  | Of<typeof task.toMaster>
/** Everything a scheduler can be told. */
export type SchedulerMessage =
  | Of<typeof lifecycle.toScheduler>
  | Of<typeof allocation.toScheduler>
  | Of<typeof task.toScheduler>
/** Everything an agent can be told. */
export type AgentMessage =
  | Of<typeof lifecycle.toAgent>
  | Of<typeof allocation.toAgent>
  | Of<typeof task.toAgent>
/** Everything an executor can be told. */
export type ExecutorMessage = Of<typeof lifecycle.toExecutor> | Of<typeof task.toExecutor>

/** Everything an operator asks of the master. */
export type OperatorRequest =
  | Of<typeof maintenance.toMaster>
  | allocation.UpdateWeights
  | allocation.UpdatePriorities
  | allocation.UpdateQuotas
  | allocation.UpdateWhitelist
  | allocation.Operate

/** Everything an operator can be told. */
export type OperatorMessage = Of<typeof lifecycle.toOperator> | Of<typeof allocation.toOperator>

export type Message =
  | MasterMessage
  | SchedulerMessage
  | AgentMessage
  | ExecutorMessage
  | OperatorMessage

/** What travels between actors: plain JSON data, one way, at most once, in order per pair. */
export interface Envelope {
  readonly from: Address
  readonly to: Address
  readonly message: Message
}
