import type { Ledger } from '../../model/ledger/ledger.ts'
import type { SchedulerCall } from '../wire/calls.ts'

type Accept = Extract<SchedulerCall, { type: 'ACCEPT' }>

/**
 * What was offered to one role is not allocated to another: a task that says so cannot be, nor an
 * operation (Mesos: src/master/validation.cpp, validateAllocatedToSingleRole).
 */
export function markMisallocated({ offerIds, allocations = [] }: Accept, { offers }: Ledger): void {
  const offer = offers.get(offerIds[0] ?? '')
  // Offers that are not there any more are a reason to refuse all of it.
  if (offer === undefined) return
  for (const { role, of } of allocations) {
    if (role === offer.role) continue
    of.problem ??= `its resources are allocated to ${role}, but were offered to ${offer.role}`
  }
}
