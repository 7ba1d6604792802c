import type { UpdateQuotas } from '../../messages/allocation.ts'
import { consumptionOf, QuotaStandings } from '../allocation/quota-standing.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { OfferRecord, RoleRecord } from '../ledger/records.ts'
import { setQuota, topRole } from '../ledger/roles.ts'
import { isPlain, isWithin } from '../resources/kinds.ts'
import { isEmpty, type Quantities, subtract } from '../resources/quantities.ts'
import { problemWithFeasibility, problemWithQuotas, quotaOf } from '../validation/quotas.ts'
import { considerAllAgents } from './demand.ts'
import { rescindOffers } from './offers.ts'
import { confirmCall, refuseCall } from './settings.ts'
import type { From, MasterStep } from './step.ts'

/**
 * What roles are promised and may have at most. All of the call counts or nothing. Offers above a
 * new limit are taken back at once, and so are offers of others as far as a new guarantee needs
 * their resources (Mesos: src/master/quota_handler.cpp).
 */
export function updateQuotas(step: MasterStep, call: From<UpdateQuotas>): void {
  const { book } = step
  const problem =
    problemWithQuotas(call.quotas) ??
    (call.force === true ? undefined : problemWithFeasibility(book, call.quotas))
  if (problem !== undefined) return refuseCall(step, call, problem)
  for (const info of call.quotas) {
    setQuota(book, info.role, quotaOf(info), call.keepEmpty ?? false)
  }
  keepLimits(step)
  makeRoom(step)
  considerAllAgents(step)
  confirmCall(step, call)
}

/**
 * Takes offers back where a role has more than it may: because its limit is a new one, or because
 * tasks or reservations of it have come, or come back, which are its own whatever the limit is.
 */
export function keepLimits(step: MasterStep): void {
  for (const role of step.book.roles.get('')?.children ?? []) {
    if (role.quota !== undefined) bringUnderLimit(step, role)
  }
}

/** Takes the role's offers back, the newest first, until it has no more than it may. */
function bringUnderLimit(step: MasterStep, role: RoleRecord): void {
  if (isEmpty(excessOf(role))) return
  for (const offer of newestFirst(step.book)) {
    const excess = excessOf(role)
    if (isEmpty(excess)) return
    if (isWithin(offer.role, role.path) && hasAny(offer, excess)) {
      rescindOffers(step, [offer.id], 'offer.rescinded')
    }
  }
}

/** What the role has more of than it may. */
function excessOf(role: RoleRecord): Quantities {
  const limits: Readonly<Record<string, number>> = role.quota?.limits ?? {}
  const consumed = Object.entries(consumptionOf(role)).filter(([name]) => name in limits)
  return subtract(Object.fromEntries(consumed), limits)
}

/** Takes offers back until every guarantee has room, but none that its own role is guaranteed. */
function makeRoom(step: MasterStep): void {
  const { book } = step
  let missing: Quantities = new QuotaStandings(book).missing()
  for (const offer of newestFirst(book)) {
    if (isEmpty(missing)) return
    if (!hasAny(offer, missing) || isGuaranteed(offer)) continue
    rescindOffers(step, [offer.id], 'offer.rescinded')
    missing = subtract(missing, offer.resources)
  }
}

/** Without the offer its role would have less than it is promised. */
function isGuaranteed({ client, resources }: OfferRecord): boolean {
  const owner = topRole(client.node)
  const consumed = consumptionOf(owner)
  return Object.entries(owner.quota?.guarantees ?? {}).some(([name, guarantee]) => {
    const amount = resources[name]
    return typeof amount === 'number' && (consumed[name] ?? 0) - amount < guarantee
  })
}

function newestFirst(book: Ledger): OfferRecord[] {
  return [...book.offers.values()].reverse()
}

function hasAny(offer: OfferRecord, amounts: object): boolean {
  return Object.keys(offer.resources).some((name) => isPlain(name) && name in amounts)
}
