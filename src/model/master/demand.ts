import type { Request, Revive, Suppress } from '../../messages/allocation.ts'
import { clearFilters } from '../allocation/filters.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { FrameworkRecord } from '../ledger/records.ts'
import { problemWithNeeds } from '../resources/amounts.ts'
import { toQuantities } from '../resources/quantities.ts'
import { callingFramework, type From, type MasterStep, wantAllocation } from './step.ts'

/** The scheduler wants offers again: its filters go, and so does its silence. */
export function revive(step: MasterStep, call: From<Revive>): void {
  const framework = callingFramework(step, call.from)
  if (framework === undefined) return
  const roles = rolesOf(step, framework, call)
  if (roles === undefined) return
  clearFilters(step.book, framework, roles)
  for (const role of roles) framework.suppressedRoles.delete(role)
  renew(step.book, framework, roles)
  considerAllAgents(step)
}

/** The scheduler wants no offers until it revives; what is out stays valid. */
export function suppress(step: MasterStep, call: From<Suppress>): void {
  const framework = callingFramework(step, call.from)
  if (framework === undefined) return
  const roles = rolesOf(step, framework, call)
  for (const role of roles ?? []) framework.suppressedRoles.add(role)
  step.book.wanting = undefined
  framework.requests = []
}

/** Wishes that are kept per framework; more would only cost time. */
const requestsMax = 100

/**
 * The scheduler says what it could use. It counts until it launches something, asks anew, or wants
 * no offers; only policies that preempt go by it, the others look at the pool, not at wishes.
 */
export function request(step: MasterStep, call: From<Request>): void {
  const framework = callingFramework(step, call.from)
  if (framework === undefined) return
  const problem = call.requests
    .map(({ resources }) => problemWithNeeds(resources))
    .find((sentence) => sentence !== undefined)
  if (problem !== undefined) return step.turn.mark('call.badRequest', problem)
  framework.requests = call.requests
    .slice(0, requestsMax)
    .map(({ resources }) => toQuantities(resources))
  considerAllAgents(step)
}

/** These roles' wishes begin anew: agents that nobody wanted are looked at again for them. */
export function renew(book: Ledger, framework: FrameworkRecord, roles: readonly string[]): void {
  book.wanting = undefined
  book.epoch++
  for (const role of roles) {
    const client = framework.clients.get(role)
    if (client !== undefined) client.renewed = book.epoch
  }
}

/** All agents are to be looked at in the next allocation. */
export function considerAllAgents(step: MasterStep): void {
  step.book.allWanted = true
  wantAllocation(step)
}

/** A call with a role that is not the framework's is dropped as a whole, as in Mesos. */
function rolesOf(
  step: MasterStep,
  framework: FrameworkRecord,
  call: From<Revive> | From<Suppress>,
): readonly string[] | undefined {
  if (call.roles === undefined || call.roles.length === 0) return framework.info.roles
  const stranger = call.roles.find((role) => !framework.info.roles.includes(role))
  if (stranger === undefined) return call.roles
  step.turn.mark('call.strangeRole', `${call.type} names ${stranger}, no role of ${framework.id}`)
  return undefined
}
