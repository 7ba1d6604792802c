import { audit, auditAgent, auditClient } from '../../model/ledger/audit.ts'
import { isClientInBalance, isInBalance } from './balance.ts'
import { Changes } from './changes.ts'
import type { Property } from './property.ts'

/** The whole book is recomputed this often; after a step only what has changed in it. */
const fullAuditMs = 60_000

/** After every step of the master its accounts must come to what its offers and tasks add up to. */
export const booksBalance: Property = {
  name: 'safety-books-balance',
  promise: 'free + offered + used is what an agent has, after every step of the master',
  hears: [],
  observe: (view, report) => {
    const changes = new Changes()
    let auditedAtMs = 0
    const auditAll = (): void => {
      auditedAtMs = view.now
      for (const problem of audit(view.ledger)) report(problem)
    }
    return {
      masterStepped: () => {
        const { ledger } = view
        for (const agent of changes.agentsIn(ledger)) {
          if (isInBalance(ledger, agent)) continue
          for (const problem of auditAgent(ledger, agent)) report(problem)
        }
        for (const client of changes.clientsIn(ledger)) {
          if (isClientInBalance(ledger, client)) continue
          for (const problem of auditClient(ledger, client)) report(problem)
        }
      },
      passed: () => {
        if (view.now - auditedAtMs >= fullAuditMs) auditAll()
      },
      ended: auditAll,
    }
  },
}
