import type { ConstraintCompiler } from '../allocation/constraints.ts'
import type { AllocationPolicy } from '../allocation/policy.ts'
import { Round } from '../allocation/round.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { FrameworkRecord } from '../ledger/records.ts'
import type { Quantities } from '../resources/quantities.ts'
import { isOpen, type Place, placesFor } from './places.ts'
import { lineUp } from './queue.ts'
import * as sentences from './sentences.ts'

/** Somebody's wish for resources on one agent. */
export interface Demand {
  readonly framework: FrameworkRecord
  readonly role: string
  /** In the books' units; a number in place of ranges counts them. */
  readonly resources: Readonly<Quantities>
}

export interface ExplainContext {
  readonly ledger: Ledger
  readonly policy: AllocationPolicy
  readonly compiler: ConstraintCompiler
  /** Milliseconds. */
  readonly at: number
}

/**
 * Says in one sentence why a demand is not met yet: the first reason that would remain if all that
 * come after it were gone. The rules are asked themselves, by a round that is never carried out.
 */
export function explainDemand(context: ExplainContext, demand: Demand): string {
  const { framework, role } = demand
  if (framework.state !== 'connected') return sentences.disconnected(framework)
  if (framework.suppressedRoles.has(role)) return sentences.suppressed(role)
  const { ledger, compiler, at } = context
  const agentIds = [...ledger.agents.keys()]
  const round = new Round(ledger, { agentIds, compiler, at, afresh: true })
  const places = placesFor(context, round, demand)
  return (
    sentences.impossible(ledger, demand, places) ??
    sentences.forbidden(places) ??
    sentences.overQuota(ledger, round, demand) ??
    waiting(context, round, demand, places.filter(isOpen))
  )
}

/** It could run, but not now: for lack of room, because of an answer it gave, or of the others. */
function waiting(
  context: ExplainContext,
  round: Round,
  demand: Demand,
  places: readonly Place[],
): string {
  const queue = lineUp(context, round, demand)
  const open = places.filter(({ fitsTotal, refusal }) => fitsTotal && refusal === undefined)
  const roomy = places.filter(({ fitsFree }) => fitsFree)
  if (roomy.length === 0) return sentences.noRoom(context, demand, places, queue)
  if (open.some(({ fitsFree }) => fitsFree)) return sentences.due(queue)
  return sentences.refused(context, roomy, queue)
}
