import type { Ledger } from '../../model/ledger/ledger.ts'
import type { Property } from './property.ts'

/** What is in the book as an offer must be one that somebody can still answer. */
export const offersAreSound: Property = {
  name: 'safety-offers-are-sound',
  promise:
    'an offer in the book is outstanding, known to its agent, and with a connected framework',
  hears: [],
  observe: (view, report) => ({
    masterStepped: () => {
      for (const problem of strayOffers(view.ledger)) report(problem)
    },
  }),
}

/** Says which offers of a master's book should not be there. */
export function strayOffers(ledger: Ledger): string[] {
  const problems: string[] = []
  for (const { id, agentId, frameworkId, state } of ledger.offers.values()) {
    if (state !== 'outstanding') problems.push(`offer ${id} is ${state}, but still in the book`)
    if (!ledger.agents.get(agentId)?.offers.has(id)) problems.push(`${agentId} misses offer ${id}`)
    if (ledger.frameworks.get(frameworkId)?.state !== 'connected') {
      problems.push(`offer ${id} is with ${frameworkId}, which is not connected`)
    }
  }
  return problems
}
