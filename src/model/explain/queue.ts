import type { Round } from '../allocation/round.ts'
import type { Demand, ExplainContext } from './demand.ts'
import { dominantShareOf } from './shares.ts'

/** Where somebody stands in the policy's order. */
export interface Queue {
  /** From 1; nothing under a policy that cannot say. */
  readonly place: number | undefined
  /** Who comes before, the first one first, with the dominant share of each. */
  readonly before: readonly { readonly name: string; readonly share: number }[]
}

/** Asks the policy itself who comes first. */
export function lineUp({ ledger, policy }: ExplainContext, round: Round, demand: Demand): Queue {
  const order = policy.order?.(round) ?? []
  const index = order.findIndex(
    ({ frameworkId, role }) => frameworkId === demand.framework.id && role === demand.role,
  )
  if (index === -1) return { place: undefined, before: [] }
  return {
    place: index + 1,
    before: order.slice(0, index).map(({ frameworkId, allocated }) => ({
      name: ledger.frameworks.get(frameworkId)?.info.name ?? frameworkId,
      share: dominantShareOf(allocated, ledger.capacity)?.share ?? 0,
    })),
  }
}
