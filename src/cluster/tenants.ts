import type { Calls } from '../actors/calls.ts'
import type { Link, Transport } from '../actors/ports.ts'
import { Framework, type FrameworkCallbacks } from '../frameworks/framework.ts'
import { Jobs } from '../frameworks/jobs/jobs.ts'
import type { SchedulerParts } from '../frameworks/scheduler.ts'
import type { Resources } from '../messages/index.ts'
import { ClosedError, InvalidInputError } from '../model/errors.ts'
import { checkKeys } from '../model/resources/amounts.ts'
import type { Hosting } from './hosting.ts'
import type { Operator } from './operator.ts'
import {
  checkFramework,
  type FrameworkOptions,
  frameworkInfo,
  frameworkKeys,
  type JobsOptions,
  jobsKeys,
} from './options.ts'

export interface TenantsParts {
  readonly hosting: Hosting
  readonly transport: Transport
  readonly operator: Operator
  /** Keeps functions and modules for the agents of this process; without it there are none. */
  readonly calls?: Calls
  /** What each agent has in all, when that is known. */
  readonly agents?: () => readonly Resources[]
  /** Whether the master is told what waits, because its policy makes room for it. */
  readonly asks: boolean
  /** The way to the master, when that is in another process. */
  readonly link?: Link
  /** How long tasks run on when their scheduler is gone, where a framework does not say. */
  readonly failoverTimeoutMs?: number
}

/** The frameworks whose schedulers live in this process, wherever the master is. */
export class Tenants {
  readonly #parts: TenantsParts
  readonly #tenants = new Map<string, Jobs>()
  readonly #frameworks = new Map<string, Framework>()
  #closing: Promise<void> | undefined

  constructor(parts: TenantsParts) {
    this.#parts = parts
  }

  /** Those of the jobs framework. */
  all(): readonly Jobs[] {
    return [...this.#tenants.values()]
  }

  jobs(name: string, options: JobsOptions): Jobs {
    checkKeys(`framework ${name}`, options, jobsKeys)
    const parts = this.#admit({ name, ...options })
    const { hosting, calls, agents, asks } = this.#parts
    const tenant = new Jobs({
      ...parts,
      clock: hosting.clock,
      ...(calls !== undefined && { calls }),
      ...(agents !== undefined && { agents }),
      asks,
    })
    this.#tenants.set(name, tenant)
    return tenant
  }

  framework(options: FrameworkOptions, callbacks: FrameworkCallbacks): Framework {
    const framework = new Framework(this.#admit(options), callbacks)
    this.#frameworks.set(options.name, framework)
    return framework
  }

  /** Ends every job, then every framework; again: sooner, if a shorter grace is given. */
  close(options: { readonly graceMs?: number }): Promise<void> {
    const jobs = this.all().map((tenant) => tenant.close(options))
    this.#closing ??= this.#close(jobs)
    return this.#closing
  }

  async #close(jobs: readonly Promise<void>[]): Promise<void> {
    await Promise.all(jobs)
    await Promise.all([...this.#frameworks.values()].map((framework) => framework.stop()))
  }

  #admit(options: FrameworkOptions): SchedulerParts {
    const { name, weight, priority, frameworkId } = options
    const { hosting, transport, operator, link, failoverTimeoutMs } = this.#parts
    if (this.#closing !== undefined) throw new ClosedError('the cluster is closed')
    checkKeys(`framework ${name}`, options, frameworkKeys)
    checkFramework(options)
    if (this.#tenants.has(name) || this.#frameworks.has(name)) {
      throw new InvalidInputError(`there is a framework named ${name} already; names must differ`)
    }
    const info = frameworkInfo(
      failoverTimeoutMs === undefined ? options : { failoverTimeoutMs, ...options },
    )
    const forAll = (value: number) => Object.fromEntries(info.roles.map((role) => [role, value]))
    if (weight !== undefined) {
      operator.tell({ type: 'allocation.updateWeights', weights: forAll(weight) })
    }
    if (priority !== undefined) {
      operator.tell({ type: 'allocation.updatePriorities', priorities: forAll(priority) })
    }
    return {
      host: {
        ...hosting.on(transport),
        role: hosting.roles.scheduler,
        address: `scheduler/${name}`,
      },
      info,
      ...(frameworkId !== undefined && { frameworkId }),
      seed: hosting.ids.seed(),
      timeouts: hosting.timeouts,
      ...(link !== undefined && { link }),
    }
  }
}
