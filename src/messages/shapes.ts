import Type, { type Static } from 'typebox'
import { OfferConstraints } from './constraints.ts'
import { capabilities, reasons, sources, taskStates } from './states.ts'

/** The structures that several messages share. Field names follow Mesos v1, in camelCase. */

/** An id; its syntax is checked by the master, which answers with a sentence. */
export const Id = Type.String()

const closed = { additionalProperties: false } as const
const optional = Type.Optional
const Milliseconds = Type.Number()
const Labels = Type.Record(Type.String(), Type.String())

/**
 * Parts of a message of Mesos on which nothing here decides, in its own JSON and by its own names:
 * whoever speaks Mesos' language at the other end gets them as they were given.
 */
export const Carried = Type.Record(Type.String(), Type.Unknown())
export type Carried = Static<typeof Carried>

/** Why what was said in another language means nothing here: the master refuses it with this. */
export const Problem = Type.String()

/** Whoever gets a list shares it with the sender's books: nobody may change it. */
const Ranges = Type.Unsafe<readonly (readonly [number, number])[]>(
  Type.Array(Type.Tuple([Type.Number(), Type.Number()])),
)
const Names = Type.Unsafe<readonly string[]>(Type.Array(Type.String()))

/** Amounts by name: a number (cpus, mem and disk in MB, gpus), ranges (ports) or a set of names. */
export const Resources = Type.Record(Type.String(), Type.Union([Type.Number(), Ranges, Names]))
export type Resources = Static<typeof Resources>

/** What is to be known of an agent: a text, a number, ranges or a set of names, one per name. */
export const Attributes = Type.Record(
  Type.String(),
  Type.Union([
    Type.String(),
    Type.Number(),
    Type.Array(Type.Tuple([Type.Number(), Type.Number()])),
    Type.Array(Type.String()),
  ]),
)
export type Attributes = Static<typeof Attributes>

export const TaskStateSchema = Type.Enum(taskStates)
const ReasonSchema = Type.Enum(reasons)
const SourceSchema = Type.Enum(sources)

export const Filters = Type.Object({ refuseSeconds: optional(Type.Number()) }, closed)
export type Filters = Static<typeof Filters>

export const FrameworkInfo = Type.Object(
  {
    name: Type.String(),
    roles: Type.Array(Type.String()),
    user: optional(Type.String()),
    principal: optional(Type.String()),
    failoverTimeoutMs: optional(Milliseconds),
    /** False: its tasks need not outlive the process of their agent. */
    checkpoint: optional(Type.Boolean()),
    capabilities: optional(Type.Array(Type.Enum(capabilities))),
    labels: optional(Labels),
    /** By role: offers with none of these are not worth making; no entry accepts any. */
    minAllocatable: optional(
      Type.Record(Type.String(), Type.Array(Type.Record(Type.String(), Type.Number()))),
    ),
    offerConstraints: optional(OfferConstraints),
    carried: optional(Carried),
  },
  closed,
)
export type FrameworkInfo = Static<typeof FrameworkInfo>

/** Where a process answers over HTTP. */
export const Endpoint = Type.Object({ ip: Type.String(), port: Type.Number() }, closed)
export type Endpoint = Static<typeof Endpoint>

export const AgentInfo = Type.Object(
  {
    hostname: Type.String(),
    /** Where its executors and operators reach it, if it answers to them. */
    endpoint: optional(Endpoint),
    resources: Resources,
    attributes: optional(Attributes),
    /** It keeps what it runs on disk: commands outlive its process, and it finds them again. */
    checkpoints: optional(Type.Boolean()),
  },
  closed,
)
export type AgentInfo = Static<typeof AgentInfo>

/** What a role at the top of the tree is promised, and may have at most; scalars by name. */
export const QuotaInfo = Type.Object(
  {
    role: Type.String(),
    guarantees: optional(Type.Record(Type.String(), Type.Number())),
    limits: optional(Type.Record(Type.String(), Type.Number())),
  },
  closed,
)
export type QuotaInfo = Static<typeof QuotaInfo>

/** When a machine is to be worked on; without a duration nobody knows for how long. */
const unavailable = { startMs: Milliseconds, durationMs: optional(Milliseconds) }
export const Unavailability = Type.Object(unavailable, closed)
export type Unavailability = Static<typeof Unavailability>

/** One part of the maintenance schedule: machines, by host name, that are worked on together. */
export const MaintenanceWindow = Type.Object(
  { machines: Type.Array(Type.String()), ...unavailable },
  closed,
)
export type MaintenanceWindow = Static<typeof MaintenanceWindow>

export const Offer = Type.Object(
  {
    offerId: Id,
    frameworkId: Id,
    agentId: Id,
    hostname: Type.String(),
    role: Type.String(),
    resources: Resources,
    attributes: optional(Attributes),
    /** Executors of the framework that live there: new tasks may share them. */
    executorIds: optional(Type.Array(Id)),
    /** Where the agent answers over HTTP, if it does. */
    endpoint: optional(Endpoint),
    /** When the agent's machine is to be worked on, if it is. */
    unavailability: optional(Unavailability),
  },
  closed,
)
export type Offer = Static<typeof Offer>

