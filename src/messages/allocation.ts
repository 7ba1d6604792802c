import Type from 'typebox'
import { type MessageOf, message } from './define.ts'
import {
  NumberedOperation,
  NumberedStatus,
  Operation,
  OperationStatus,
  ResourceOperation,
} from './operations.ts'
import { Filters, Id, InverseOffer, Offer, QuotaInfo, Resources } from './shapes.ts'

/** Category 2, resource allocation: offers, their answers, and what is done with resources. */

const optional = Type.Optional
const Roles = Type.Array(Type.String())
const Amounts = Type.Record(Type.String(), Type.Number())
/** Whoever gives one is answered. */
const requestId = optional(Id)

/* scheduler → master */
export const request = message(
  'allocation.request',
  { from: 'scheduler', to: 'master' },
  'A scheduler says what it could use; the master looks at the pool at once. A hint, no promise.',
  { requests: Type.Array(Type.Object({ agentId: optional(Id), resources: Resources })) },
)
export const accept = message(
  'allocation.accept',
  { from: 'scheduler', to: 'master' },
  'Do these operations in order with offers of one agent; what is left returns to the pool.',
  { offerIds: Type.Array(Id), operations: Type.Array(Operation), filters: optional(Filters) },
)
export const decline = message(
  'allocation.decline',
  { from: 'scheduler', to: 'master' },
  'The offers are not wanted; they return to the pool and are filtered for refuseSeconds (default 5).',
  { offerIds: Type.Array(Id), filters: optional(Filters) },
)
export const revive = message(
  'allocation.revive',
  { from: 'scheduler', to: 'master' },
  'Forget my filters and offer to me again, in these roles or in all.',
  { roles: optional(Roles) },
)
export const suppress = message(
  'allocation.suppress',
  { from: 'scheduler', to: 'master' },
  'No offers until I revive, in these roles or in all; offers already out stay valid.',
  { roles: optional(Roles) },
)

export const acceptInverse = message(
  'allocation.acceptInverse',
  { from: 'scheduler', to: 'master' },
  'The scheduler will have left these agents in time; asked again when the filter ends.',
  { inverseOfferIds: Type.Array(Id), filters: optional(Filters) },
)
export const declineInverse = message(
  'allocation.declineInverse',
  { from: 'scheduler', to: 'master' },
  'The scheduler will not leave these agents by itself; asked again when the filter ends.',
  { inverseOfferIds: Type.Array(Id), filters: optional(Filters) },
)

/* operator → master */
export const updateWeights = message(
  'allocation.updateWeights',
  { from: 'operator', to: 'master' },
  'How much each role counts from now on; the offers of roles whose weight changes are rescinded.',
  { requestId, weights: Amounts },
)
export const updatePriorities = message(
  'allocation.updatePriorities',
  { from: 'operator', to: 'master' },
  'Which roles come first from now on, under a policy of priorities; 0 when nothing is said.',
  { requestId, priorities: Amounts },
)
export const updateQuotas = message(
  'allocation.updateQuotas',
  { from: 'operator', to: 'master' },
  'What roles are promised and may have at most: all of it from now on, or a refusal.',
  {
    requestId,
    quotas: Type.Array(QuotaInfo),
    force: optional(Type.Boolean()),
    // A quota that says nothing takes the role's away, unless it is to be listed as such.
    keepEmpty: optional(Type.Boolean()),
  },
)
export const updateWhitelist = message(
  'allocation.updateWhitelist',
  { from: 'operator', to: 'master' },
  'Only agents of these host names are offered from now on; all are when nothing is said.',
  { requestId, hostnames: optional(Type.Array(Type.String())) },
)

export const operate = message(
  'allocation.operate',
  { from: 'operator', to: 'master' },
  'Do this with resources of an agent that nobody uses; offers of them are rescinded if need be.',
  { requestId, agent: Type.String(), operation: ResourceOperation },
)

/* master → operator */
export const updated = message(
  'allocation.updated',
  { from: 'master', to: 'operator' },
  'The request counts from now on.',
  { requestId: Id },
)
export const refused = message(
  'allocation.refused',
  { from: 'master', to: 'operator' },
  'The request is wrong and nothing of it counts; the sentence says why.',
  {
    requestId: Id,
    message: Type.String(),
    /** It is right, but not now: what it needs is in use. */
    isConflict: optional(Type.Boolean()),
  },
)

/* master → scheduler */
export const offer = message(
  'allocation.offer',
  { from: 'master', to: 'scheduler' },
  'Resources to take or leave: the scheduler accepts, launches on or declines each of them.',
  { offers: Type.Array(Offer) },
)
export const rescind = message(
  'allocation.rescind',
  { from: 'master', to: 'scheduler' },
  'The offers are void; the scheduler forgets them. It may cross with a launch, which is dropped.',
  { offerIds: Type.Array(Id) },
)

export const inverseOffer = message(
  'allocation.inverseOffer',
  { from: 'master', to: 'scheduler' },
  'These agents are to be worked on: the scheduler says whether it will have left them in time.',
  { inverseOffers: Type.Array(InverseOffer) },
)
export const rescindInverse = message(
  'allocation.rescindInverse',
  { from: 'master', to: 'scheduler' },
  'The inverse offers are void: nobody answered in time, or they are about nothing any more.',
  { inverseOfferIds: Type.Array(Id) },
)

export const operationUpdate = message(
  'allocation.operationUpdate',
  { from: 'master', to: 'scheduler' },
  'What became of operations that have an id; told once.',
  { updates: Type.Array(OperationStatus) },
)

/* master → agent */
export const apply = message(
  'allocation.apply',
  { from: 'master', to: 'agent' },
  'Change resources so; the agent does it in order, before the tasks that follow, and answers.',
  { operations: Type.Array(NumberedOperation) },
)

/* agent → master */
export const operationUpdateToMaster = message(
  'allocation.operationUpdate',
  { from: 'agent', to: 'master' },
  'What became of operations, and what the agent has by now; the master corrects its book by it.',
  { agentId: Id, updates: Type.Array(NumberedStatus), resources: Resources },
)

export const toMaster = [
  request,
  accept,
  decline,
  revive,
  suppress,
  acceptInverse,
  declineInverse,
  updateWeights,
  updatePriorities,
  updateQuotas,
  updateWhitelist,
  operate,
  operationUpdateToMaster,
] as const
export const toScheduler = [offer, rescind, inverseOffer, rescindInverse, operationUpdate] as const
export const toAgent = [apply] as const
export const toOperator = [updated, refused] as const

export type Request = MessageOf<typeof request>
export type Accept = MessageOf<typeof accept>
export type Decline = MessageOf<typeof decline>
export type Revive = MessageOf<typeof revive>
export type Suppress = MessageOf<typeof suppress>
export type AcceptInverse = MessageOf<typeof acceptInverse>
export type DeclineInverse = MessageOf<typeof declineInverse>
export type InverseOfferMessage = MessageOf<typeof inverseOffer>
export type RescindInverse = MessageOf<typeof rescindInverse>
export type UpdateWeights = MessageOf<typeof updateWeights>
export type UpdatePriorities = MessageOf<typeof updatePriorities>
export type UpdateQuotas = MessageOf<typeof updateQuotas>
export type UpdateWhitelist = MessageOf<typeof updateWhitelist>
export type Operate = MessageOf<typeof operate>
export type OfferMessage = MessageOf<typeof offer>
export type Rescind = MessageOf<typeof rescind>
export type OperationUpdate = MessageOf<typeof operationUpdate>
export type Apply = MessageOf<typeof apply>
export type OperationUpdateToMaster = MessageOf<typeof operationUpdateToMaster>
