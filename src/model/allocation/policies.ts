import { allocateInOrder, type ClientOrder, listInOrder } from './in-order.ts'
import { Lottery } from './lottery.ts'
import type { Allocation, AllocationPolicy, AllocationRound, Client } from './policy.ts'
import { shareOrderOf } from './share-order.ts'

/** A policy of this house: its results need no check. */
export class BundledPolicy implements AllocationPolicy {
  readonly name: string
  readonly preempts: boolean
  readonly #orderOf: OrderOf

  constructor(name: string, orderOf: OrderOf, { preempts = false } = {}) {
    this.name = name
    this.preempts = preempts
    this.#orderOf = orderOf
  }

  allocate(round: AllocationRound): readonly Allocation[] {
    return allocateInOrder(round, this.#orderOf(round))
  }

  order(round: AllocationRound): readonly Client[] {
    return listInOrder(this.#orderOf(round))
  }
}

/** Weighted hierarchical Dominant Resource Fairness (Ghodsi et al., NSDI 2011): the default. */
export const drfPolicy: AllocationPolicy = new BundledPolicy('drf', (round) =>
  shareOrderOf(round, 'drf'),
)

/**
 * Max-min fairness on one resource (Hindman et al., NSDI 2011, §3.3: the paper's first module):
 * shares of it alone count, whatever else somebody holds.
 */
export function createFairPolicy(resource = 'cpus'): AllocationPolicy {
  const name = resource === 'cpus' ? 'fair' : `fair:${resource}`
  return new BundledPolicy(name, (round) => shareOrderOf(round, name, { resources: [resource] }))
}

const byPriority: OrderOf = (round) => shareOrderOf(round, 'priority', { priorities: true })

/**
 * Roles of higher priority first, DRF among equals. A lower role is offered what every higher one
 * may not have or refused, so that it does not starve behind somebody who takes nothing.
 */
export const priorityPolicy: AllocationPolicy = new BundledPolicy('priority', byPriority)

/**
 * As `priority`; and what a higher role asks for and cannot have is made free by killing tasks of
 * lower roles, with their grace period and never below what those are guaranteed.
 */
export const preemptivePolicy: AllocationPolicy = new BundledPolicy(
  'priority-preemptive',
  byPriority,
  { preempts: true },
)

/** A lottery by weights: remedy for big shares that starve under fairness. */
export const randomPolicy: AllocationPolicy = new BundledPolicy(
  'random',
  (round) => new Lottery(round),
)

/** A policy that offers each agent to the clients in an order of its own. */
export function createOrderedPolicy(name: string, orderOf: OrderOf): AllocationPolicy {
  return {
    name,
    allocate: (round) => allocateInOrder(round, orderOf(round)),
    order: (round) => listInOrder(orderOf(round)),
  }
}

type OrderOf = (round: AllocationRound) => ClientOrder
