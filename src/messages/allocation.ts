import Type from 'typebox'
import { type MessageOf, message } from './define.ts'
import { Filters, Id, Offer, Resources } from './shapes.ts'

/** Category 2, resource allocation: offers and the answers that take no resources. */

const optional = Type.Optional
const Roles = Type.Array(Type.String())

/* scheduler → master */
export const request = message(
  'allocation.request',
  { from: 'scheduler', to: 'master' },
  'A scheduler says what it could use; the master looks at the pool at once. A hint, no promise.',
  { requests: Type.Array(Type.Object({ agentId: optional(Id), resources: Resources })) },
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

/* operator → master */
export const updateWeights = message(
  'allocation.updateWeights',
  { from: 'operator', to: 'master' },
  'How much each role counts in the fair share from now on; the next allocation goes by it.',
  { weights: Type.Record(Type.String(), Type.Number()) },
)

/* master → scheduler */
export const offer = message(
  'allocation.offer',
  { from: 'master', to: 'scheduler' },
  'Resources to take or leave: the scheduler answers each with task.launch or allocation.decline.',
  { offers: Type.Array(Offer) },
)
export const rescind = message(
  'allocation.rescind',
  { from: 'master', to: 'scheduler' },
  'The offers are void; the scheduler forgets them. It may cross with a launch, which is dropped.',
  { offerIds: Type.Array(Id) },
)

export const toMaster = [request, decline, revive, suppress, updateWeights] as const
export const toScheduler = [offer, rescind] as const

export type Request = MessageOf<typeof request>
export type Decline = MessageOf<typeof decline>
export type Revive = MessageOf<typeof revive>
export type Suppress = MessageOf<typeof suppress>
export type UpdateWeights = MessageOf<typeof updateWeights>
export type OfferMessage = MessageOf<typeof offer>
export type Rescind = MessageOf<typeof rescind>
