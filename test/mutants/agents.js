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
    test: 'test/regressions/lost-tasks.test.ts',
    edits: [
      {
        file: `${master}/agent-returns.ts`,
        from: '    if (known || isAbandoned(agent, reported)) endStray(step, agent, reported)\n',
        to: '    if (known || isAbandoned(agent, reported)) continue\n',
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
        from: '  if (unreachable) status.unreachableTimeMs = step.turn.at\n',
        to: '  if (!status.taskId.startsWith(step.book.masterId)) return\n',
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
        from: '    for (const task of liveTasks(framework, executor)) {\n',
        to: '    for (const task of liveTasks(framework, executor).slice(0, 0)) {\n',
      },
    ],
  },
  {
    name: 'hosts-say-only-the-first-word-of-a-turn',
    stems: 'nomad #27129: the test double takes another path than production',
    edits: [
      {
        file: 'src/actors/host.ts',
        from: '    const envelopes = this.#outbox.take()\n',
        to: '    const envelopes = this.#outbox.take().slice(0, 1)\n',
      },
    ],
  },
  {
    name: 'a-launch-that-arrives-twice-counts-twice',
    stems: 'own: duplicates of a launch',
    scenario: 'test/regressions/launch-arrives-twice.scenario',
    edits: [
      {
        file: `${agent}/launch.ts`,
        from: '    if (!isNew(step, framework, info)) continue\n',
        to: '',
      },
    ],
  },
  {
    name: 'tasks-that-an-agent-does-not-have-are-not-asked-for',
    stems: 'own: a launch that was lost is waited for',
    scenario: 'test/regressions/lost-launch.scenario',
    edits: [
      {
        file: `${master}/agent-returns.ts`,
        from: '    reconciliations: known ? unlisted(step, agent, call.tasks) : [],',
        to: '    reconciliations: known ? unlisted(step, agent, call.tasks).slice(0, 0) : [],',
      },
    ],
  },
]
