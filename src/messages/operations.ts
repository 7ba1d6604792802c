import Type, { type Static } from 'typebox'
import { ExecutorInfo, Id, Problem, Resources, TaskInfo } from './shapes.ts'
import { operationStates } from './states.ts'

/**
 * What a scheduler may do with offered resources. Amounts are named by keys that say their kind
 * (model/resources/kinds.ts): always as they are while reserved, or while they are a volume.
 */

const closed = { additionalProperties: false } as const
const optional = Type.Optional

function onResources<const Name extends 'RESERVE' | 'UNRESERVE'>(type: Name) {
  return Type.Object(
    {
      type: Type.Literal(type),
      operationId: optional(Id),
      resources: Resources,
      problem: optional(Problem),
    },
    closed,
  )
}

const create = Type.Object(
  {
    type: Type.Literal('CREATE'),
    operationId: optional(Id),
    volumes: Resources,
    /** The principals that volumes name as theirs, an empty text where one names none. */
    creators: optional(Type.Array(Type.String())),
    problem: optional(Problem),
  },
  closed,
)

const destroy = Type.Object(
  {
    type: Type.Literal('DESTROY'),
    operationId: optional(Id),
    volumes: Resources,
    problem: optional(Problem),
  },
  closed,
)

/** By how much: the amounts are what is added or taken. */
function resize<const Name extends 'GROW_VOLUME' | 'SHRINK_VOLUME'>(type: Name) {
  return Type.Object(
    {
      type: Type.Literal(type),
      operationId: optional(Id),
      volumes: Resources,
      /** How large the volume is said to be before, in MB; it must be just that. */
      size: optional(Type.Number()),
      problem: optional(Problem),
    },
    closed,
  )
}

/** An operation that changes the kind of an agent's resources; none changes their sum. */
export const ResourceOperation = Type.Union([
  onResources('RESERVE'),
  onResources('UNRESERVE'),
  create,
  destroy,
  resize('GROW_VOLUME'),
  resize('SHRINK_VOLUME'),
])
export type ResourceOperation = Static<typeof ResourceOperation>

/** A launch has no id: its tasks have theirs. Of a group all tasks are launched, or none. */
export const Operation = Type.Union([
  ResourceOperation,
  Type.Object({ type: Type.Literal('LAUNCH'), tasks: Type.Array(TaskInfo) }, closed),
  Type.Object(
    { type: Type.Literal('LAUNCH_GROUP'), executor: ExecutorInfo, tasks: Type.Array(TaskInfo) },
    closed,
  ),
])
export type Operation = Static<typeof Operation>

/** What became of an operation that its scheduler gave an id. */
export const OperationStatus = Type.Object(
  {
    operationId: Id,
    state: Type.Enum(operationStates),
    message: optional(Type.String()),
    agentId: optional(Id),
    /** Of one that is repeated until it is acknowledged. */
    uuid: optional(Type.String()),
  },
  closed,
)
export type OperationStatus = Static<typeof OperationStatus>

/** An operation on its way to the agent, under the number that the master knows it by. */
export const NumberedOperation = Type.Object(
  { operationNumber: Type.Number(), operation: ResourceOperation },
  closed,
)
export type NumberedOperation = Static<typeof NumberedOperation>

export const NumberedStatus = Type.Object(
  {
    operationNumber: Type.Number(),
    state: Type.Enum(operationStates),
    message: optional(Type.String()),
  },
  closed,
)
export type NumberedStatus = Static<typeof NumberedStatus>
