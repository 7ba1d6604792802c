import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Calls } from './actors/calls.ts'
import { Host, type HostOptions } from './actors/host.ts'
import { createRandomIds } from './actors/ids.ts'
import { Inspection, type Inspector } from './actors/inspection.ts'
import type { Clock, Ids } from './actors/ports.ts'
import { RealClock } from './actors/real-clock.ts'
import { createRoles, type Roles } from './actors/roles.ts'
import { LocalAgent } from './cluster/local-agent.ts'
import {
  agentInfos,
  type ClusterOptions,
  checkFramework,
  checkOptions,
  type FrameworkOptions,
  frameworkKeys,
  policyNamed,
  rolesOf,
} from './cluster/options.ts'
import { type ClusterSnapshot, snapshotOf } from './cluster/snapshot.ts'
import { createCommandRunner } from './executors/command-runner.ts'
import { createFunctionRunner } from './executors/function-runner.ts'
import { createThreadRunner } from './executors/thread-runner.ts'
import { VolumeFolders, volumesFolder } from './executors/volumes.ts'
import { Framework, type FrameworkCallbacks } from './frameworks/framework.ts'
import { Jobs } from './frameworks/jobs/jobs.ts'
import type { SchedulerParts } from './frameworks/scheduler.ts'
import { checkDuration } from './frameworks/task-request.ts'
import { timeoutsWith } from './machines/support/delays.ts'
import { type AgentInfo, type Envelope, MASTER, OPERATOR } from './messages/index.ts'
import { ClosedError, InvalidInputError } from './model/errors.ts'
import type { Ledger, LedgerOptions } from './model/ledger/ledger.ts'
import { checkKeys } from './model/resources/amounts.ts'
import type { Timeouts } from './model/timeouts.ts'
import type { Mark } from './model/turn.ts'
import { MemoryTransport } from './transports/memory.ts'

/** In one process nobody needs to be spared a crowd of registrations. */
const registrationBackoffMs = 50

/**
 * A master and its agents inside this process: the composition root. Tenants come by `jobs()`,
 * own schedulers by `framework()`.
 */
export class Cluster {
  /** Where the sandboxes of commands are made. */
  readonly workDir: string
  /** Resolves when every agent is known to the master. */
  readonly ready: Promise<void>
  readonly #clock: Clock
  readonly #ids: Ids
  readonly #transport: MemoryTransport
  readonly #inspection = new Inspection()
  readonly #roles: Roles
  readonly #timeouts: Timeouts
  readonly #calls = new Calls()
  readonly #marks = new Map<string, number>()
  readonly #master: Host
  readonly #agents: readonly LocalAgent[]
  readonly #tenants = new Map<string, Jobs>()
  readonly #frameworks = new Map<string, Framework>()
  #closing: Promise<void> | undefined

