const master = 'src/model/master'
const agent = 'src/model/agent'

/** Nothing goes wrong here: whoever is given up was given up by mistake. */
const quietWorlds = [{ agents: 2, frameworks: 2, tasks: 30, safetyMs: 240_000, faults: 'none' }]

/** Long enough for the master to give an agent up, and for the agent to come back. */
const longWorlds = [
  { agents: 2, frameworks: 2, tasks: 60, safetyMs: 400_000, faults: 'partition' },
  { agents: 1, frameworks: 2, tasks: 40, safetyMs: 400_000, faults: 'partition,pause' },
]

/** Agents that are lost, come back, and run what they are told to run. */
export const agents = [
  {
    name: 'pongs-are-not-heard',
    stems: 'own: agents are given up that answer',
    worlds: quietWorlds,
    edits: [
      {
        file: `${master}/pings.ts`,
        from: '  if (agent !== undefined) agent.pingsMissed = 0\n',
        to: '  if (agent === undefined) step.book.pingSlot = 0\n',
      },
    ],
  },
  {
    name: 'silent-agents-are-never-given-up',
    stems: 'own: no 75 s ping rule',
    worlds: longWorlds,
    edits: [
      {
        file: `${master}/pings.ts`,
        from: '    agent.pingsMissed++\n',
        to: '',
      },
    ],
  },
  {
    name: 'tasks-of-agents-that-come-back-hold-nothing',
    stems: 'agent removed by the 75 s ping rule returns with running tasks',
    worlds: longWorlds,
    edits: [
      {
        file: `${master}/agent-returns.ts`,
        from: '  if (isTerminal(task.state) || !contains(agent.free, task.resources)) {',
        to: '  if (task.holds || !contains({}, task.resources)) {',
      },
    ],
  },
  {
    name: 'tasks-of-agents-that-come-back-are-not-taken-back',
    stems: 'agent removed by the 75 s ping rule returns with running tasks',
    worlds: longWorlds,
    edits: [
      {
        file: `${master}/agent-returns.ts`,
        from: '    else readmitTask(step, agent, reported)\n',
        to: '    else if (call.tasks.length < 0) readmitTask(step, agent, reported)\n',
      },
    ],
  },
  {
    name: 'lost-tasks-that-run-are-left-alone',
    stems: 'agent removed by the 75 s ping rule returns with running tasks',
    worlds: longWorlds,
    edits: [
      {
        file: `${master}/agent-returns.ts`,
        from: '    if (known) killStray(step, agent, reported)\n',
        to: '    if (known) continue\n',
      },
    ],
  },
  {
    name: 'kills-are-not-repeated',
    stems: 'own: a kill that was lost with a link',
    test: 'test/machines/master-updates.test.ts',
    edits: [{ file: `${master}/agent-returns.ts`, from: '  repeatKills(step, agent)\n', to: '' }],
  },
  {
    name: 'frameworks-do-not-hear-of-lost-tasks',
    stems: 'own: an agent is lost in silence',
    test: 'test/regressions/agent-restarts.test.ts',
    edits: [
      {
        file: `${master}/agents.ts`,
        from: '  tell(step, framework, [status])\n',
        to: '  if (status.taskId === step.book.masterId) tell(step, framework, [status])\n',
      },
    ],
  },
  {
    name: 'a-restarted-agent-is-taken-for-the-old-one',
    stems: 'own: a restart is not told apart',
    edits: [
      {
        file: `${master}/agents.ts`,
        from: '  return instance === call.instance && ',
        to: '  return ',
      },
    ],
  },
  {
    name: 'ids-of-agents-come-again',
    stems: 'own: reuse an id',
    edits: [
      {
        file: 'src/model/ledger/ledger.ts',
        from: 'ledger.nextAgent++}',
        to: 'ledger.nextAgent++ % 2}',
      },
    ],
  },
  {
    name: 'kills-of-tasks-that-wait-are-dropped',
    stems: 'own: an executor that is not there yet',
    edits: [
      {
        file: `${agent}/executors.ts`,
        from: '  if (executor.queued.length === 0) return\n',
        to: '  if (executor.queued.length >= 0) return\n',
      },
    ],
  },
  {
    name: 'tasks-of-broken-executors-live-on',
    stems: 'own: an executor breaks in silence',
    edits: [
      {
        file: `${agent}/executors.ts`,
        from: "      report(step, framework, task, 'TASK_FAILED', ending.reason, ending.message)\n",
        to: "      if (ending.message === task.state) report(step, framework, task, 'TASK_FAILED', ending.reason, ending.message)\n",
      },
    ],
  },
  {
    name: 'hosts-lose-the-last-word-of-long-turns',
    stems: 'nomad #27129: the test double takes another path than production',
    edits: [
      {
        file: 'src/actors/host.ts',
        from: '    const envelopes = this.#outbox\n',
        to: '    const envelopes = this.#outbox.slice(0, 3)\n',
      },
    ],
  },
]
