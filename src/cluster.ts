import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Calls } from './actors/calls.ts'
import { Controls } from './cluster/controls.ts'
import { Hosting } from './cluster/hosting.ts'
import {
  agentInfos,
  type ClusterOptions,
  checkOptions,
  type FrameworkOptions,
  type JobsOptions,
} from './cluster/options.ts'
import { restartAgents, startAgents } from './cluster/real-agents.ts'
import { policyNamed, sharingOf } from './cluster/sharing.ts'
import { Tenants } from './cluster/tenants.ts'
import type { LocalAgent } from './executors/local-agent.ts'
import type { Framework, FrameworkCallbacks } from './frameworks/framework.ts'
import type { Jobs } from './frameworks/jobs/jobs.ts'
import { checkDuration } from './frameworks/task-request.ts'
import type { AgentInfo } from './messages/index.ts'
import { MemoryTransport } from './transports/memory.ts'

/** In one process nobody needs to be spared a crowd of registrations. */
const registrationBackoffMs = 50

/**
 * A master and its agents inside this process: the composition root. Tenants come by `jobs()`,
 * own schedulers by `framework()`.
 */
export class Cluster extends Controls {
  /** Where the sandboxes of commands are made. */
  readonly workDir: string
  /** Resolves when every agent is known to the master. */
  readonly ready: Promise<void>
  readonly #agents: LocalAgent[]
  readonly #begin: (infos: readonly AgentInfo[]) => LocalAgent[]
  readonly #tenants: Tenants
  #closing: Promise<void> | undefined

  /** Throws InvalidInputError for options that cannot work; see `createCluster`. */
  constructor(options: ClusterOptions = {}) {
    checkOptions(options)
    const infos = agentInfos(options.agents)
    const policy = policyNamed(options.policy)
    const sharing = sharingOf(options, infos)
    const timeouts = { registrationBackoffMs, ...options.timeouts }
    const hosting = new Hosting({ ...options, timeouts }, policy)
    const { clock, ids } = hosting
    const transport = new MemoryTransport({
      clock,
      ...(options.check && { check: options.check }),
    })
    const masterId = ids.short()
    super({
      hosting,
      transport,
      policy,
      ledger: { masterId, ...sharing },
      tenants: () => this.#tenants.all(),
    })
    this.workDir = resolve(options.workDir ?? join(tmpdir(), `mesostate-${masterId}`))
    const calls = new Calls()
    this.#begin = (starting) =>
      startAgents(starting, {
        roles: hosting.roles,
        host: hosting.on(transport),
        ids,
        timeouts: hosting.timeouts,
        calls,
        workDir: this.workDir,
      })
    this.#agents = this.#begin(infos)
    this.#tenants = new Tenants({
      hosting,
      transport,
      operator: this.operator,
      calls,
      agents: () => this.#agents.map((agent) => agent.info.resources),
      asks: policy.preempts === true,
    })
    this.ready = Promise.all(this.#agents.map((agent) => agent.registered)).then(() => {})
  }

  /** A tenant: its jobs get their fair share. Throws InvalidInputError when the name is taken. */
  jobs(name: string, options: JobsOptions = {}): Jobs {
    return this.#tenants.jobs(name, options)
  }

  /** A framework with an own scheduler. Throws InvalidInputError when the name is taken. */
  framework(options: FrameworkOptions, callbacks: FrameworkCallbacks): Framework {
    return this.#tenants.framework(options, callbacks)
  }

  /** … and so are their agents, which were shut down and begin anew. */
  override async stopMaintenance(machines: readonly string[]): Promise<void> {
    await super.stopMaintenance(machines)
    await restartAgents(this.#agents, machines, (info) => {
      return this.#closing === undefined ? this.#begin([info])[0] : undefined
    })
  }

  /**
   * Ends every task gracefully, then everything else; nothing of it survives. Calling it again
   * waits for the same end, sooner if a shorter `graceMs` is given.
   */
  async close(options: { readonly graceMs?: number } = {}): Promise<void> {
    checkDuration('the cluster', 'graceMs', options.graceMs)
    const tenants = this.#tenants.close(options)
    this.#closing ??= this.#close(tenants, options.graceMs)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(tenants: Promise<void>, graceMs: number | undefined): Promise<void> {
    await tenants
    await Promise.all(this.#agents.map((agent) => agent.stop(graceMs)))
    this.end('the cluster was closed')
  }
}

/**
 * Starts a cluster inside this process and waits until its agents are known. Throws
 * InvalidInputError for options that cannot work.
 */
export async function createCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = new Cluster(options)
  await cluster.ready
  return cluster
}
