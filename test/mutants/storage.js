const recovery = 'test/scenarios/agent-recovery.scenario'
const registry = 'test/scenarios/master-registry.scenario'
const writing = 'test/scenarios/agent-dies-writing.scenario'

/** What is kept between two lives, and what comes of it. */
export const storage = [
  {
    name: 'what-is-not-stored-is-said-already',
    stems: 'own: acknowledge, launch and forward before the checkpoint',
    scenario: writing,
    edits: [
      {
        file: 'src/actors/gate.ts',
        from: '    this.#held.push(output)\n',
        to: '    this.#options.release(output)\n',
      },
    ],
  },
  {
    name: 'what-is-said-while-a-write-goes-on-overtakes-it',
    stems: 'own: outputs out of order',
    test: 'test/actors/gate.test.ts',
    edits: [
      {
        file: 'src/actors/gate.ts',
        from: "if (this.#state === 'idle' && this.#changed.size === 0) {",
        to: 'if (this.#changed.size === 0) {',
      },
    ],
  },
  {
    name: 'tasks-are-not-stored',
    stems: 'own: a second life without its tasks',
    scenario: recovery,
    edits: [
      {
        file: 'src/model/agent/keep.ts',
        from: '  if (book.durable && framework.isKept) turn.persist(`task/',
        to: '  if (!book.durable && framework.isKept) turn.persist(`task/',
      },
    ],
  },
  {
    name: 'a-second-life-asks-for-another-id',
    stems: 'chronos #520: empty id after a restart',
    scenario: recovery,
    edits: [
      {
        file: 'src/model/agent/recovery.ts',
        from: '  book.id = agent.agentId\n',
        to: '',
      },
    ],
  },
  {
    name: 'updates-that-waited-are-forgotten',
    stems: 'lost status update',
    test: 'test/machines/agent-recovery.test.ts',
    edits: [
      {
        file: 'src/model/agent/recovery.ts',
        from: '  task.updates.queue.push(...queue)\n',
        to: '  task.updates.queue.push(...queue.slice(1))\n',
      },
    ],
  },
  {
    name: 'work-that-goes-on-is-not-taken-up',
    stems: 'own: a second life without its work',
    scenario: recovery,
    edits: [
      {
        file: 'src/model/agent/recovery.ts',
        from: '  else if (isProgram || isOfCommands) resume(step, framework, executor)\n',
        to: '',
      },
    ],
  },
  {
    name: 'a-reboot-is-taken-for-a-restart',
    stems: 'own: work that cannot be there is waited for',
    test: 'test/machines/agent-recovery.test.ts',
    edits: [
      {
        file: 'src/model/agent/recovery.ts',
        from: "agent.bootId === book.bootId ? 'restarted' : 'rebooted'",
        to: "agent.bootId === undefined ? 'rebooted' : 'restarted'",
      },
    ],
  },
  {
    name: 'torn-writes-are-accepted',
    stems: 'own: a storage that lost its end opens in silence',
    test: 'test/storage/level.test.ts',
    edits: [
      {
        file: 'src/storage/level.ts',
        from: '  if (sealed === JSON.stringify(seal.value)) return undefined\n',
        to: '  if (sealed !== undefined) return undefined\n',
      },
      {
        file: 'src/storage/level.ts',
        from: '    damages.push(...droppedAtOpening(location))\n',
        to: '    damages.push(...droppedAtOpening(location).slice(0, 0))\n',
      },
    ],
  },
  {
    name: 'a-failed-write-counts-as-done',
    stems: 'own: a full disk is not noticed',
    test: 'test/actors/gate.test.ts',
    edits: [
      {
        file: 'src/actors/gate.ts',
        from: '      if (error === undefined) return this.#written(held)\n',
        to: '      if (error !== null) return this.#written(held)\n',
      },
    ],
  },
  {
    name: 'the-registry-is-not-consulted',
    stems: 'own: agents of the master before are forgotten',
    scenario: registry,
    edits: [
      {
        file: 'src/model/master/recovery.ts',
        from: '  for (const stored of agents) restoreAgent(ledger, stored)\n',
        to: '',
      },
    ],
  },
  {
    name: 'agents-that-are-awaited-are-awaited-for-ever',
    stems: 'chronos #511: a new master that waits, and never goes on',
    scenario: registry,
    edits: [
      {
        file: 'src/model/master/recovery.ts',
        from: '    if (agent !== undefined) awaitAgent(step, agent)\n',
        to: '    if (agent === undefined) step.book.awaited.agents.delete(id)\n',
      },
    ],
  },
  {
    name: 'ids-come-again-after-a-restart',
    stems: 'own: reuse an id after a master restart',
    scenario: registry,
    edits: [
      {
        file: 'src/model/ledger/ledger.ts',
        from: 'ledger.masterId}-S',
        to: 'ledger.clusterId}-S',
      },
    ],
  },
  {
    name: 'agents-that-are-gone-for-good-come-back',
    stems: 'own: a word of the operator is forgotten',
    test: 'test/machines/master-recovery.test.ts',
    edits: [
      {
        file: 'src/model/master/recovery.ts',
        from: '  for (const one of oldestFirst) ledger.goneAgents.set(one.id, one)\n',
        to: '',
      },
    ],
  },
  {
    name: 'frameworks-that-are-gone-for-good-come-back',
    stems: 'MESOS-4659: the end of a framework is forgotten over a master failover',
    test: 'test/machines/master-recovery.test.ts',
    edits: [
      {
        file: 'src/model/master/recovery.ts',
        from: '  ledger.completedFrameworks.push(...(history?.completedFrameworks ?? []))\n',
        to: '',
      },
    ],
  },
]
