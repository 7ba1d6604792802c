import { problemWithId } from '../../messages/index.ts'
import type { Register, Reregister, Unregister } from '../../messages/lifecycle.ts'
import { clearFilters } from '../allocation/filters.ts'
import { forgetTask } from '../ledger/accounts.ts'
import {
  completedFrameworksMax,
  fencedMax,
  frameworkAt,
  type Ledger,
  takeFrameworkId,
} from '../ledger/ledger.ts'
import type { FrameworkRecord } from '../ledger/records.ts'
import { clientIn, dropClient, dropIfGivenUp } from '../ledger/roles.ts'
import { toScalars } from '../resources/quantities.ts'
import { move } from '../tables.ts'
import { problemWithFramework } from '../validation/framework.ts'
import { forgetAbandonedOf } from './abandoned.ts'
import { considerAllAgents, renew } from './demand.ts'
import { withdrawInverseOffers } from './inverse-offers.ts'
import { keepHistory } from './keep.ts'
import { discardOffers } from './offers.ts'
import { callingFramework, type From, type MasterStep, wantAllocation } from './step.ts'

type Happening = Parameters<MasterStep['charts']['framework']['next']>[1]

/** A scheduler joins. Asking again from the same address is answered again, with the same id. */
export function registerFramework(step: MasterStep, call: From<Register>): void {
  const { book } = step
  const known = frameworkAt(book, call.from)
  if (known !== undefined) {
    answer(step, known, 'lifecycle.registered')
    return resumeUpdates(step, known)
  }
  const problem = problemWithFramework(call.framework, call.suppressedRoles ?? [])
  if (problem !== undefined) return refuse(step, call.from, problem)
  const unanswered = cutOffAt(step, call)
  if (unanswered !== undefined) {
    takeOver(step, unanswered, call)
    answer(step, unanswered, 'lifecycle.registered')
    resumeUpdates(step, unanswered)
    return considerAllAgents(step)
  }
  const added = addFramework(step, takeFrameworkId(book), call, 'framework.registered')
  answer(step, added, 'lifecycle.registered')
  considerAllAgents(step)
}

/**
 * The framework whose scheduler lived at this address until its link broke, and asks again: it may
 * never have heard which id it has. Another id would leave the first one, and what it runs, to
 * nobody (Mesos: src/master/master.cpp, _subscribe, goes by the address as well).
 */
function cutOffAt({ book }: MasterStep, call: From<Register>): FrameworkRecord | undefined {
  return [...book.frameworks.values()].find(
    ({ state, address, info }) =>
      state === 'disconnected' && address === call.from && info.name === call.framework.name,
  )
}

/** A scheduler comes back under its id, perhaps as another instance at another address. */
export function reregisterFramework(step: MasterStep, call: From<Reregister>): void {
  const { book } = step
  const problem =
    problemWithId('the framework id', call.frameworkId) ??
    problemWithFramework(call.framework, call.suppressedRoles ?? []) ??
    (book.completedFrameworks.includes(call.frameworkId)
      ? `framework ${call.frameworkId} has been removed; register as a new one`
      : undefined)
  if (problem !== undefined) return refuse(step, call.from, problem)
  const known = book.frameworks.get(call.frameworkId)
  const framework = known ?? addFramework(step, call.frameworkId, call, 'framework.reregistered')
  if (known !== undefined) takeOver(step, known, call)
  answer(step, framework, 'lifecycle.reregistered')
  resumeUpdates(step, framework)
  considerAllAgents(step)
}

/**
 * What a scheduler missed is repeated at once, not at the next retry: the agents with tasks of it
 * hear that it listens (Mesos tells all of them, which costs a message for each).
 */
