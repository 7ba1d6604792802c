import { audit } from '../../model/ledger/audit.ts'
import type { Property } from './property.ts'

/** After every step of the master its accounts must come to what its offers and tasks add up to. */
export const booksBalance: Property = {
  name: 'safety-books-balance',
  promise: 'free + offered + used is what an agent has, after every step of the master',
  observe: (view, report) => ({
    masterStepped: () => {
      for (const problem of audit(view.ledger)) report(problem)
    },
  }),
}
