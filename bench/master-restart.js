import { setTimeout as wait } from 'node:timers/promises'
import { Calls } from '../dist/actors/calls.js'
import { Host } from '../dist/actors/host.js'
import { Hosting } from '../dist/cluster/hosting.js'
import { agentInfos } from '../dist/cluster/options.js'
import { startAgents } from '../dist/cluster/real-agents.js'
import { sharingOf } from '../dist/cluster/sharing.js'
import { Tenants } from '../dist/cluster/tenants.js'
import { masterRecord } from '../dist/model/master/keep.js'
import { openMasterMemory } from '../dist/storage/open.js'
import { MemoryTransport } from '../dist/transports/memory.js'

/** The way to the master, as it is for those in other processes: it breaks with the master. */
class BreakingLink {
  #watchers = new Set()

  watch(_address, watcher) {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  tell(what) {
    for (const watcher of this.#watchers) watcher[what]()
  }
}

/** Agents and a tenant of this process, whose master keeps a registry and can be started anew. */
export class RestartableMaster {
  #folder
  #hosting = new Hosting({ timeouts: { registrationBackoffMs: 50 } })
  #transport = new MemoryTransport({ clock: this.#hosting.clock })
  #link = new BreakingLink()
  #agents
  #tenants
  #host
  #storage

  constructor(folder) {
    this.#folder = folder
  }

  /** Runs so many tasks on each of the agents that do not end by themselves. */
  async begin(agentCount, tasksEach, workDir) {
    await this.startMaster()
    const { roles, ids, timeouts } = this.#hosting
    const calls = new Calls()
    const shared = { calls, link: this.#link }
    const infos = agentInfos(Array.from({ length: agentCount }, () => ({ cpus: 1, mem: 1_024 })))
    const host = this.#hosting.on(this.#transport)
    this.#agents = startAgents(infos, { roles, host, ids, timeouts, workDir, ...shared })
    await Promise.all(this.#agents.map(({ registered }) => registered))
    const operator = { tell: () => {} }
    const agents = () => infos.map(({ resources }) => resources)
    const around = { hosting: this.#hosting, transport: this.#transport, operator, agents }
    this.#tenants = new Tenants({ ...around, ...shared, asks: false, failoverTimeoutMs: 60_000 })
    const jobs = this.#tenants.jobs('bench', {})
    const count = agentCount * tasksEach
    const untilTold = (signal) => new Promise((end) => signal.addEventListener('abort', end))
    for (let n = 0; n < count; n++) jobs.call(untilTold, { cpus: 1 / tasksEach }).catch(() => {})
    // Looked at now and then: to count them after each turn would take longer than all the rest.
    while (runningIn(this.#host.snapshot().context.book) < count) await wait(50)
  }

  /** As after `kill -9`: the master says nothing, and its links break. */
  async stopMaster() {
    this.#host.stop('killed')
    await this.#storage.close()
    this.#link.tell('closed')
  }

  async startMaster() {
    const { storage, memory } = await openMasterMemory(this.#folder)
    const { roles, ids, timeouts } = this.#hosting
    this.#storage = storage
    this.#host = new Host({
      ...this.#hosting.on(this.#transport),
      role: roles.master,
      address: 'master',
      input: { masterId: ids.short(), timeouts, seed: ids.seed(), memory, ...sharingOf({}) },
      keeping: {
        storage,
        recordOf: (snapshot, key) => masterRecord(snapshot.context.book, key),
      },
    }).start()
    this.#link.tell('opened')
  }

  /** Resolves when all that its predecessor knew are back. */
  async reunited(taskCount) {
    await this.#host.when(
      ({ context: { book } }) => book.awaited.agents.size === 0 && taskCountIn(book) >= taskCount,
    )
  }

  /** What must be the same after a restart. */
  standing() {
    const { book } = this.#host.snapshot().context
    return {
      agents: [...book.agents.values()].map(({ id, state }) => `${id} ${state}`).sort(),
      tasks: [...book.agents.values()]
        .flatMap(({ id, tasks }) => [...tasks].map((task) => `${id} ${task.id} ${task.state}`))
        .sort(),
      used: [...book.agents.values()].map(({ id, used }) => `${id} ${JSON.stringify(used)}`).sort(),
    }
  }

  async close() {
    await this.#tenants.close({ graceMs: 0 })
    await Promise.all(this.#agents.map((agent) => agent.stop(0)))
    this.#host.stop('the benchmark is over')
    await this.#storage.close()
  }
}

function taskCountIn({ frameworks }) {
  let count = 0
  for (const { tasks } of frameworks.values()) count += tasks.size
  return count
}

function runningIn(book) {
  let count = 0
  for (const { tasks } of book.frameworks.values()) {
    for (const { state } of tasks.values()) if (state === 'TASK_RUNNING') count++
  }
  return count
}
