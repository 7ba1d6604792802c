import { clearFilters } from '../allocation/filters.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { FrameworkRecord } from '../ledger/records.ts'
import { clientIn, dropIfGivenUp } from '../ledger/roles.ts'
import { toScalars } from '../resources/quantities.ts'
import { move } from '../tables.ts'
import { renew } from './demand.ts'
import type { MasterStep } from './step.ts'

/** What every change of a framework's record is made of. */

type Happening = Parameters<MasterStep['charts']['framework']['next']>[1]

/**
 * What a scheduler missed is repeated at once, not at the next retry: the agents with tasks of it
 * hear that it listens (Mesos tells all of them, which costs a message for each).
 */
export function resumeUpdates({ book, turn }: MasterStep, framework: FrameworkRecord): void {
  const agentIds = new Set([...framework.tasks.values()].map(({ agentId }) => agentId))
  for (const agentId of agentIds) {
    const agent = book.agents.get(agentId)
    if (agent?.state !== 'connected') continue
    const { id: frameworkId, info } = framework
    turn.send(agent.address, {
      type: 'lifecycle.updateFramework',
      frameworkId,
      framework: info,
    })
  }
}

/** A role that is silent no longer begins anew: as if it were revived, its filters go. */
export function replaceSuppressed(
  ledger: Ledger,
  framework: FrameworkRecord,
  suppressed: ReadonlySet<string>,
): void {
  const revived = [...framework.suppressedRoles].filter((role) => !suppressed.has(role))
  if (revived.length > 0) clearFilters(ledger, framework, revived)
  framework.suppressedRoles.clear()
  for (const role of suppressed) framework.suppressedRoles.add(role)
}

/** A client for each of its roles; a role that it gave up stays as long as it holds something. */
export function takeRoles(ledger: Ledger, framework: FrameworkRecord): void {
  const { roles, minAllocatable = {} } = framework.info
  for (const role of roles) {
    // A role may be called like something that every object has.
    const minimums = Object.hasOwn(minAllocatable, role) ? minAllocatable[role] : undefined
    clientIn(ledger, framework, role).minAllocatable = minimums?.map(toScalars)
  }
  for (const client of framework.clients.values()) dropIfGivenUp(ledger, client)
  renew(ledger, framework, roles)
}

/** Nobody lives there any more. */
export function leaveAddress(ledger: Ledger, framework: FrameworkRecord): void {
  if (ledger.frameworkAt.get(framework.address) !== framework.id) return
  ledger.frameworkAt.delete(framework.address)
}

/** Moves it, with the timers of its chart; says whether its state changed. */
export function moveFramework(
  step: MasterStep,
  framework: FrameworkRecord,
  happening: Happening,
): boolean {
  const { failoverTimeoutMs = 0 } = framework.info
  const { agentReregistrationTimeoutMs } = step.book.timeouts
  // One that only an agent knows had no chance to come back yet: it gets as long as agents do.
  const patience =
    happening === 'framework.reported'
      ? Math.max(failoverTimeoutMs, agentReregistrationTimeoutMs)
      : failoverTimeoutMs
  return move(step.charts.framework, framework, happening, step.turn, {
    id: framework.id,
    event: (type) => ({ type, frameworkId: framework.id }),
    delays: { failoverTimeoutMs: patience },
  })
}
