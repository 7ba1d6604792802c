import { isEmpty, type Quantities } from '../resources/quantities.ts'
import type { Allocation, AllocationRound, Candidate, Client } from './policy.ts'

/** Who comes first, while one allocation goes on. */
export interface ClientOrder {
  /** Visits the clients, first come first, until the visitor says `true`. */
  visit(visitor: (client: Client) => boolean): void
  /** These were given to the client; its place changes, as the next visit will see. */
  credit(client: Client, resources: Readonly<Quantities>): void
}

/**
 * Offers each agent to the clients in order: the first who may have it gets all that it may have,
 * the others what that leaves. The order is looked at anew for each agent (Mesos:
 * src/master/allocator/mesos/hierarchical.cpp, __generateOffers).
 */
export function allocateInOrder(
  round: AllocationRound,
  order: ClientOrder,
  candidates: readonly Candidate[] = round.candidates,
  allocate: AllocationRound['allocate'] = (client, agent) => round.allocate(client, agent),
): Allocation[] {
  const allocations: Allocation[] = []
  const takers: Client[] = []
  let candidate: Candidate | undefined
  const visitor = (client: Client): boolean => {
    if (candidate === undefined) return true
    const allocation = allocate(client, candidate)
    if (allocation === undefined) return false
    allocations.push(allocation)
    takers.push(client)
    return isEmpty(candidate.free)
  }
  for (candidate of candidates) {
    const before = allocations.length
    order.visit(visitor)
    for (let index = before; index < takers.length; index++) {
      const [taker, allocation] = [takers[index], allocations[index]]
      if (taker && allocation) order.credit(taker, allocation.resources)
    }
  }
  return allocations
}

/** The clients as they stand in the order now. */
export function listInOrder(order: ClientOrder): Client[] {
  const clients: Client[] = []
  order.visit((client) => {
    clients.push(client)
    return false
  })
  return clients
}
