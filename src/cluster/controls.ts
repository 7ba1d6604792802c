import { Host } from '../actors/host.ts'
import type { Inspector } from '../actors/inspection.ts'
import type { Storage, Transport } from '../actors/ports.ts'
import type { Jobs } from '../frameworks/jobs/jobs.ts'
import { type Envelope, MASTER, type OperatorRequest } from '../messages/index.ts'
import { ConstraintCompiler } from '../model/allocation/constraints.ts'
import type { AllocationPolicy } from '../model/allocation/policy.ts'
import { assert } from '../model/assert.ts'
import type { Ledger, LedgerOptions } from '../model/ledger/ledger.ts'
import { masterRecord } from '../model/master/keep.ts'
import type { MasterEffect, MasterReport } from '../model/master/reports.ts'
import { type Explanation, explainCluster } from './explain.ts'
import type { Hosting } from './hosting.ts'
import { Operator } from './operator.ts'
import { type ClusterSnapshot, snapshotOf } from './snapshot.ts'
import { Upkeep } from './upkeep.ts'

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
  /** Where it keeps what its successor is to know, if it does. */
  readonly storage?: Storage
  /** Hears that the master could not go on, and why: its disk is full, say. */
  readonly onCrash?: (reason: string) => void
  /** Keeps the history of tasks, agents and frameworks, which the master's book forgets. */
  readonly onReport?: (report: MasterReport) => void
  /** Tenants of this process, whose waiting jobs can be explained. */
  readonly tenants: () => readonly Jobs[]
}

/** A master in this process, and what whoever runs the cluster sees and sets. */
export class Controls extends Upkeep {
  protected readonly operator: Operator
  readonly #parts: ControlsParts
  readonly #master: Host

  constructor(parts: ControlsParts) {
    super()
    this.#parts = parts
    const { hosting, transport, ledger, storage } = parts
    const { roles, timeouts, ids } = hosting
    this.operator = new Operator(transport)
    const reports = parts.onReport !== undefined
    const input: LedgerOptions = { ...ledger, timeouts, seed: ids.seed(), reports }
    this.#master = new Host({
      ...hosting.on(transport),
      role: roles.master,
      address: MASTER,
      input,
      ...(storage && {
        keeping: {
          storage,
          recordOf: (snapshot, key) => masterRecord(snapshot.context.book, key),
        },
      }),
      perform: (_type, params) => parts.onReport?.(reportIn(params)),
      onEnd: ({ how, reason }) => {
        if (how === 'crashed') parts.onCrash?.(reason)
      },
    }).start()
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
    return snapshotOf(this.ledger)
  }

  protected override get ledger(): Ledger {
    return this.#master.snapshot().context.book
  }

  /** Who has what part of the pool, and for each job that waits a sentence that says why. */
  explain(): Explanation {
    const { policy, hosting, tenants } = this.#parts
    const at = hosting.clock.now()
    const context = { ledger: this.ledger, policy, compiler: new ConstraintCompiler(), at }
    return explainCluster(context, tenants())
  }

  /** What happened against expectation, and how often; empty in a healthy cluster. */
  marks(): Readonly<Record<string, number>> {
    return this.#parts.hosting.marks()
  }

  protected override ask(setting: OperatorRequest): Promise<void> {
    return this.operator.ask(setting)
  }

  /** Ends the master, the operator and the transport. */
  protected end(reason: string): void {
    this.#master.stop(reason)
    this.operator.close()
    this.#parts.transport.close()
  }
}

/** Reports are all that a master does besides talking. */
function reportIn(params: unknown): MasterReport {
  assert(isReport(params), () => `a master asks for ${JSON.stringify(params)}`)
  return params.report
}

function isReport(params: unknown): params is MasterEffect {
  return typeof params === 'object' && params !== null && 'report' in params
}
