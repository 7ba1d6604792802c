import type { AgentInfo } from '../../messages/index.ts'
import type { Exited, RegisterAgent, UnregisterAgent } from '../../messages/lifecycle.ts'
import { existing } from '../assert.ts'
import { releaseTask } from '../ledger/accounts.ts'
import { enterAgent } from '../ledger/agents.ts'
import { agentAt, frameworkAt, takeAgentId, unreachableTasksMax } from '../ledger/ledger.ts'
import type { AgentRecord, FrameworkRecord, TaskRecord } from '../ledger/records.ts'
import { countResources } from '../ledger/roles.ts'
import { problemWithResources } from '../resources/problems.ts'
import { move } from '../tables.ts'
import { problemWithAttributes } from '../validation/attributes.ts'
import { abandon, dropAbandoned } from './abandoned.ts'
import { loseExecutors } from './executors.ts'
import { fateOf } from './fate.ts'
import { disconnectFramework } from './frameworks.ts'
import { keepAgent } from './keep.ts'
import { settleOperations } from './operations.ts'
import { keepLimits } from './quotas.ts'
import { endTask, report, reportStatus } from './reports.ts'
import { masterStatus } from './statuses.ts'
import { type From, type MasterStep, tell, wantAllocation } from './step.ts'
import { withdrawFrom } from './withdrawal.ts'

type Happening = Parameters<MasterStep['charts']['agent']['next']>[1]

/**
 * An agent joins. Asking again is answered again, with the same id. Another instance at its address
 * takes its place: it was restarted before anybody noticed, and what ran on it is lost.
 */
export function registerAgent(step: MasterStep, call: From<RegisterAgent>): void {
  const { book, turn } = step
  const problem = problemWithAgent(call.agent)
  if (problem !== undefined) {
    return turn.send(call.from, { type: 'lifecycle.shutdown', message: `refused: ${problem}` })
  }
  const known = agentAt(book, call.from)
  if (known !== undefined && isRepeated(known, call)) return confirm(step, known)
  if (known !== undefined) loseAgent(step, known, 'agent.unregistered', 'its successor registered')
  const agent = addAgent(step, takeAgentId(book), call.from, call.agent, call.instance)
  connectAgent(step, agent, 'agent.registered')
  keepLimits(step)
  confirm(step, agent)
  wantAllocation(step)
}

/** A try that arrives late must not make another agent of it: it keeps the first answer. */
function isRepeated({ state, instance }: AgentRecord, call: RegisterAgent): boolean {
  return instance === call.instance && (state === 'connected' || instance !== undefined)
}

/** Says why an agent cannot join as it describes itself, or nothing. */
export function problemWithAgent({ resources, attributes = {} }: AgentInfo): string | undefined {
  return problemWithResources(resources) ?? problemWithAttributes(attributes)
}

/** An agent leaves in good order. */
export function unregisterAgent(step: MasterStep, call: From<UnregisterAgent>): void {
  const agent = agentAt(step.book, call.from)
  if (agent?.id !== call.agentId) return
  loseAgent(step, agent, 'agent.unregistered', 'the agent left')
}

/** Somebody's host reports an end: of a scheduler, or of an agent with everything on it. */
export function noticeExit(step: MasterStep, { address, reason }: Exited): void {
  const framework = frameworkAt(step.book, address)
  if (framework !== undefined) return disconnectFramework(step, framework)
  const agent = agentAt(step.book, address)
  if (agent !== undefined) loseAgent(step, agent, 'agent.disconnected', reason)
}

/** A disconnected agent did not come back. */
export function expireReregistration(step: MasterStep, { agentId }: { agentId: string }): void {
  const agent = step.book.agents.get(agentId)
  if (agent !== undefined) {
    loseAgent(step, agent, 'agent.reregistrationExpired', 'it did not come back in time')
  }
}

/** A new agent in the book; `connectAgent` makes its resources count. */
export function addAgent(
  step: MasterStep,
  id: string,
  address: string,
  info: AgentInfo,
  instance?: string,
): AgentRecord {
  return enterAgent(step.book, {
    id,
    address,
    info,
    ...(instance !== undefined && { instance }),
    state: step.charts.agent.initial,
    duty: { state: step.charts.duty.initial },
  })
}

/** An earlier master knew it: it has so long to come back. */
export function awaitAgent(step: MasterStep, agent: AgentRecord): void {
  moveAgent(step, agent, 'agent.recovered')
}

/** From now on the agent's resources count and are offered. */
export function connectAgent(
  step: MasterStep,
  agent: AgentRecord,
  happening: 'agent.registered' | 'agent.reregistered',
): void {
  const before = agent.state
  moveAgent(step, agent, happening)
  delete agent.unreachableTimeMs
  agent.pingsMissed = 0
  if (before !== 'connected') countResources(step.book, agent.total, 1, agent.duty)
  agent.settled = undefined
  step.book.candidates.add(agent.id)
  const type = happening === 'agent.registered' ? 'agentAdded' : 'agentUpdated'
  report(step, { type, agentId: agent.id })
}

