import { allocateInOrder } from './in-order.ts'
import type { Allocation } from './policy.ts'
import type { Round } from './round.ts'
import { shareOrderOf } from './share-order.ts'

/**
 * The first stage of every round, whatever the policy: roles get what they are guaranteed and do
 * not have yet, the smallest dominant share first.
 */
export function allocateGuarantees(round: Round): Allocation[] {
  if (!round.clients.some(({ standing }) => standing && round.quotas.isUnmet(standing))) return []
  const order = shareOrderOf(round, 'guarantees')
  return allocateInOrder(round, order, round.candidates, (client, candidate) =>
    round.allocateGuaranteed(client, candidate),
  )
}
