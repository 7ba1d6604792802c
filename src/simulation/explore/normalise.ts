import type { AgentBook } from '../../model/agent/book.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { ClientRecord, RefuseFilter, RoleRecord } from '../../model/ledger/records.ts'
import type { Quantities } from '../../model/resources/quantities.ts'
import type { SchedulerBook } from '../../model/scheduler/book.ts'
import { type Part, standstillMs } from './machine-part.ts'

/**
 * Books that lead to the same decisions are made equal: counters that are only compared keep their
 * order and lose their size, what only reports read is forgotten, caches are emptied, and random
 * seeds stand still. Without this no exploration would ever come round to a state it knows.
 */

/** Differences in how often somebody was allocated something count up to this. */
const allocationsMax = 1
const firstSlice = 1_000
const anySeed = 1

/** The past, for times of which only their distance counts. */
const longAgoMs = 0

export function normaliseLedger(book: Ledger): void {
  book.wanting = undefined
  book.rejected = undefined
  book.sliceSize = firstSlice
  book.seed = anySeed
  book.nextOffer = 0
  for (const framework of book.frameworks.values()) framework.completedTasks.length = 0
  forgetRefusals(book)
  skipEmptySlices(book)
  renumberEpochs(book)
  levelCounts(book)
  tidyBatches(book)
  for (const account of accountsOf(book)) dropZeros(account)
}

/** Timers are set in some order, which says nothing. */
export function sortTimers(part: Part<unknown>): void {
  part.timers = new Map([...part.timers].sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** Time passes at the master: refusals come to their end. */
export function ageLedger(book: Ledger, byMs: number): void {
  for (const agent of book.agents.values()) {
    for (const [client, filter] of agent.filters) agent.filters.set(client, aged(filter, byMs))
    if (agent.settled !== undefined) {
      agent.settled = { ...agent.settled, until: agent.settled.until - byMs }
    }
  }
}

function aged(filter: RefuseFilter, byMs: number): RefuseFilter {
  const { until, older } = filter
  return { ...filter, until: until - byMs, older: older && aged(older, byMs) }
}

/** Filters that count no longer, and what follows from them. */
function forgetRefusals(book: Ledger): void {
  for (const agent of book.agents.values()) {
    for (const [client, filter] of agent.filters) {
      const left = alive(filter, client)
      if (left === undefined) agent.filters.delete(client)
      else if (left !== filter) agent.filters.set(client, left)
    }
    if (agent.settled !== undefined && agent.settled.until <= standstillMs) {
      agent.settled = undefined
    }
    if (agent.unreachableTimeMs !== undefined) agent.unreachableTimeMs = standstillMs
  }
}

function alive(filter: RefuseFilter | undefined, client: ClientRecord): RefuseFilter | undefined {
  if (filter === undefined) return undefined
  const older = alive(filter.older, client)
  if (filter.until <= standstillMs || filter.epoch < client.filtersFrom) return older
  return older === filter.older ? filter : { ...filter, older }
}

/** Pings of slices without agents do nothing. */
function skipEmptySlices(book: Ledger): void {
  const { pingSlices } = book
  for (let skipped = 0; skipped < pingSlices.length; skipped++) {
    if ((pingSlices[book.pingSlot]?.size ?? 0) > 0) return
    book.pingSlot = (book.pingSlot + 1) % pingSlices.length
  }
}

/** Epochs are only compared with each other. */
function renumberEpochs(book: Ledger): void {
  const clients = clientsOf(book)
  const used = new Set<number>([book.epoch])
  for (const { filtersFrom, renewed } of clients) used.add(filtersFrom).add(renewed)
  for (const { filters, settled } of book.agents.values()) {
    if (settled !== undefined) used.add(settled.epoch)
    for (const filter of filters.values()) {
      for (let one: RefuseFilter | undefined = filter; one; one = one.older) used.add(one.epoch)
    }
  }
  const ranks = new Map([...used].sort((a, b) => a - b).map((epoch, rank) => [epoch, rank]))
  const rankOf = (epoch: number): number => ranks.get(epoch) ?? 0
  const ranked = (filter: RefuseFilter): RefuseFilter => ({
    ...filter,
    epoch: rankOf(filter.epoch),
    older: filter.older && ranked(filter.older),
  })
  book.epoch = rankOf(book.epoch)
  for (const client of clients) {
    client.filtersFrom = rankOf(client.filtersFrom)
    client.renewed = rankOf(client.renewed)
  }
  for (const agent of book.agents.values()) {
    if (agent.settled) agent.settled = { ...agent.settled, epoch: rankOf(agent.settled.epoch) }
    for (const [client, filter] of agent.filters) agent.filters.set(client, ranked(filter))
  }
}

/** Who was allocated something less often is still first, by a bounded distance. */
function levelCounts(book: Ledger): void {
  const clients = clientsOf(book)
  level(clients)
  const byParent = new Map<RoleRecord | undefined, RoleRecord[]>()
  for (const role of book.roles.values()) {
    byParent.set(role.parent, [...(byParent.get(role.parent) ?? []), role])
  }
  for (const siblings of byParent.values()) level(siblings)
}

function level(siblings: readonly { allocations: number; version: number }[]): void {
  const least = Math.min(...siblings.map(({ allocations }) => allocations))
  for (const one of siblings) {
    one.allocations = Math.min(one.allocations - least, allocationsMax)
    one.version = 0
  }
}

/** A batch remembers offers that are over; nobody asks for them. */
function tidyBatches(book: Ledger): void {
  const numbers = new Set<string>()
  for (const { id, offerIds } of book.batches.values()) {
    numbers.add(id)
    const left = offerIds.filter((offerId) => book.offers.has(offerId))
    offerIds.splice(0, offerIds.length, ...left)
  }
  book.nextBatch = 0
  while (numbers.has(`${book.masterId}-B${book.nextBatch}`)) book.nextBatch++
}

function clientsOf(book: Ledger): ClientRecord[] {
  return [...book.frameworks.values()].flatMap(({ clients }) => [...clients.values()])
}

function accountsOf(book: Ledger): Quantities[] {
  const { capacity, unreserved, roles } = book
  const ofRoles = [...roles.values()].flatMap(({ held, revocable, reserved }) => [
    held,
    revocable,
    reserved,
  ])
  return [capacity, unreserved, ...ofRoles, ...clientsOf(book).map(({ allocated }) => allocated)]
}

function dropZeros(account: Quantities): void {
  for (const [name, amount] of Object.entries(account)) if (amount === 0) delete account[name]
}

export function normaliseAgentBook(book: AgentBook): void {
  book.seed = anySeed
  book.registrationAttempts = Math.min(book.registrationAttempts, 2)
  for (const { tasks } of book.frameworks.values()) {
    for (const { updates } of tasks.values()) updates.attempts = 0
  }
}

/** Time passes at the agent: what it sent was long ago. */
export function ageAgentBook(book: AgentBook): void {
  for (const { tasks } of book.frameworks.values()) {
    for (const { updates } of tasks.values()) updates.sentAtMs = longAgoMs
  }
}

export function normaliseSchedulerBook(book: SchedulerBook): void {
  book.seed = anySeed
  book.registrationAttempts = Math.min(book.registrationAttempts, 2)
  book.reconciliationAttempts = 0
  book.seen.newer = new Set([...book.seen.newer].sort())
}
