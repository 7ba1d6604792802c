import type { Attributes } from '../../messages/index.ts'
import { hasFree } from '../ledger/accounts.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { AgentRecord } from '../ledger/records.ts'
import { isPlain, nameOf, scalarsByName } from '../resources/kinds.ts'
import { contains, isEmpty, type Quantities } from '../resources/quantities.ts'
import type { Contender } from './contender.ts'
import type { Candidate } from './policy.ts'

/** Of these a crumb is no use; of any other resource (gpus, licences, …) whatever is left is. */
const commonResources: ReadonlySet<string> = new Set(['cpus', 'mem', 'disk', 'ports'])

type Minimums = readonly Readonly<Record<string, number>>[]

interface LotOptions {
  /** How many clients there are in the round. */
  readonly clients: number
  /** Milliseconds. */
  readonly at: number
  /** The policy sees copies, so that it cannot change the book. */
  readonly untrusted: boolean
}

/** What is free on one agent, in one round. */
export class Lot implements Candidate {
  readonly agent: AgentRecord
  readonly agentId: string
  readonly hasGpus: boolean
  /** Nothing here is reserved or revocable, so that everybody may have all of it. */
  readonly isPlain: boolean
  readonly total: Readonly<Quantities>
  free: Readonly<Quantities>
  /** Its place among the candidates of its round. */
  index = 0
  /** Somebody got something here, or would have but for a quota: the next look may differ. */
  isContested = false
  /** Whose wishes are no newer was refused already, until the time below. */
  readonly settledEpoch: number
  settledUntil = Number.POSITIVE_INFINITY
  readonly #clients: number
  #refusals = 0
  #worth: { part: Readonly<Quantities>; minimums: Minimums; isWorth: boolean } | undefined

  constructor(agent: AgentRecord, { clients, at, untrusted }: LotOptions) {
    this.agent = agent
    this.agentId = agent.id
    this.free = untrusted ? { ...agent.free } : agent.free
    this.total = untrusted ? { ...agent.total } : agent.total
    this.hasGpus = hasGpus(agent.total)
    this.isPlain = hasPlainKeys(agent.free)
    const { settled } = agent
    this.settledEpoch = settled !== undefined && at < settled.until ? settled.epoch : -1
    if (this.settledEpoch >= 0 && settled !== undefined) this.settledUntil = settled.until
    this.#clients = clients
  }

  get hostname(): string {
    return this.agent.info.hostname
  }

  get attributes(): Attributes {
    return this.agent.attributes
  }

  /** Every client was refused, for reasons that last until a known time. */
  get isSettled(): boolean {
    return !this.isContested && this.#refusals === this.#clients
  }

  refuse(contender: Contender, until = Number.POSITIVE_INFINITY): void {
    if (until < this.settledUntil) this.settledUntil = until
    if (contender.refusedLot === this) return
    contender.refusedLot = this
    this.#refusals++
  }

  /** Somebody comes back to it after another agent: who was refused already is not known then. */
  revisit(): void {
    if (this.#refusals > 0) this.isContested = true
  }

  /** Whether an offer of this is worth making; remembered, because most clients are offered all. */
  isWorth(part: Readonly<Quantities>, minimums: Minimums): boolean {
    const known = this.#worth
    if (known?.part === part && known.minimums === minimums) return known.isWorth
    const isWorth = isWorthOffering(part, minimums)
    this.#worth = { part, minimums, isWorth }
    return isWorth
  }
}

/** What may be offered of these agents; those that have nothing, or may not be, are left out. */
export function lotsOn(ledger: Ledger, agentIds: Iterable<string>, options: LotOptions): Lot[] {
  const lots: Lot[] = []
  for (const id of agentIds) {
    const agent = ledger.agents.get(id)
    if (agent === undefined || !hasFree(agent)) continue
    if (ledger.whitelist?.has(agent.info.hostname) === false) continue
    lots.push(new Lot(agent, options))
  }
  return lots
}

function hasPlainKeys(resources: Readonly<Quantities>): boolean {
  for (const key in resources) if (!isPlain(key)) return false
  return true
}

/** Whether there are any, reserved ones too. */
export function hasGpus(resources: Readonly<Quantities>): boolean {
  for (const key in resources) if (key.startsWith('gpus') && nameOf(key) === 'gpus') return true
  return false
}

function isWorthOffering(resources: Readonly<Quantities>, minimums: Minimums): boolean {
  if (minimums.length === 0) return !isEmpty(resources)
  for (const key in resources) if (!commonResources.has(nameOf(key))) return true
  // Reserved and revocable resources count too.
  const sums = hasPlainKeys(resources) ? resources : scalarsByName(resources)
  return minimums.some((least) => contains(sums, least))
}