/** The agent is gone in one way or another: its offers and tasks with it. */
export function loseAgent(
  step: MasterStep,
  agent: AgentRecord,
  happening: Exclude<Happening, 'agent.registered' | 'agent.reregistered'>,
  why: string,
): void {
  const { book } = step
  const wasConnected = agent.state === 'connected'
  if (!moveAgent(step, agent, happening)) return
  if (agent.state === 'unreachable') agent.unreachableTimeMs = step.turn.at
  if (wasConnected) countResources(book, agent.total, -1, agent.duty)
  withdrawFrom(step, agent)
  dropAbandoned(step, agent)
  const isAway = agent.state === 'disconnected'
  loseExecutors(step, agent, (executor) => isAway && mayOutlive(step, agent, executor))
  for (const task of [...agent.tasks]) {
    if (isAway && mayOutlive(step, agent, task)) continue
    loseTask(step, agent, task, why)
  }
  // Of one whose link broke nothing is told but its tasks: it may come back (as in Mesos).
  if (!isAway) tellLoss(step, agent, why)
  noteLoss(step, agent)
  if (isAway) return
  const outcome = agent.state === 'gone' ? 'OPERATION_GONE_BY_OPERATOR' : 'OPERATION_UNREACHABLE'
  settleOperations(step, agent, outcome, `agent ${agent.id} lost: ${why}`)
  agent.filters.clear()
  if (agent.state === 'unreachable') return
  book.agents.delete(agent.id)
  book.offDuty.delete(agent)
  book.pingSlices[agent.pingSlot]?.delete(agent)
  book.agentAt.delete(agent.address)
}

/** To everybody, because whoever was there only for offers may wait for this one, too. */
function tellLoss({ book, turn }: MasterStep, { id, state }: AgentRecord, why: string): void {
  const message = `agent ${id} is ${state}: ${why}`
  for (const framework of book.frameworks.values()) {
    if (framework.state !== 'connected') continue
    turn.send(framework.address, { type: 'lifecycle.failure', agentId: id, message })
  }
}

function noteLoss(step: MasterStep, { id, state, info }: AgentRecord): void {
  const isKept = state === 'disconnected' || state === 'unreachable'
  if (isKept) report(step, { type: 'agentUpdated', agentId: id })
  else report(step, { type: 'agentRemoved', agentId: id, hostname: info.hostname })
}

/** Its work may go on while its agent is started anew: the agent says what became of it. */
function mayOutlive(
  { book }: MasterStep,
  agent: AgentRecord,
  { frameworkId }: { readonly frameworkId: string },
): boolean {
  const { info } = existing(book.frameworks, frameworkId, 'framework')
  return agent.info.checkpoints === true && info.checkpoint !== false
}

/**
 * Unreachable tasks may return with their agent; those of an agent whose link broke are lost,
 * because nothing that could survive it was stored there. Of one that has ended its agent may
 * still have to tell; when that is gone for good, the master tells what it knows.
 */
function loseTask(step: MasterStep, agent: AgentRecord, task: TaskRecord, why: string): void {
  const framework = existing(step.book.frameworks, task.frameworkId, 'framework')
  const unreachable = agent.state === 'unreachable'
  if (!task.holds && agent.state === 'disconnected') return
  if (!task.holds && !unreachable) return tellEnd(step, framework, task)
  const { state, reason } = fateOf(framework.info, agent.state)
  if (!task.holds) return endTask(step, task)
  move(step.charts.task, task, `reported.${state}`, step.turn, untimed)
  const status = masterStatus(step.turn.at, task, state, reason, `agent ${agent.id} lost: ${why}`)
  if (unreachable) status.unreachableTimeMs = step.turn.at
  reportStatus(step, task, status)
  if (unreachable) keepUnreachable(step, framework, agent, task)
  else endTask(step, task)
  if (agent.state === 'disconnected') abandon(agent, task)
  tell(step, framework, [status])
}

/** A task has ended, and nobody is left who would say so until it is acknowledged. */
export function tellEnd(step: MasterStep, framework: FrameworkRecord, task: TaskRecord): void {
  const message = 'it had ended; how, its agent can no longer tell'
  const status = masterStatus(step.turn.at, task, task.state, 'AGENT_REMOVED', message)
  endTask(step, task)
  tell(step, framework, [status])
}

/** Tasks have no timers of their own at the master. */
export const untimed = {
  id: 'task',
  event: (type: never): never => type,
}

function keepUnreachable(
  step: MasterStep,
  framework: FrameworkRecord,
  agent: AgentRecord,
  task: TaskRecord,
): void {
  releaseTask(step.book, task)
  agent.tasks.delete(task)
  framework.tasks.delete(task.id)
  framework.unreachableTasks.set(task.id, task)
  const [oldest] = framework.unreachableTasks.values()
  if (framework.unreachableTasks.size > unreachableTasksMax && oldest !== undefined) {
    framework.unreachableTasks.delete(oldest.id)
    step.book.agents.get(oldest.agentId)?.killed.delete(oldest)
  }
}

function moveAgent(step: MasterStep, agent: AgentRecord, happening: Happening): boolean {
  if (happening !== 'agent.disconnected') keepAgent(step, agent.id)
  const moved = move(step.charts.agent, agent, happening, step.turn, {
    id: agent.id,
    event: (type) => ({ type, agentId: agent.id }),
  })
  // One whose link breaks before it came back is still awaited.
  if (agent.state !== 'recovered') step.book.awaited.agents.delete(agent.id)
  return moved
}

function confirm(step: MasterStep, agent: AgentRecord): void {
  step.turn.send(agent.address, {
    type: 'lifecycle.agentRegistered',
    ...admissionOf(step, agent, agent.instance),
  })
}

/** What an agent is told when it is admitted, for the first time or again. */
export function admissionOf({ book }: MasterStep, { id }: AgentRecord, instance?: string) {
  const { pingIntervalMs, pingsMissedMax } = book.timeouts
  return {
    agentId: id,
    totalPingTimeoutMs: pingIntervalMs * pingsMissedMax,
    ...(instance !== undefined && { instance }),
    ...(book.durable && { clusterId: book.clusterId }),
  }
}
