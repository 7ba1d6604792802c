import { Host } from '../actors/host.ts'
import type { Inspector } from '../actors/inspection.ts'
import type { Transport } from '../actors/ports.ts'
import type { Jobs } from '../frameworks/jobs/jobs.ts'
import { type Envelope, MASTER } from '../messages/index.ts'
import { ConstraintCompiler } from '../model/allocation/constraints.ts'
import type { AllocationPolicy } from '../model/allocation/policy.ts'
import type { Ledger, LedgerOptions } from '../model/ledger/ledger.ts'
import { type Explanation, explainCluster } from './explain.ts'
import type { Hosting } from './hosting.ts'
import { Operator } from './operator.ts'
import { hostnames, type QuotaOptions, quotaInfos } from './sharing.ts'
import { type ClusterSnapshot, snapshotOf } from './snapshot.ts'

/** A transport that can be watched. */
export interface WatchedTransport extends Transport {
  observe(observer: (envelope: Envelope) => void): () => void
}

export interface ControlsParts {
  readonly hosting: Hosting
  readonly transport: WatchedTransport
  readonly policy: AllocationPolicy
  /** What the master's book begins with. */
  readonly ledger: Omit<LedgerOptions, 'timeouts' | 'seed'>
  /** Tenants of this process, whose waiting jobs can be explained. */
  readonly tenants: () => readonly Jobs[]
}

/** A master in this process, and what whoever runs the cluster sees and sets. */
export class Controls {
  protected readonly operator: Operator
  readonly #parts: ControlsParts
  readonly #master: Host

  constructor(parts: ControlsParts) {
    this.#parts = parts
    const { hosting, transport, ledger } = parts
    const { roles, timeouts, ids } = hosting
    this.operator = new Operator(transport)
    const input: LedgerOptions = { ...ledger, timeouts, seed: ids.seed() }
    this.#master = new Host({
      ...hosting.on(transport),
      role: roles.master,
      address: MASTER,
      input,
    }).start()
  }

  /**
   * How much roles count from now on. Resolves when it does; rejects with InvalidInputError, and
   * nothing has changed, when a weight is not above zero.
   */
  updateWeights(weights: Readonly<Record<string, number>>): Promise<void> {
    return this.operator.ask({ type: 'allocation.updateWeights', weights: { ...weights } })
  }

  /** Which roles come first from now on, under the policies that know priorities. */
  updatePriorities(priorities: Readonly<Record<string, number>>): Promise<void> {
    return this.operator.ask({
      type: 'allocation.updatePriorities',
      priorities: { ...priorities },
    })
  }

  /**
   * What roles are promised and may have at most from now on; an empty quota takes the old one
   * away. Rejects with InvalidInputError, and nothing has changed, when a quota cannot be, or when
   * the cluster as it stands cannot keep it, unless it is forced.
   */
  async updateQuotas(
    quotas: Readonly<Record<string, QuotaOptions>>,
    options: { readonly force?: boolean } = {},
  ): Promise<void> {
    return this.operator.ask({
      type: 'allocation.updateQuotas',
      quotas: quotaInfos(quotas),
      ...(options.force !== undefined && { force: options.force }),
    })
  }

  /** Only agents of these names are offered from now on; all are when nothing is given. */
  async updateWhitelist(agents?: readonly string[]): Promise<void> {
    const names = agents !== undefined && { hostnames: hostnames(agents) }
    return this.operator.ask({ type: 'allocation.updateWhitelist', ...names })
  }

  /** Standard XState inspection of every actor here, from now on; living ones are replayed. */
  inspect(inspector: Inspector): () => void {
    return this.#parts.hosting.inspection.inspect(inspector)
  }

  /** Each message as it is delivered, until the returned function is called. */
  messages(observer: (envelope: Envelope) => void): () => void {
    return this.#parts.transport.observe(observer)
  }

  /** How the cluster stands: agents, frameworks, offers, and which task holds what. */
  snapshot(): ClusterSnapshot {
    return snapshotOf(this.#ledger)
  }

  get #ledger(): Ledger {
    return this.#master.snapshot().context.book
  }

  /** Who has what part of the pool, and for each job that waits a sentence that says why. */
  explain(): Explanation {
    const { policy, hosting, tenants } = this.#parts
    const at = hosting.clock.now()
    const context = { ledger: this.#ledger, policy, compiler: new ConstraintCompiler(), at }
    return explainCluster(context, tenants())
  }

  /** What happened against expectation, and how often; empty in a healthy cluster. */
  marks(): Readonly<Record<string, number>> {
    return this.#parts.hosting.marks()
  }

  /** Ends the master, the operator and the transport. */
  protected end(reason: string): void {
    this.#master.stop(reason)
    this.operator.close()
    this.#parts.transport.close()
  }
}