function resumeUpdates({ book, turn }: MasterStep, framework: FrameworkRecord): void {
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

/** A scheduler leaves for good. */
export function unregisterFramework(step: MasterStep, call: From<Unregister>): void {
  const framework = callingFramework(step, call.from)
  if (framework?.id === call.frameworkId) removeFramework(step, framework, 'framework.removed')
}

/** The link to a scheduler broke: it gets no offers, and its failover time begins. */
export function disconnectFramework(step: MasterStep, framework: FrameworkRecord): void {
  if (!moveFramework(step, framework, 'framework.disconnected')) return
  leaveAddress(step.book, framework)
  step.book.wanting = undefined
  clearFilters(step.book, framework)
  discardOffers(step, framework.offers)
  withdrawInverseOffers(step, ({ frameworkId }) => frameworkId === framework.id)
  wantAllocation(step)
}

/** Nobody came back in time. */
export function expireFailover(step: MasterStep, { frameworkId }: { frameworkId: string }): void {
  const framework = step.book.frameworks.get(frameworkId)
  if (framework !== undefined) removeFramework(step, framework, 'framework.failoverExpired')
}

/** Adds a framework that is known only from an agent that runs its tasks. */
export function recoverFramework(
  step: MasterStep,
  id: string,
  info: FrameworkRecord['info'],
): FrameworkRecord {
  return addFramework(step, id, { framework: info, from: '' }, 'framework.reported')
}

function addFramework(
  step: MasterStep,
  id: string,
  call: { framework: FrameworkRecord['info']; suppressedRoles?: string[]; from: string },
  happening: Happening,
): FrameworkRecord {
  const framework: FrameworkRecord = {
    id,
    address: call.from,
    info: call.framework,
    state: step.charts.framework.initial,
    suppressedRoles: new Set(call.suppressedRoles),
    clients: new Map(),
    offers: new Set(),
    requests: [],
    tasks: new Map(),
    unreachableTasks: new Map(),
    completedTasks: [],
  }
  step.book.frameworks.set(id, framework)
  takeRoles(step.book, framework)
  if (call.from !== '') claimAddress(step, call.from, id)
  moveFramework(step, framework, happening)
  return framework
}

function takeOver(
  step: MasterStep,
  framework: FrameworkRecord,
  call: From<Register> | From<Reregister>,
): void {
  const { book, turn } = step
  if (framework.address !== call.from) {
    leaveAddress(book, framework)
    fence(book, framework.address)
    if (framework.state === 'connected') {
      const message = `${framework.id} failed over to another instance at ${call.from}`
      turn.send(framework.address, { type: 'lifecycle.error', message })
    }
  }
  discardOffers(step, framework.offers)
  withdrawInverseOffers(step, ({ frameworkId }) => frameworkId === framework.id)
  framework.address = call.from
  framework.info = call.framework
  framework.requests = []
  replaceSuppressed(book, framework, new Set(call.suppressedRoles))
  takeRoles(step.book, framework)
  claimAddress(step, call.from, framework.id)
  moveFramework(step, framework, 'framework.reregistered')
}

/** A role that is silent no longer begins anew: as if it were revived, its filters go. */
function replaceSuppressed(
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
function takeRoles(ledger: Ledger, framework: FrameworkRecord): void {
  const { roles, minAllocatable = {} } = framework.info
  for (const role of roles) {
    const minimums = minAllocatable[role]?.map(toScalars)
    clientIn(ledger, framework, role).minAllocatable = minimums
  }
  for (const client of framework.clients.values()) dropIfGivenUp(ledger, client)
  renew(ledger, framework, roles)
}

/** One scheduler lives at an address: whoever was known there before is gone. */
function claimAddress(step: MasterStep, address: string, frameworkId: string): void {
  const before = frameworkAt(step.book, address)
  if (before !== undefined && before.id !== frameworkId) disconnectFramework(step, before)
  step.book.frameworkAt.set(address, frameworkId)
  step.book.fenced.delete(address)
}

/** Whoever still lives there must not come back: another instance has taken over. */
function fence({ fenced }: Ledger, address: string): void {
  fenced.add(address)
  const [oldest] = fenced
  if (fenced.size > fencedMax && oldest !== undefined) fenced.delete(oldest)
}

function leaveAddress(ledger: Ledger, framework: FrameworkRecord): void {
  if (ledger.frameworkAt.get(framework.address) !== framework.id) return
  ledger.frameworkAt.delete(framework.address)
}

function removeFramework(
  step: MasterStep,
  framework: FrameworkRecord,
  happening: 'framework.removed' | 'framework.failoverExpired',
): void {
  const { book, turn } = step
  if (!moveFramework(step, framework, happening)) return
  discardOffers(step, framework.offers)
  withdrawInverseOffers(step, ({ frameworkId }) => frameworkId === framework.id)
  for (const task of [...framework.tasks.values()]) {
    task.state = 'TASK_KILLED'
    forgetTask(book, task)
  }
  forgetAbandonedOf(step, framework.id)
  for (const agent of book.agents.values()) {
    if (agent.state !== 'connected') continue
    turn.send(agent.address, { type: 'lifecycle.shutdownFramework', frameworkId: framework.id })
  }
  leaveAddress(book, framework)
  for (const client of framework.clients.values()) dropClient(book, client)
  book.frameworks.delete(framework.id)
  rememberCompleted(book, framework.id)
  keepHistory(step)
  wantAllocation(step)
}

function rememberCompleted(ledger: Ledger, frameworkId: string): void {
  ledger.completedFrameworks.push(frameworkId)
  if (ledger.completedFrameworks.length > completedFrameworksMax) ledger.completedFrameworks.shift()
}

function moveFramework(
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

function answer(
  step: MasterStep,
  framework: FrameworkRecord,
  type: 'lifecycle.registered' | 'lifecycle.reregistered',
): void {
  const { masterId, timeouts } = step.book
  step.turn.send(framework.address, {
    type,
    frameworkId: framework.id,
    masterId,
    heartbeatIntervalMs: timeouts.heartbeatIntervalMs,
  })
  step.turn.send(framework.address, { type: 'lifecycle.heartbeat' })
}

function refuse(step: MasterStep, to: string, message: string): void {
  step.turn.send(to, { type: 'lifecycle.error', message })
}
