import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Calls } from './actors/calls.ts'
import { Host, type HostOptions } from './actors/host.ts'
import { createRandomIds } from './actors/ids.ts'
import { Inspection, type Inspector } from './actors/inspection.ts'
import type { Clock, Ids } from './actors/ports.ts'
import { RealClock } from './actors/real-clock.ts'
import { createRoles, type Roles } from './actors/roles.ts'
import { type Explanation, explainCluster } from './cluster/explain.ts'
import { Operator, type Setting } from './cluster/operator.ts'
import {
  agentInfos,
  type ClusterOptions,
  checkFramework,
  checkOptions,
  type FrameworkOptions,
  frameworkInfo,
  frameworkKeys,
} from './cluster/options.ts'
import { restartAgents, startAgents } from './cluster/real-agents.ts'
import { policyNamed, sharingOf } from './cluster/sharing.ts'
import { type ClusterSnapshot, snapshotOf } from './cluster/snapshot.ts'
import { Upkeep } from './cluster/upkeep.ts'
import type { LocalAgent } from './executors/local-agent.ts'
import { Framework, type FrameworkCallbacks } from './frameworks/framework.ts'
import { Jobs } from './frameworks/jobs/jobs.ts'
import type { SchedulerParts } from './frameworks/scheduler.ts'
import { checkDuration } from './frameworks/task-request.ts'
import { timeoutsWith } from './machines/support/delays.ts'
import { type AgentInfo, type Envelope, MASTER } from './messages/index.ts'
import { ConstraintCompiler } from './model/allocation/constraints.ts'
import type { AllocationPolicy } from './model/allocation/policy.ts'
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
export class Cluster extends Upkeep {
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
  readonly #operator: Operator
  readonly #policy: AllocationPolicy
  readonly #calls = new Calls()
  readonly #marks = new Map<string, number>()
  readonly #master: Host
  readonly #agents: LocalAgent[]
  readonly #tenants = new Map<string, Jobs>()
  readonly #frameworks = new Map<string, Framework>()
  #closing: Promise<void> | undefined

  /** Throws InvalidInputError for options that cannot work; see `createCluster`. */
  constructor(options: ClusterOptions = {}) {
    super()
    checkOptions(options)
    const infos = agentInfos(options.agents)
    this.#policy = policyNamed(options.policy)
    const sharing = sharingOf(options, infos)
    this.#clock = options.clock ?? new RealClock()
    this.#ids = options.ids ?? createRandomIds()
    this.#timeouts = timeoutsWith({ registrationBackoffMs, ...options.timeouts })
    this.#transport = new MemoryTransport({
      clock: this.#clock,
      ...(options.check && { check: options.check }),
    })
    this.#operator = new Operator(this.#transport)
    this.#roles = createRoles(this.#clock, this.#policy)
    if (options.inspect !== undefined) this.#inspection.inspect(options.inspect)
    const masterId = this.#ids.short()
    this.workDir = resolve(options.workDir ?? join(tmpdir(), `mesostate-${masterId}`))
    const ledger: LedgerOptions = {
      masterId,
      timeouts: this.#timeouts,
      seed: this.#ids.seed(),
      ...sharing,
    }
    this.#master = new Host({
      ...this.#shared(),
      role: this.#roles.master,
      address: MASTER,
      input: ledger,
    }).start()
    this.#agents = this.#begin(infos)
    this.ready = Promise.all(this.#agents.map((agent) => agent.registered)).then(() => {})
  }

  /** A tenant: its jobs get their fair share. Throws InvalidInputError when the name is taken. */
  jobs(name: string, options: Omit<FrameworkOptions, 'name'> = {}): Jobs {
    const tenant = new Jobs({
      ...this.#admit({ name, ...options }),
      clock: this.#clock,
      calls: this.#calls,
      agents: () => this.#agents.map((agent) => agent.info.resources),
      asks: this.#policy.preempts === true,
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

  /** … and so are their agents, which were shut down and begin anew. */
  override async stopMaintenance(machines: readonly string[]): Promise<void> {
    await super.stopMaintenance(machines)
    await restartAgents(this.#agents, machines, (info) => {
      return this.#closing === undefined ? this.#begin([info])[0] : undefined
    })
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
    return snapshotOf(this.ledger)
  }

  protected override get ledger(): Ledger {
    return this.#master.snapshot().context.book
  }

  /** Who has what part of the pool, and for each job that waits a sentence that says why. */
  explain(): Explanation {
    return explainCluster(
      {
        ledger: this.ledger,
        policy: this.#policy,
        compiler: new ConstraintCompiler(),
        at: this.#clock.now(),
      },
      [...this.#tenants.values()],
    )
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
    this.#operator.close()
    this.#transport.close()
  }

  protected override ask(setting: Setting): Promise<void> {
    return this.#operator.ask(setting)
  }

  #begin(infos: readonly AgentInfo[]): LocalAgent[] {
    return startAgents(infos, {
      roles: this.#roles,
      host: this.#shared(),
      ids: this.#ids,
      timeouts: this.#timeouts,
      calls: this.#calls,
      workDir: this.workDir,
    })
  }

  #admit(options: FrameworkOptions): SchedulerParts {
    const { name, weight, priority } = options
    if (this.#closing !== undefined) throw new ClosedError('the cluster is closed')
    checkKeys(`framework ${name}`, options, frameworkKeys)
    checkFramework(options)
    if (this.#tenants.has(name) || this.#frameworks.has(name)) {
      throw new InvalidInputError(`there is a framework named ${name} already; names must differ`)
    }
    const info = frameworkInfo(options)
    const forAll = (value: number) => Object.fromEntries(info.roles.map((role) => [role, value]))
    if (weight !== undefined) {
      this.#operator.tell({ type: 'allocation.updateWeights', weights: forAll(weight) })
    }
    if (priority !== undefined) {
      this.#operator.tell({ type: 'allocation.updatePriorities', priorities: forAll(priority) })
    }
    return {
      host: {
        ...this.#shared(),
        role: this.#roles.scheduler,
        address: `scheduler/${name}`,
      },
      info,
      seed: this.#ids.seed(),
      timeouts: this.#timeouts,
    }
  }

  #shared(): Pick<HostOptions, 'clock' | 'transport' | 'inspection' | 'onMark'> {
    return {
      clock: this.#clock,
      transport: this.#transport,
      inspection: this.#inspection,
      onMark: (mark: Mark) => this.#note(mark),
    }
  }

  /** Counts it; that a policy was not believed is said once, because it is somebody's bug. */
  #note({ name, detail }: Mark): void {
    const count = this.#marks.get(name) ?? 0
    this.#marks.set(name, count + 1)
    if (name === 'allocation.rejected' && count === 0) {
      process.emitWarning(`${detail}; the policy drf decides instead`, 'PolicyWarning')
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
