import Type, { type Static } from 'typebox'
import {
  AgentInfo,
  ExecutorInfo,
  FrameworkInfo,
  Id,
  MaintenanceWindow,
  QuotaInfo,
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
  /** It left its cluster: it may come back under its id, but need not be as it was. */
  hasLeft: optional(Type.Boolean()),
  clusterId: optional(Id),
  /** The run of the machine's operating system: another one means that nothing runs any more. */
  bootId: optional(Type.String()),
  info: AgentInfo,
  /** What it has, as operations have made it. */
  resources: Resources,
  /** On which terms it is being emptied, if it is. */
  drain: optional(
    Type.Object({
      maxGracePeriodMs: optional(Type.Number()),
      markGone: optional(Type.Boolean()),
      startedAtMs: optional(Type.Number()),
    }),
  ),
})
export type StoredAgent = Static<typeof StoredAgent>

export const StoredFramework = Type.Object({ frameworkId: Id, info: FrameworkInfo })
export type StoredFramework = Static<typeof StoredFramework>

export const StoredExecutor = Type.Object({
  frameworkId: Id,
  executorId: Id,
  address: Type.String(),
  kind: Type.Enum(['COMMAND', 'FUNCTION', 'THREAD', 'CUSTOM', 'DEFAULT']),
  graceMs: Type.Number(),
  /** What a program, or the executor of groups, was launched as. */
  info: optional(ExecutorInfo),
  containerId: optional(Id),
})
export type StoredExecutor = Static<typeof StoredExecutor>

/** A task until its last update is acknowledged, with the updates that are not yet. */
export const StoredTask = Type.Object({
  frameworkId: Id,
  executorId: Id,
  info: TaskInfo,
  isStray: optional(Type.Boolean()),
  /** Names the group that it was launched in. */
  group: optional(Id),
  containerId: optional(Id),
  state: TaskStateSchema,
  queue: Type.Array(TaskStatus),
  /** What was acknowledged before those. */
  acknowledged: optional(Type.Array(TaskStatus)),
})
export type StoredTask = Static<typeof StoredTask>

/** All that an agent's earlier life left. */
export interface AgentMemory {
  readonly agent?: StoredAgent
  readonly frameworks: readonly StoredFramework[]
  readonly executors: readonly StoredExecutor[]
  readonly tasks: readonly StoredTask[]
}

/**
 * What a master keeps on disk (Mesos: src/master/registry.proto), under the keys `cluster`,
 * `settings`, `maintenance`, `history`, `agent/<id>` and `gone/<id>`. Tasks and frameworks are
 * not there: the agents bring them back.
 */
export const StoredCluster = Type.Object({ clusterId: Id })
export type StoredCluster = Static<typeof StoredCluster>

export const StoredAdmission = Type.Object({
  agentId: Id,
  address: Type.String(),
  info: AgentInfo,
  duty: Type.Object({
    state: Type.Enum(['active', 'deactivated', 'draining', 'drained']),
    drain: optional(
      Type.Object({
        maxGracePeriodMs: optional(Type.Number()),
        markGone: optional(Type.Boolean()),
      }),
    ),
  }),
  /** Since when it is unreachable, if it is. */
  unreachableTimeMs: optional(Type.Number()),
})
export type StoredAdmission = Static<typeof StoredAdmission>

export const StoredGone = Type.Object({
  id: Id,
  hostname: Type.String(),
  goneAtMs: Type.Number(),
})
export type StoredGone = Static<typeof StoredGone>

export const StoredSettings = Type.Object({
  weights: Type.Record(Type.String(), Type.Number()),
  priorities: Type.Record(Type.String(), Type.Number()),
  quotas: Type.Array(QuotaInfo),
  whitelist: optional(Type.Array(Type.String())),
})
export type StoredSettings = Static<typeof StoredSettings>

export const StoredMaintenance = Type.Object({
  windows: Type.Array(MaintenanceWindow),
  down: Type.Array(Type.String()),
})
export type StoredMaintenance = Static<typeof StoredMaintenance>

/** Frameworks that are gone for good: what agents still run for them is ended. */
export const StoredHistory = Type.Object({ completedFrameworks: Type.Array(Id) })
export type StoredHistory = Static<typeof StoredHistory>

/** All that a master's earlier life left. */
export interface MasterMemory {
  readonly cluster?: StoredCluster
  readonly settings?: StoredSettings
  readonly maintenance?: StoredMaintenance
  readonly history?: StoredHistory
  readonly agents: readonly StoredAdmission[]
  readonly gone: readonly StoredGone[]
}
