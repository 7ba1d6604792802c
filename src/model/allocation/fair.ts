import type { Quantities } from '../resources/quantities.ts'
import type { Allocation, AllocationPolicy, AllocationView, Candidate, Client } from './policy.ts'

/** A client with the share that it has in the course of one allocation. */
interface Standing {
  readonly client: Client
  share: number
  allocations: number
  readonly allocated: Record<string, number>
}

/**
 * Gives each agent's free resources as a whole to the client whose share, over its weight, is the
 * smallest. A share is the largest part that the client has of any one resource.
 */
export const fairPolicy: AllocationPolicy = {
  name: 'fair',
  allocate(view: AllocationView): readonly Allocation[] {
    const standings = view.clients.map((client) => standingOf(client, view.capacity))
    const allocations: Allocation[] = []
    for (const candidate of view.candidates) {
      const winner = neediest(standings, candidate, view)
      if (winner === undefined) continue
      const { frameworkId, role } = winner.client
      allocations.push({
        frameworkId,
        role,
        agentId: candidate.agentId,
        resources: candidate.free,
      })
      credit(standings, winner, candidate.free, view.capacity)
    }
    return allocations
  },
}

function standingOf(client: Client, capacity: Readonly<Quantities>): Standing {
  const allocated: Record<string, number> = {}
  for (const name in client.allocated) {
    const amount = client.allocated[name]
    if (typeof amount === 'number') allocated[name] = amount
  }
  const share = shareOf(allocated, capacity) / client.weight
  return { client, share, allocations: client.allocations, allocated }
}

function shareOf(allocated: Record<string, number>, capacity: Readonly<Quantities>): number {
  let share = 0
  for (const name in allocated) {
    const total = capacity[name]
    const amount = allocated[name]
    if (typeof total === 'number' && total > 0 && amount !== undefined) {
      share = Math.max(share, amount / total)
    }
  }
  return share
}

function neediest(
  standings: readonly Standing[],
  candidate: Candidate,
  view: AllocationView,
): Standing | undefined {
  let best: Standing | undefined
  for (const standing of standings) {
    if (best !== undefined && !isBefore(standing, best)) continue
    if (view.mayReceive(standing.client, candidate.agentId, candidate.free)) best = standing
  }
  return best
}

/** Smaller share first, then fewer allocations so far; equals keep their order. */
function isBefore(left: Standing, right: Standing): boolean {
  if (left.share !== right.share) return left.share < right.share
  return left.allocations < right.allocations
}

/** The winner's framework now has more, in whichever role. */
function credit(
  standings: readonly Standing[],
  winner: Standing,
  given: Readonly<Quantities>,
  capacity: Readonly<Quantities>,
): void {
  for (const standing of standings) {
    if (standing.client.frameworkId !== winner.client.frameworkId) continue
    for (const name in given) {
      const amount = given[name]
      if (typeof amount !== 'number') continue
      standing.allocated[name] = (standing.allocated[name] ?? 0) + amount
    }
    standing.share = shareOf(standing.allocated, capacity) / standing.client.weight
    standing.allocations++
  }
}
