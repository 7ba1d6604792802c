import type { UpdateQuotas } from '../../messages/allocation.ts'
import { consumptionOf, QuotaStandings } from '../allocation/quota-standing.ts'
import { existing } from '../assert.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { OfferRecord, RoleRecord } from '../ledger/records.ts'
import { setQuota } from '../ledger/roles.ts'
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
  for (const info of call.quotas) setQuota(book, info.role, quotaOf(info))
  for (const { role } of call.quotas) {
    const record = book.roles.get(role)
    if (record !== undefined) bringUnderLimit(step, record)
  }
  makeRoom(step)
  considerAllAgents(step)
  confirmCall(step, call)
}

/** Takes the role's offers back, the newest first, until it has no more than it may. */
function bringUnderLimit(step: MasterStep, role: RoleRecord): void {
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

/** Takes offers back, of roles that are promised nothing of it, until every guarantee has room. */
function makeRoom(step: MasterStep): void {
  const { book } = step
  let missing: Quantities = new QuotaStandings(book).missing()
  for (const offer of newestFirst(book)) {
    if (isEmpty(missing)) return
    const owner = existing(book.roles, offer.role.split('/', 1)[0] ?? '', 'role')
    if (!hasAny(offer, missing) || hasAny(offer, owner.quota?.guarantees ?? {})) continue
    rescindOffers(step, [offer.id], 'offer.rescinded')
    missing = subtract(missing, offer.resources)
  }
}

function newestFirst(book: Ledger): OfferRecord[] {
  return [...book.offers.values()].reverse()
}

function hasAny(offer: OfferRecord, amounts: object): boolean {
  return Object.keys(offer.resources).some((name) => isPlain(name) && name in amounts)
}
