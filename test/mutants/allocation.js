import { lines } from './lines.js'

const allocationRoom = 'src/model/allocation'
const master = 'src/model/master'

/**
 * Who is offered what. Most of these need particular worlds, of idle frameworks, quotas or big
 * tasks, and are shown by the tests that play these.
 */
export const allocation = [
  {
    name: 'whoever-has-nothing-comes-first-again',
    stems: 'SPARK-13001, MESOS-3202: starvation by filters',
    test: 'test/scenarios/starvation.test.ts',
    edits: [
      {
        file: `${allocationRoom}/share-order.ts`,
        from: 'if (left.allocations !== right.allocations) return',
        to: 'if (left.share < 0) return',
      },
    ],
  },
  {
    name: 'filters-end-before-the-next-look',
    stems: 'MESOS-4302: a backlogged allocator makes filters expire unused',
    test: 'test/scenarios/starvation.test.ts',
    edits: [
      {
        file: `${allocationRoom}/filters.ts`,
        from: '  return Math.max(intervalMs, Math.min(legal, refuseSecondsMax) * 1_000)',
        to: '  return Math.min(legal, refuseSecondsMax) * 1_000 + intervalMs * 0',
      },
    ],
  },
  {
    name: 'all-is-sorted-after-each-offer',
    stems: 'MESOS-9249: quadratic re-sort inside the cycle',
    test: 'test/model/allocation/share-order-cost.test.ts',
    edits: [
      {
        file: `${allocationRoom}/share-order.ts`,
        from: '        moved.allocations++\n',
        to: '        moved.allocations++\n        this.#sort(this.#tree.root)\n',
      },
    ],
  },
  {
    name: 'crumbs-are-offered',
    stems: 'P §4.6: a big task starves with no minimum offer size',
    test: 'test/scenarios/starvation.test.ts',
    edits: [
      {
        file: `${allocationRoom}/round.ts`,
        from: "      return this.#refuse(contender, lot, 'crumb')\n",
        to: '      lot.isContested = true\n',
      },
    ],
  },
  {
    name: 'room-is-not-looked-at-again',
    stems: 'nomad #4072: a queued task is not retried when room appears',
    test: 'test/scenarios/queued-jobs.test.ts',
    edits: [
      {
        file: `${master}/allocate.ts`,
        from: lines('  if (book.frameworks.size === 0) return', '  addAll'),
        to: lines('  if (book.frameworks.size >= 0) return', '  addAll'),
      },
      {
        file: 'src/model/ledger/accounts.ts',
        from: lines('  ledger.candidates.add(agent.id)', '  dropIfGivenUp(ledger, client)'),
        to: '  dropIfGivenUp(ledger, client)',
      },
    ],
  },
  {
    name: 'what-is-settled-stays-settled',
    stems: 'nomad #4072: a queued task is not retried when room appears',
    test: 'test/scenarios/settled-agents.test.ts',
    edits: [
      {
        file: `${master}/allocate.ts`,
        from: ' || settled.epoch !== book.epoch || settled.until <= at',
        to: ' || settled.until <= at - 3_600_000',
      },
    ],
  },
  {
    name: 'shares-are-never-given-back',
    stems: 'own: charge without discharge',
    edits: [
      {
        file: 'src/model/ledger/accounts.ts',
        from: '  charge(client, holder.resources, -1)\n',
        to: '',
      },
    ],
  },
  {
    name: 'lost-agents-count-on',
    stems: 'own: the capacity of the dead',
    edits: [
      {
        file: `${master}/agents.ts`,
        from: '  if (wasConnected) countResources(book, agent.total, -1, agent.duty)\n',
        to: '',
      },
    ],
  },
  {
    name: 'one-slow-decider-holds-up-all',
    stems: 'Omega: a slow decider locks the cell',
    scenario: 'test/scenarios/slow-decider.scenario',
    edits: [
      {
        file: `${master}/allocate.ts`,
        from: '  if (book.allWanted) addAll(book, turn.at)\n',
        to: '  if (book.batches.size > 0) return\n  if (book.allWanted) addAll(book, turn.at)\n',
      },
    ],
  },
  {
    name: 'guarantees-come-without-ports',
    stems: 'MESOS-9324: offers cut by quota strand without ports',
    test: 'test/model/allocation/guarantees.test.ts',
    edits: [
      {
        file: `${allocationRoom}/quota-standing.ts`,
        from: '      rest[name] = amount\n',
        to: '      if (amountOf(part, name) > 0) rest[name] = amount\n',
      },
    ],
  },
]
