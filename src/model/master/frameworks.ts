import { problemWithId } from '../../messages/index.ts'
import type { DescribeFramework, Register, Reregister } from '../../messages/lifecycle.ts'
import { clearFilters } from '../allocation/filters.ts'
import { fencedMax, frameworkAt, type Ledger, takeFrameworkId } from '../ledger/ledger.ts'
import type { FrameworkRecord } from '../ledger/records.ts'
import { problemWithFramework } from '../validation/framework.ts'
import { considerAllAgents } from './demand.ts'
import {
  leaveAddress,
  moveFramework,
  replaceSuppressed,
  resumeUpdates,
  takeRoles,
} from './framework-state.ts'
import { withdrawInverseOffers } from './inverse-offers.ts'
import { discardOffers, rescindOffers } from './offers.ts'
import { report } from './reports.ts'
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
 * A registered scheduler describes itself anew. Offers in a role that it gave up are taken back;
 * for whom it runs, and what outlives its agents, cannot change (Mesos: UPDATE_FRAMEWORK).
 */
export function describeFramework(step: MasterStep, call: From<DescribeFramework>): void {
  const framework = callingFramework(step, call.from)
  if (framework === undefined) return
  const problem = problemWithFramework(call.framework, call.suppressedRoles ?? [])
  if (problem !== undefined) return step.turn.mark('call.badFramework', problem)
  const { user, checkpoint, principal } = framework.info
  framework.info = {
    ...call.framework,
    ...(user !== undefined && { user }),
    ...(checkpoint !== undefined && { checkpoint }),
    ...(principal !== undefined && { principal }),
  }
  const { roles } = framework.info
  const given = [...framework.offers].filter((id) => {
    const offer = step.book.offers.get(id)
    return offer !== undefined && !roles.includes(offer.role)
  })
  rescindOffers(step, given, 'offer.rescinded')
  replaceSuppressed(step.book, framework, new Set(call.suppressedRoles))
  takeRoles(step.book, framework)
  resumeUpdates(step, framework)
  report(step, { type: 'frameworkUpdated', frameworkId: framework.id })
  considerAllAgents(step)
}

/** The link to a scheduler broke: it gets no offers, and its failover time begins. */
export function disconnectFramework(step: MasterStep, framework: FrameworkRecord): void {
  if (!moveFramework(step, framework, 'framework.disconnected')) return
  leaveAddress(step.book, framework)
  step.book.wanting = undefined
  report(step, { type: 'frameworkUpdated', frameworkId: framework.id })
  clearFilters(step.book, framework)
  discardOffers(step, framework.offers)
  withdrawInverseOffers(step, ({ frameworkId }) => frameworkId === framework.id)
  wantAllocation(step)
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
    untoldOperations: [],
  }
  step.book.frameworks.set(id, framework)
  takeRoles(step.book, framework)
  if (call.from !== '') claimAddress(step, call.from, id)
  moveFramework(step, framework, happening)
  report(step, { type: 'frameworkAdded', frameworkId: id })
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
  report(step, { type: 'frameworkUpdated', frameworkId: framework.id })
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
  const updates = framework.untoldOperations
  if (updates.length === 0) return
  step.turn.send(framework.address, { type: 'allocation.operationUpdate', updates: [...updates] })
  framework.untoldOperations = []
}

function refuse(step: MasterStep, to: string, message: string): void {
  step.turn.send(to, { type: 'lifecycle.error', message })
}
