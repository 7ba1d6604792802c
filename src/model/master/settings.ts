import type { UpdatePriorities, UpdateWeights, UpdateWhitelist } from '../../messages/allocation.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { isWithin } from '../resources/kinds.ts'
import { problemWithRole } from '../validation/roles.ts'
import { problemWithPriority, problemWithWeight } from '../validation/sharing.ts'
import { considerAllAgents } from './demand.ts'
import { keepSettings } from './keep.ts'
import { rescindOffers } from './offers.ts'
import type { From, MasterStep } from './step.ts'

/** What whoever runs the cluster says about it: each call counts as a whole or not at all. */

/** How much each role counts. Only offers of roles whose weight changes are taken back. */
export function updateWeights(step: MasterStep, call: From<UpdateWeights>): void {
  const { book } = step
  const entries = Object.entries(call.weights)
  const problem = firstProblem(entries, problemWithWeight)
  if (problem !== undefined) return refuseCall(step, call, problem)
  const changed = entries.filter(([role, weight]) => (book.weights.get(role) ?? 1) !== weight)
  book.weights = new Map([...book.weights, ...changed])
  const roles = changed.map(([role]) => role)
  rescindOffers(step, offersOf(book, roles), 'offer.rescinded')
  considerAllAgents(step)
  confirmCall(step, call)
}

/** Which roles come first. */
export function updatePriorities(step: MasterStep, call: From<UpdatePriorities>): void {
  const entries = Object.entries(call.priorities)
  const problem = firstProblem(entries, problemWithPriority)
  if (problem !== undefined) return refuseCall(step, call, problem)
  step.book.priorities = new Map([...step.book.priorities, ...entries])
  considerAllAgents(step)
  confirmCall(step, call)
}

/** Which agents are offered at all; what is out on others is taken back. */
export function updateWhitelist(step: MasterStep, call: From<UpdateWhitelist>): void {
  const { book } = step
  book.whitelist = call.hostnames && new Set(call.hostnames)
  for (const agent of book.agents.values()) {
    if (book.whitelist?.has(agent.info.hostname) === false) {
      rescindOffers(step, agent.offers, 'offer.rescinded')
    }
  }
  considerAllAgents(step)
  confirmCall(step, call)
}

/** The outstanding offers of these roles and of those below them. */
export function offersOf(book: Ledger, roles: readonly string[]): string[] {
  if (roles.length === 0) return []
  return [...book.offers.values()]
    .filter((offer) => roles.some((role) => isWithin(offer.role, role)))
    .map(({ id }) => id)
}

/** The call counts, for the next master too; whoever asked with an id is told so. */
export function confirmCall(step: MasterStep, { from, requestId, type }: Call): void {
  keepSettings(step)
  if (requestId === undefined) return
  step.turn.send(from, { type: `${familyOf(type)}.updated`, requestId })
}

/** Nothing of an operation counts, because what it needs is in use. */
export function refuseForNow(step: MasterStep, { from, requestId, type }: Call, why: string): void {
  step.turn.mark('call.refused', `${type}: ${why}`)
  if (requestId === undefined) return
  const message = { requestId, message: why, isConflict: true }
  step.turn.send(from, { type: 'allocation.refused', ...message })
}

/** Nothing of the call counts; whoever asked with an id is told why. */
export function refuseCall(step: MasterStep, { from, requestId, type }: Call, why: string): void {
  step.turn.mark('call.refused', `${type}: ${why}`)
  if (requestId === undefined) return
  step.turn.send(from, { type: `${familyOf(type)}.refused`, requestId, message: why })
}

/** Operators are answered in the family of their call. */
function familyOf(type: Call['type']): 'lifecycle' | 'allocation' {
  return type.startsWith('lifecycle.') ? 'lifecycle' : 'allocation'
}

interface Call {
  readonly type: `${'lifecycle' | 'allocation'}.${string}`
  readonly from: string
  readonly requestId?: string
}

function firstProblem(
  entries: readonly [string, number][],
  problemWith: (role: string, value: number) => string | undefined,
): string | undefined {
  for (const [role, value] of entries) {
    const problem = problemWithRole(role) ?? problemWith(role, value)
    if (problem !== undefined) return problem
  }
  return undefined
}
