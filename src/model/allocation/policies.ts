import { allocateInOrder, type ClientOrder, listInOrder } from './in-order.ts'
import { Lottery } from './lottery.ts'
import type { AllocationPolicy, AllocationRound } from './policy.ts'
import { shareOrderOf } from './share-order.ts'

/** Weighted hierarchical Dominant Resource Fairness (Ghodsi et al., NSDI 2011): the default. */
export const drfPolicy: AllocationPolicy = inOrder('drf', (round) => shareOrderOf(round, 'drf'))

/**
 * Max-min fairness on one resource (Hindman et al., NSDI 2011, §3.3: the paper's first module):
 * shares of it alone count, whatever else somebody holds.
 */
export function createFairPolicy(resource = 'cpus'): AllocationPolicy {
  const name = resource === 'cpus' ? 'fair' : `fair:${resource}`
  return inOrder(name, (round) => shareOrderOf(round, name, { resources: [resource] }))
}

/**
 * Roles of higher priority first, DRF among equals. A lower role is offered what every higher one
 * may not have or refused, so that it does not starve behind somebody who takes nothing.
 */
export const priorityPolicy: AllocationPolicy = inOrder('priority', (round) =>
  shareOrderOf(round, 'priority', { priorities: true }),
)

/**
 * As `priority`; and what a higher role asks for and cannot have is made free by killing tasks of
 * lower roles, with their grace period and never below what those are guaranteed.
 */
export const preemptivePolicy: AllocationPolicy = {
  ...priorityPolicy,
  name: 'priority-preemptive',
  preempts: true,
}

/** A lottery by weights: remedy for big shares that starve under fairness. */
export const randomPolicy: AllocationPolicy = inOrder('random', (round) => new Lottery(round))

/** A policy that offers each agent to the clients in an order of its own. */
export function inOrder(
  name: string,
  orderOf: (round: AllocationRound) => ClientOrder,
): AllocationPolicy {
  return {
    name,
    allocate: (round) => allocateInOrder(round, orderOf(round)),
    order: (round) => listInOrder(orderOf(round)),
  }
}
