import { onTestFinished } from 'vitest'
import type { InspectionEvent } from 'xstate'
import { createCountingIds } from '../../src/actors/ids.ts'
import { VirtualClock } from '../../src/actors/virtual-clock.ts'
import type { ClusterOptions } from '../../src/cluster/options.ts'
import { Cluster } from '../../src/cluster.ts'
import { EnvelopeChecker } from '../../src/messages/checker.ts'
import type { Envelope, Message } from '../../src/messages/index.ts'
import type { Ledger } from '../../src/model/ledger/ledger.ts'
import { checkSoundness } from './invariants.ts'
import { MessageLog } from './message-log.ts'

type WorldOptions = Omit<ClusterOptions, 'clock' | 'ids' | 'check'>

/** Promises get their turn at least this often while time passes. */
const strideMs = 1_000

/**
 * A whole cluster on virtual time, whose messages are encoded and checked. After every verb the
 * books must balance and nobody may have heard what it does not expect.
 */
export class World {
  readonly clock = new VirtualClock()
  readonly cluster: Cluster
  /** The master's book itself. */
  readonly ledger: Ledger
  readonly #log = new MessageLog()

  constructor(options: WorldOptions) {
    const { clock } = this
    this.cluster = new Cluster({
      clock,
      ids: createCountingIds(),
      check: new EnvelopeChecker(),
      ...options,
    })
    this.ledger = ledgerOf(this.cluster)
    this.cluster.messages(this.#log.add)
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    await this.clock.settled()
    this.check()
  }

  /** Lets time pass, with everything that happens meanwhile. */
  async advance(ms: number): Promise<void> {
    await this.clock.settled()
    for (let left = ms; left > 0; left -= strideMs) {
      this.clock.advance(Math.min(left, strideMs))
      await this.clock.settled()
    }
    this.check()
  }

  /** Lets time pass until the promise resolves; fails when it has not within the time given. */
  async until<Value>(promise: Promise<Value>, withinMs = 60_000): Promise<Value> {
    let isOver = false
    const over = promise.finally(() => {
      isOver = true
    })
    over.catch(() => {})
    await this.settle()
    for (let left = withinMs; !isOver; left -= strideMs) {
      if (left <= 0) throw new Error(`not within ${withinMs} ms of virtual time`)
      await this.advance(strideMs)
    }
    return over
  }

  /** Closes the cluster; takes real time only if it has real processes. */
  async close(): Promise<void> {
    let isClosed = false
    const closed = this.cluster.close({ graceMs: 0 }).finally(() => {
      isClosed = true
    })
    while (!isClosed) {
      this.clock.advance(strideMs)
      await this.clock.settled()
    }
    await closed
  }

  /** The delivered messages of a type; `from` and `to` are addresses or roles. */
  sent<Type extends Message['type']>(type: Type, from?: string, to?: string) {
    return this.#log.sent(type, from, to)
  }

  get log(): readonly Envelope[] {
    return this.#log.envelopes
  }

  check(): void {
    checkSoundness(this.ledger, Object.keys(this.cluster.marks()))
  }
}

/** A world whose agents are known to the master; closed after the test. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const world = new World({ agents: [{ cpus: 4, mem: 4_096 }], ...options })
  onTestFinished(() => world.close())
  await world.until(world.cluster.ready)
  return world
}

/** The book of a cluster's master: inspection shows it, and a late inspector sees it at once. */
export function ledgerOf(cluster: Cluster): Ledger {
  const found: Ledger[] = []
  const detach = cluster.inspect((event: InspectionEvent) => {
    if (event.type === '@xstate.snapshot' && isMasters(event.snapshot)) {
      found.push(event.snapshot.context.book)
    }
  })
  detach()
  const [ledger] = found
  if (ledger === undefined) throw new Error('no living master was inspected')
  return ledger
}

function isMasters(snapshot: object): snapshot is { context: { book: Ledger } } {
  if (!('context' in snapshot)) return false
  const { context } = snapshot
  if (typeof context !== 'object' || context === null || !('book' in context)) return false
  const { book } = context
  return typeof book === 'object' && book !== null && 'masterId' in book
}
