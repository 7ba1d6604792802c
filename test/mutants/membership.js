import { lines } from './lines.js'

const master = 'src/model/master'

/** Frameworks that come, go and come back. */
export const membership = [
  {
    name: 'schedulers-forget-their-id',
    stems: 'chronos #520: empty framework id after a change of leader',
    edits: [
      {
        file: 'src/model/scheduler/membership.ts',
        from: '  if (frameworkId === undefined) {',
        to: '  if (frameworkId !== null) {',
      },
    ],
  },
  {
    name: 'the-failover-timeout-is-forgotten',
    stems: 'own: forget the failover timeout',
    test: 'test/machines/master.test.ts',
    edits: [
      {
        file: 'src/machines/framework-session.ts',
        from: lines(
          "run on for the failover timeout it asked for.',",
          "      entry: 'startFailover',",
        ),
        to: "run on for the failover timeout it asked for.',",
      },
    ],
  },
  {
    name: 'recovered-frameworks-wait-for-ever',
    stems: 'MESOS-4659: failover timeout forgotten over a master failover',
    test: 'test/machines/master.test.ts',
    edits: [
      {
        file: 'src/machines/framework-session.ts',
        from: lines("also waits no longer than that.',", "      entry: 'startFailover',"),
        to: "also waits no longer than that.',",
      },
    ],
  },
  {
    name: 'offers-of-the-old-instance-live-on',
    stems: 'own: failover keeps offers',
    edits: [
      {
        file: `${master}/frameworks.ts`,
        from: lines(
          '  discardOffers(step, framework.offers)',
          '  withdrawInverseOffers(step, ({ frameworkId }) => frameworkId === framework.id)',
          '  framework.address = call.from',
        ),
        to: '  framework.address = call.from',
      },
    ],
  },
  {
    name: 'offers-of-a-lost-scheduler-live-on',
    stems: 'own: disconnect keeps offers',
    edits: [
      {
        file: `${master}/frameworks.ts`,
        from: lines(
          '  clearFilters(step.book, framework)',
          '  discardOffers(step, framework.offers)',
          '',
        ),
        to: '',
      },
    ],
  },
  {
    name: 'words-for-an-absent-framework-break-the-master',
    stems: 'MESOS-10146: removing a task while its framework is disconnected',
    edits: [
      {
        file: `${master}/step.ts`,
        from: "  if (framework.state !== 'connected' || updates.length === 0) return\n",
        to: lines(
          '  if (updates.length === 0) return',
          "  if (framework.state !== 'connected') throw new Error('nobody listens')",
          '',
        ),
      },
    ],
  },
  {
    name: 'missed-updates-wait-for-the-next-retry',
    stems: 'own: nothing is repeated at failover',
    test: 'test/machines/master-updates.test.ts',
    edits: [
      {
        file: `${master}/frameworks.ts`,
        from: lines(
          "  answer(step, framework, 'lifecycle.reregistered')",
          '  resumeUpdates(step, framework)',
          '',
        ),
        to: "  answer(step, framework, 'lifecycle.reregistered')\n",
      },
    ],
  },
  {
    name: 'a-role-that-is-heard-again-keeps-its-filters',
    stems: 'MESOS-9870: roles change while they are suppressed',
    test: 'test/scenarios/role-changes.test.ts',
    edits: [
      {
        file: `${master}/framework-state.ts`,
        from: '  if (revived.length > 0) clearFilters(ledger, framework, revived)\n',
        to: '  if (revived.length < 0) clearFilters(ledger, framework, revived)\n',
      },
    ],
  },
  {
    name: 'roles-that-were-silent-stay-silent',
    stems: 'MESOS-9870: roles change while they are suppressed',
    test: 'test/scenarios/role-changes.test.ts',
    edits: [
      {
        file: `${master}/framework-state.ts`,
        from: '  framework.suppressedRoles.clear()\n',
        to: '',
      },
    ],
  },
  {
    name: 'old-instances-are-not-fenced',
    stems: 'own: not fencing an old scheduler',
    scenario: 'test/scenarios/old-instance.scenario',
    edits: [
      {
        file: `${master}/frameworks.ts`,
        from: '    leaveAddress(book, framework)\n    fence(book, framework.address)\n',
        to: '',
      },
    ],
  },
]
