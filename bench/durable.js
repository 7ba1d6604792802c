import { join } from 'node:path'
import { Calls } from '../dist/actors/calls.js'
import { Controls } from '../dist/cluster/controls.js'
import { Hosting } from '../dist/cluster/hosting.js'
import { agentInfos } from '../dist/cluster/options.js'
import { startAgents } from '../dist/cluster/real-agents.js'
import { policyNamed, sharingOf } from '../dist/cluster/sharing.js'
import { Tenants } from '../dist/cluster/tenants.js'
import { openAgentMemory } from '../dist/storage/open.js'
import { MemoryTransport } from '../dist/transports/memory.js'

/**
 * An embedded cluster whose one agent keeps what it knows in a level folder, where one is given:
 * all else is as in `createCluster`.
 */
export class DurableCluster extends Controls {
  #agent
  #tenants

  static async start(agent, { workDir, folder }) {
    const opened = folder && (await openAgentMemory(join(folder, 'memories')))
    const past = opened && { storage: opened.storage, memory: opened.memory, bootId: 'bench' }
    const cluster = new DurableCluster(agent, workDir, past)
    await cluster.#agent.registered
    return cluster
  }

  constructor(agent, workDir, past) {
    const policy = policyNamed()
    const hosting = new Hosting({ timeouts: { registrationBackoffMs: 50 } }, policy)
    const transport = new MemoryTransport({ clock: hosting.clock })
    const calls = new Calls()
    super({
      hosting,
      transport,
      policy,
      ledger: { masterId: 'bench', ...sharingOf({}) },
      tenants: () => this.#tenants.all(),
    })
    const { roles, ids, timeouts } = hosting
    const host = hosting.on(transport)
    const parts = { roles, host, ids, timeouts, calls, workDir, ...(past && { past }) }
    const [started] = startAgents(agentInfos([agent]), parts)
    this.#agent = started
    this.#tenants = new Tenants({
      hosting,
      transport,
      operator: this.operator,
      calls,
      agents: () => [started.info.resources],
      asks: false,
    })
  }

  jobs(name) {
    return this.#tenants.jobs(name, {})
  }

  async close() {
    await this.#tenants.close({})
    await this.#agent.stop()
    this.end('the benchmark is over')
  }
}
