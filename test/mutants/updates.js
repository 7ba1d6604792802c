import { lines } from './lines.js'

const master = 'src/model/master'
const agent = 'src/model/agent'
const scheduler = 'src/model/scheduler'

/** Updates of tasks, their acknowledgements, and questions. */
export const updates = [
  {
    name: 'updates-are-never-repeated',
    stems: 'lost status update',
    edits: [
      {
        file: 'src/machines/status-updates.ts',
        from: "      entry: 'startRetry',\n",
        to: '',
      },
    ],
  },
  {
    name: 'repeated-updates-are-shown-again',
    stems: 'duplicate status update: drop the dedup',
    edits: [
      {
        file: `${scheduler}/conversation.ts`,
        from: '    return remember(book.seen, uuid)',
        to: '    return remember(book.seen, uuid) || true',
      },
    ],
  },
  {
    name: 'agents-take-updates-twice',
    stems: 'duplicate status update: drop the dedup',
    test: 'test/machines/agent-updates.test.ts',
    edits: [
      {
        file: `${agent}/intake.ts`,
        from: '  if (taken?.includes(uuid)) return\n',
        to: '',
      },
    ],
  },
  {
    name: 'the-newest-update-goes-first',
    stems: 'own: forward updates out of order',
    edits: [
      {
        file: `${agent}/streams.ts`,
        from: '  const [status] = task.updates.queue\n',
        to: '  const status = task.updates.queue.at(-1)\n',
      },
    ],
  },
  {
    name: 'all-updates-go-at-once',
    stems: 'own: several updates of a task in flight',
    edits: [
      {
        file: `${agent}/streams.ts`,
        from: lines(
          "  if (before === 'idle' || (before === 'waiting' && isStuck(step, task))) {",
          '    send(step, framework, task)',
          '  }',
        ),
        to: lines(
          "  if (before !== 'paused') {",
          '    const queue = updates.queue',
          '    const rest = queue.splice(0, queue.length - 1)',
          '    send(step, framework, task)',
          '    queue.unshift(...rest)',
          '  }',
        ),
      },
    ],
  },
  {
    name: 'acknowledgements-are-not-relayed',
    stems: 'lost acknowledgement',
    edits: [
      {
        file: `${master}/updates.ts`,
        from: lines('    step.turn.send(agent.address, {', "      type: 'task.acknowledge',"),
        to: lines(
          "    if (uuid === '') step.turn.send(agent.address, {",
          "      type: 'task.acknowledge',",
        ),
      },
    ],
  },
  {
    name: 'repeated-updates-are-not-acknowledged',
    stems: 'lost acknowledgement',
    edits: [
      {
        file: `${scheduler}/conversation.ts`,
        from: '    acknowledgements.push({ taskId, agentId, uuid })',
        to: '    if (!isAmong(book.seen, uuid)) acknowledgements.push({ taskId, agentId, uuid })',
      },
    ],
  },
  {
    name: 'tasks-are-forgotten-at-their-end',
    stems: 'own: not kept until acknowledged',
    edits: [
      {
        file: `${agent}/streams.ts`,
        from: lines("  moveStream(step, framework, task, 'update.appended')", '  if (before'),
        to: lines(
          "  moveStream(step, framework, task, 'update.appended')",
          '  if (isTerminal(task.state) && updates.queue.length > 1) updates.queue.splice(1)',
          '  if (before',
        ),
      },
    ],
  },
  {
    name: 'resources-are-free-twice',
    stems: 'own: free resources twice',
    edits: [
      {
        file: 'src/model/ledger/accounts.ts',
        from: '  holder.holds = false\n',
        to: '',
      },
    ],
  },
  {
    name: 'resources-are-free-at-the-acknowledgement-only',
    stems: 'own: freed late, or never',
    test: 'test/machines/master-updates.test.ts',
    edits: [
      {
        file: `${master}/updates.ts`,
        from: '  if (isTerminal(task.state)) releaseTask(step.book, task)\n',
        to: '',
      },
    ],
  },
  {
    name: 'ended-tasks-are-not-forgotten',
    stems: 'own: the book grows for ever',
    edits: [
      {
        file: `${master}/updates.ts`,
        from: '      endTask(step, task)\n',
        to: '      releaseTask(step.book, task)\n',
      },
    ],
  },
  {
    name: 'questions-about-known-tasks-are-answered-lost',
    stems: 'own: reconcile answers the wrong state',
    edits: [
      {
        file: `${master}/questions.ts`,
        from: "latestOf(task, answer(state, 'the latest state'))",
        to: "latestOf(task, answer(task.forwarded === undefined ? state : 'TASK_LOST', ''))",
      },
    ],
  },
  {
    name: 'questions-tell-what-was-not-told-yet',
    stems: 'own: reconcile answers the wrong state',
    test: 'test/machines/master-updates.test.ts',
    edits: [
      {
        file: `${master}/questions.ts`,
        from: '    const state = toldState(task)',
        to: '    const state: TaskStatus["state"] | undefined = task.state',
      },
    ],
  },
  {
    name: 'unreachable-tasks-are-answered-gone',
    worlds: [{ agents: 2, frameworks: 2, tasks: 60, safetyMs: 400_000, faults: 'partition' }],
    stems: 'own: the order of rules for questions',
    edits: [
      {
        file: `${master}/questions.ts`,
        from: "  if (agent?.state === 'connected' || agent?.state === 'disconnected') {",
        to: '  if (agent !== undefined) {',
      },
    ],
  },
  {
    name: 'schedulers-ask-once',
    stems: 'own: a lost question is not repeated',
    test: 'test/machines/scheduler.test.ts',
    edits: [
      {
        file: `${scheduler}/reconciliation.ts`,
        from: lines(
          "  turn.startTimer('reconciliation', event, Math.min(reconciliationRetryMaxMs, delayMs))",
          '',
        ),
        to: '  if (delayMs + reconciliationRetryMaxMs < 0) turn.raise(event)\n',
      },
    ],
  },
  {
    name: 'a-late-acknowledgement-of-a-stranger-breaks-the-master',
    stems: 'MESOS-10011: stale agent id crashes the master',
    scenario: 'test/regressions/late-acknowledgement.scenario',
    edits: [
      {
        file: `${master}/updates.ts`,
        from: lines("    if (agent?.state !== 'connected') continue", '    const task'),
        to: lines(
          "    if (agent === undefined) throw new Error('there is no such agent')",
          "    if (agent.state !== 'connected') continue",
          '    const task',
        ),
      },
    ],
  },
]
