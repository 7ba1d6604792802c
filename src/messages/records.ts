import Type, { type Static } from 'typebox'
import {
  AgentInfo,
  FrameworkInfo,
  Id,
  Resources,
  TaskInfo,
  TaskStateSchema,
  TaskStatus,
} from './shapes.ts'

/**
 * What an agent keeps on disk for its next life (Mesos: src/slave/state.hpp), a record for each
 * thing, under the keys `agent`, `framework/<id>`, `executor/<framework>/<id>` and
 * `task/<framework>/<id>`. Fields may be added, never changed; unknown ones are ignored.
 */
const optional = Type.Optional

export const StoredAgent = Type.Object({
  agentId: optional(Id),
  clusterId: optional(Id),
  /** The run of the machine's operating system: another one means that nothing runs any more. */
  bootId: optional(Type.String()),
  info: AgentInfo,
  /** What it has, as operations have made it. */
  resources: Resources,
  /** On which terms it is being emptied, if it is. */
  drain: optional(
    Type.Object({ maxGracePeriodMs: optional(Type.Number()), markGone: optional(Type.Boolean()) }),
  ),
})
export type StoredAgent = Static<typeof StoredAgent>

export const StoredFramework = Type.Object({ frameworkId: Id, info: FrameworkInfo })
export type StoredFramework = Static<typeof StoredFramework>

export const StoredExecutor = Type.Object({
  frameworkId: Id,
  executorId: Id,
  address: Type.String(),
  kind: Type.Enum(['COMMAND', 'FUNCTION', 'THREAD']),
  graceMs: Type.Number(),
})
export type StoredExecutor = Static<typeof StoredExecutor>

/** A task until its last update is acknowledged, with the updates that are not yet. */
export const StoredTask = Type.Object({
  frameworkId: Id,
  executorId: Id,
  info: TaskInfo,
  isStray: optional(Type.Boolean()),
  state: TaskStateSchema,
  queue: Type.Array(TaskStatus),
})
export type StoredTask = Static<typeof StoredTask>

/** All that an agent's earlier life left. */
export interface AgentMemory {
  readonly agent?: StoredAgent
  readonly frameworks: readonly StoredFramework[]
  readonly executors: readonly StoredExecutor[]
  readonly tasks: readonly StoredTask[]
}