/** A wish to have everything of a framework off an agent by the time given. */
export const InverseOffer = Type.Object(
  {
    inverseOfferId: Id,
    frameworkId: Id,
    agentId: Id,
    hostname: Type.String(),
    /** Where the agent answers over HTTP, if it does. */
    endpoint: optional(Endpoint),
    unavailability: Unavailability,
  },
  closed,
)
export type InverseOffer = Static<typeof InverseOffer>

/** A shell line (`shell` true, the default) or a program with its arguments (`shell` false). */
export const CommandInfo = Type.Object(
  {
    value: Type.String(),
    shell: optional(Type.Boolean()),
    arguments: optional(Type.Array(Type.String())),
    environment: optional(Type.Record(Type.String(), Type.String())),
    /** Absolute folder to run in; the task's own sandbox when absent. */
    workingDirectory: optional(Type.String()),
    carried: optional(Carried),
  },
  closed,
)
export type CommandInfo = Static<typeof CommandInfo>

/**
 * FUNCTION and THREAD executors live in the agent's process; `data` of a task names the call. A
 * CUSTOM one is a program, which `command` starts, and holds `resources` of its own as long as it
 * lives; so does a DEFAULT one, which runs groups of commands and is built into the agent.
 */
export const ExecutorInfo = Type.Object(
  {
    executorId: Id,
    type: Type.Enum(['FUNCTION', 'THREAD', 'CUSTOM', 'DEFAULT']),
    /** Whose it is; to be named in a group. */
    frameworkId: optional(Id),
    shutdownGracePeriodMs: optional(Milliseconds),
    command: optional(CommandInfo),
    resources: optional(Resources),
    carried: optional(Carried),
    problem: optional(Problem),
  },
  closed,
)
export type ExecutorInfo = Static<typeof ExecutorInfo>

/** What is done to find out about a task, and when. */
const probing = {
  type: Type.Enum(['COMMAND', 'HTTP', 'TCP']),
  delayMs: optional(Milliseconds),
  intervalMs: optional(Milliseconds),
  timeoutMs: optional(Milliseconds),
  command: optional(CommandInfo),
}

export const HealthCheck = Type.Object(
  {
    ...probing,
    gracePeriodMs: optional(Milliseconds),
    consecutiveFailures: optional(Type.Number()),
    http: optional(
      Type.Object(
        {
          port: Type.Number(),
          path: optional(Type.String()),
          scheme: optional(Type.String()),
          host: optional(Type.String()),
        },
        closed,
      ),
    ),
    tcp: optional(Type.Object({ port: Type.Number(), host: optional(Type.String()) }, closed)),
  },
  closed,
)
export type HealthCheck = Static<typeof HealthCheck>

/** What is looked at of a task while it runs, and only told: nothing follows from it. */
export const Check = Type.Object(
  {
    ...probing,
    http: optional(Type.Object({ port: Type.Number(), path: optional(Type.String()) }, closed)),
    tcp: optional(Type.Object({ port: Type.Number() }, closed)),
  },
  closed,
)
export type Check = Static<typeof Check>

/** What a check found last; with its type alone, nothing yet. */
export const CheckStatus = Type.Object(
  {
    type: Type.Enum(['COMMAND', 'HTTP', 'TCP']),
    exitCode: optional(Type.Number()),
    statusCode: optional(Type.Number()),
    succeeded: optional(Type.Boolean()),
  },
  closed,
)
export type CheckStatus = Static<typeof CheckStatus>

export const KillPolicy = Type.Object({ gracePeriodMs: Milliseconds }, closed)
export type KillPolicy = Static<typeof KillPolicy>

export const TaskInfo = Type.Object(
  {
    taskId: Id,
    name: Type.String(),
    agentId: Id,
    resources: Resources,
    command: optional(CommandInfo),
    executor: optional(ExecutorInfo),
    healthCheck: optional(HealthCheck),
    check: optional(Check),
    killPolicy: optional(KillPolicy),
    maxCompletionTimeMs: optional(Milliseconds),
    data: optional(Type.String()),
    labels: optional(Labels),
    carried: optional(Carried),
    problem: optional(Problem),
    /** The problem is that its framework may not run it. */
    isForbidden: optional(Type.Boolean()),
  },
  closed,
)
export type TaskInfo = Static<typeof TaskInfo>

/** `uuid` present means: acknowledge it. `timestampMs` is the time at which the state began. */
export const TaskStatus = Type.Object(
  {
    taskId: Id,
    state: TaskStateSchema,
    timestampMs: Type.Number(),
    source: SourceSchema,
    uuid: optional(Type.String()),
    reason: optional(ReasonSchema),
    message: optional(Type.String()),
    agentId: optional(Id),
    executorId: optional(Id),
    healthy: optional(Type.Boolean()),
    checkStatus: optional(CheckStatus),
    exitCode: optional(Type.Number()),
    signal: optional(Type.String()),
    sandbox: optional(Type.String()),
    unreachableTimeMs: optional(Type.Number()),
    carried: optional(Carried),
  },
  closed,
)
export type TaskStatus = Static<typeof TaskStatus>
