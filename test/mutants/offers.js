import { lines } from './lines.js'

const master = 'src/model/master'
const ledger = 'src/model/ledger'

/** Offers and what becomes of them. */
export const offers = [
  {
    name: 'offers-are-ended-in-silence',
    stems: 'own: skip rescind',
    edits: [
      {
        file: `${master}/offers.ts`,
        from: "    step.turn.send(address, { type: 'allocation.rescind', offerIds: ids })\n",
        to: '    if (ids.length < 0) step.turn.mark(address, address)\n',
      },
    ],
  },
  {
    name: 'rescinded-offers-still-count',
    stems: 'own: accept a dead offer',
    edits: [
      {
        file: `${master}/offers.ts`,
        from: '    endOffer(step, offer, happening)\n',
        to: "    if (happening !== 'offer.expired') endOffer(step, offer, happening)\n",
      },
    ],
  },
  {
    name: 'offers-never-expire',
    stems: 'hoarder, no offer_timeout (sssp #8)',
    edits: [
      {
        file: `${master}/offers.ts`,
        from: '  const ids = book.batches.get(batchId)?.offerIds ?? []',
        to: '  const ids = (book.batches.get(batchId)?.offerIds ?? []).slice(0, 0)',
      },
    ],
  },
  {
    name: 'used-offers-stay-in-the-book',
    stems: 'own: accept a dead offer',
    edits: [{ file: `${ledger}/accounts.ts`, from: '  ledger.offers.delete(offer.id)\n', to: '' }],
  },
  {
    name: 'offers-leave-what-is-free',
    stems: 'own: offer the same twice',
    edits: [
      {
        file: `${ledger}/accounts.ts`,
        from: lines('  agent.free = takenFrom(agent.free, offer.resources)', '  agent.offered'),
        to: '  agent.offered',
      },
    ],
  },
  {
    name: 'ids-of-offers-come-again',
    stems: 'own: reuse an id',
    edits: [
      {
        file: `${ledger}/ledger.ts`,
        from: 'ledger.nextOffer++}',
        to: 'ledger.nextOffer++ % 8}',
      },
    ],
  },
  {
    name: 'refusals-are-forgotten',
    stems: 'own: a decline without its filter',
    edits: [
      {
        file: `${master}/offers.ts`,
        from: '  addFilter(agent, refusal, at, step.book.epoch)',
        to: '  if (at < 0) addFilter(agent, refusal, at, step.book.epoch)',
      },
    ],
  },
  {
    name: 'silent-roles-are-offered-to',
    stems: 'own: suppress does nothing',
    edits: [
      {
        file: `${master}/demand.ts`,
        from: '  for (const role of roles ?? []) framework.suppressedRoles.add(role)\n',
        to: '  if (roles === undefined) return\n',
      },
    ],
  },
  {
    name: 'revive-keeps-filters',
    stems: 'own: forget the filter on revive',
    test: 'test/scenarios/role-changes.test.ts',
    edits: [
      {
        file: `${master}/demand.ts`,
        from: '  clearFilters(step.book, framework, roles)\n',
        to: '',
      },
    ],
  },
  {
    name: 'revive-clears-every-role',
    stems: 'MESOS-9856: revive clears all roles’ filters',
    test: 'test/scenarios/role-changes.test.ts',
    edits: [
      {
        file: `${master}/demand.ts`,
        from: '  clearFilters(step.book, framework, roles)\n',
        to: '  clearFilters(step.book, framework)\n',
      },
    ],
  },
  {
    name: 'revive-counts-only-after-suppress',
    stems: 'MESOS-9028: revive is not idempotent',
    test: 'test/scenarios/role-changes.test.ts',
    edits: [
      {
        file: `${master}/demand.ts`,
        from: lines('  if (roles === undefined) return', '  clearFilters'),
        to: lines(
          '  if (roles === undefined) return',
          '  if (!roles.some((role) => framework.suppressedRoles.has(role))) return',
          '  clearFilters',
        ),
      },
    ],
  },
]