  /** Throws InvalidInputError for options that cannot work; see `createCluster`. */
  constructor(options: ClusterOptions = {}) {
    checkOptions(options)
    const infos = agentInfos(options.agents)
    const policy = policyNamed(options.policy)
    this.#clock = options.clock ?? new RealClock()
    this.#ids = options.ids ?? createRandomIds()
    this.#timeouts = timeoutsWith({ registrationBackoffMs, ...options.timeouts })
    this.#transport = new MemoryTransport({
      clock: this.#clock,
      ...(options.check && { check: options.check }),
    })
    this.#roles = createRoles(this.#clock, policy)
    if (options.inspect !== undefined) this.#inspection.inspect(options.inspect)
    const masterId = this.#ids.short()
    this.workDir = resolve(options.workDir ?? join(tmpdir(), `mesostate-${masterId}`))
    const ledger: LedgerOptions = {
      masterId,
      timeouts: this.#timeouts,
      weights: new Map(Object.entries(options.weights ?? {})),
    }
    this.#master = new Host({
      ...this.#shared(),
      role: this.#roles.master,
      address: MASTER,
      input: ledger,
    }).start()
    const runners = {
      COMMAND: createCommandRunner({ sandboxRoot: this.workDir }),
      FUNCTION: createFunctionRunner(this.#calls),
      THREAD: createThreadRunner(this.#calls),
    }
    this.#agents = infos.map(
      (info) =>
        new LocalAgent({
          roles: this.#roles,
          host: this.#shared(),
          info,
          ids: this.#ids,
          timeouts: this.#timeouts,
          runners,
          volumes: this.#volumesOf(info),
        }),
    )
    this.ready = Promise.all(this.#agents.map((agent) => agent.registered)).then(() => {})
  }

  /** A tenant: its jobs get their fair share. Throws InvalidInputError when the name is taken. */
  jobs(name: string, options: Omit<FrameworkOptions, 'name'> = {}): Jobs {
    const tenant = new Jobs({
      ...this.#admit({ name, ...options }),
      clock: this.#clock,
      calls: this.#calls,
      agents: () => this.#agents.map((agent) => agent.info.resources),
    })
    this.#tenants.set(name, tenant)
    return tenant
  }

  /** A framework with an own scheduler. Throws InvalidInputError when the name is taken. */
  framework(options: FrameworkOptions, callbacks: FrameworkCallbacks): Framework {
    const framework = new Framework(this.#admit(options), callbacks)
    this.#frameworks.set(options.name, framework)
    return framework
  }

  /** Standard XState inspection of every actor, from now on; living ones are replayed. */
  inspect(inspector: Inspector): () => void {
    return this.#inspection.inspect(inspector)
  }

  /** Each message as it is delivered, until the returned function is called. */
  messages(observer: (envelope: Envelope) => void): () => void {
    return this.#transport.observe(observer)
  }

  /** How the cluster stands: agents, frameworks, offers, and which task holds what. */
  snapshot(): ClusterSnapshot {
    const ledger: Ledger = this.#master.snapshot().context.book
    return snapshotOf(ledger)
  }

  /** What happened against expectation, and how often; empty in a healthy cluster. */
  marks(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#marks)
  }

  /**
   * Ends every task gracefully, then everything else; nothing of it survives. Calling it again
   * waits for the same end, sooner if a shorter `graceMs` is given.
   */
  async close(options: { readonly graceMs?: number } = {}): Promise<void> {
    checkDuration('the cluster', 'graceMs', options.graceMs)
    const tenants = [...this.#tenants.values()].map((tenant) => tenant.close(options))
    this.#closing ??= this.#close(tenants, options.graceMs)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(tenants: readonly Promise<void>[], graceMs: number | undefined): Promise<void> {
    await Promise.all(tenants)
    await Promise.all([...this.#frameworks.values()].map((framework) => framework.stop()))
    await Promise.all(this.#agents.map((agent) => agent.stop(graceMs)))
    this.#master.stop('the cluster was closed')
    this.#transport.close()
  }

  #admit(options: FrameworkOptions): SchedulerParts {
    const { name, weight, principal, failoverTimeoutMs, offerConstraints } = options
    const roles = rolesOf(options)
    if (this.#closing !== undefined) throw new ClosedError('the cluster is closed')
    checkKeys(`framework ${name}`, options, frameworkKeys)
    checkFramework(options)
    if (this.#tenants.has(name) || this.#frameworks.has(name)) {
      throw new InvalidInputError(`there is a framework named ${name} already; names must differ`)
    }
    if (weight !== undefined) {
      this.#transport.send({
        from: OPERATOR,
        to: MASTER,
        message: {
          type: 'allocation.updateWeights',
          weights: Object.fromEntries(roles.map((role) => [role, weight])),
        },
      })
    }
    return {
      host: {
        ...this.#shared(),
        role: this.#roles.scheduler,
        address: `scheduler/${name}`,
      },
      info: {
        name,
        roles: [...roles],
        ...(principal !== undefined && { principal }),
        capabilities: ['PARTITION_AWARE', 'TASK_KILLING_STATE', 'GPU_RESOURCES'],
        ...(failoverTimeoutMs !== undefined && { failoverTimeoutMs }),
        // A copy: what was checked must not change any more.
        ...(offerConstraints && { offerConstraints: structuredClone(offerConstraints) }),
      },
      seed: this.#ids.seed(),
      timeouts: this.#timeouts,
    }
  }

  #volumesOf({ hostname }: AgentInfo): VolumeFolders {
    const { onMark } = this.#shared()
    return new VolumeFolders(join(this.workDir, volumesFolder, hostname), (detail) =>
      onMark?.({ name: 'volume.leftover', detail }, hostname),
    )
  }

  #shared(): Pick<HostOptions, 'clock' | 'transport' | 'inspection' | 'onMark'> {
    return {
      clock: this.#clock,
      transport: this.#transport,
      inspection: this.#inspection,
      onMark: ({ name }: Mark) => this.#marks.set(name, (this.#marks.get(name) ?? 0) + 1),
    }
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
