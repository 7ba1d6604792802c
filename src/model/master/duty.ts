import type { DeactivateAgent, DrainAgent, ReactivateAgent } from '../../messages/maintenance.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { machineOf } from '../ledger/maintenance.ts'
import type { AgentRecord } from '../ledger/records.ts'
import { countCapacity } from '../ledger/roles.ts'
import { move } from '../tables.ts'
import { problemWithGrace } from '../validation/maintenance.ts'
import { runsAbandoned } from './abandoned.ts'
import { declareGone } from './gone.ts'
import { keepAgent } from './keep.ts'
import { agentNamed } from './named-agents.ts'
import { report } from './reports.ts'
import { confirmCall, refuseCall } from './settings.ts'
import { type From, type MasterStep, wantAllocation } from './step.ts'
import { withdrawFrom } from './withdrawal.ts'

/** Whether agents may be offered is an operator's word; each call counts as a whole or not. */

type Happening = Parameters<MasterStep['charts']['duty']['next']>[1]

/** No offers of the agent from now on; its tasks run on. */
export function deactivateAgent(step: MasterStep, call: From<DeactivateAgent>): void {
  const agent = agentNamed(step.book, call.agent)
  if (typeof agent === 'string') return refuseCall(step, call, agent)
  moveDuty(step, agent, 'agent.deactivated')
  withdrawFrom(step, agent)
  confirmCall(step, call)
}

/** The agent is offered again. A drain that has begun cannot be called off. */
export function reactivateAgent(step: MasterStep, call: From<ReactivateAgent>): void {
  const agent = agentNamed(step.book, call.agent)
  if (typeof agent === 'string') return refuseCall(step, call, agent)
  if (!moveDuty(step, agent, 'agent.reactivated')) {
    const how = agent.duty.state === 'draining' ? 'still being drained' : 'not deactivated'
    return refuseCall(step, call, `agent ${call.agent} is ${how}`)
  }
  delete agent.duty.drain
  wantAllocation(step)
  confirmCall(step, call)
}

/** The agent is emptied: no offers of it, and its tasks are killed within the time given. */
export function drainAgent(step: MasterStep, call: From<DrainAgent>): void {
  const { book } = step
  const agent = agentNamed(book, call.agent)
  if (typeof agent === 'string') return refuseCall(step, call, agent)
  const { maxGracePeriodMs, markGone } = call
  const problem = problemWithGrace(maxGracePeriodMs) ?? problemWithMachine(book, agent)
  if (problem !== undefined) return refuseCall(step, call, problem)
  moveDuty(step, agent, 'agent.drainStarted')
  agent.duty.drain = {
    ...(maxGracePeriodMs !== undefined && { maxGracePeriodMs }),
    ...(markGone !== undefined && { markGone }),
  }
  keepAgent(step, agent.id)
  withdrawFrom(step, agent)
  tellDrain(step, agent)
  confirmCall(step, call)
}

function problemWithMachine(book: Ledger, { info }: AgentRecord): string | undefined {
  const machine = machineOf(book, info.hostname)
  if (machine === undefined) return undefined
  return `the machine ${machine.hostname} is in the maintenance schedule; take it out to drain its agent`
}

/** An agent that comes back while it is drained may not know, or not any more. */
export function resumeDrain(step: MasterStep, { agentId }: { agentId: string }): void {
  const agent = step.book.agents.get(agentId)
  if (agent !== undefined) tellDrain(step, agent)
}

/** The word may get lost, so it goes along with every ping as long as the drain is not done. */
export function tellDrain(step: MasterStep, agent: AgentRecord): void {
  if (agent.duty.state !== 'draining' || agent.state !== 'connected') return
  step.turn.send(agent.address, { type: 'lifecycle.drain', ...agent.duty.drain })
}

/** The same decision, after which drains may be done: it can end the last task of an agent. */
export function thenNoteDrained<Params>(
  decide: (step: MasterStep, params: Params) => void,
): (step: MasterStep, params: Params) => void {
  return (step, params) => {
    decide(step, params)
    if (step.book.offDuty.size > 0) noteDrained(step)
  }
}

/**
 * Drains are done when no task is left, not even one whose end is not acknowledged, or that was
 * called lost but may run on, and no operation. Of an agent that is away nobody can say so.
 */
function noteDrained(step: MasterStep): void {
  for (const agent of [...step.book.offDuty]) {
    if (agent.duty.state !== 'draining' || agent.state !== 'connected') continue
    if (agent.tasks.size + agent.operations.size > 0 || runsAbandoned(agent)) continue
    if (agent.duty.drain?.markGone === true) declareGone(step, agent, 'it was drained for good')
    else moveDuty(step, agent, 'agent.drained')
  }
}

/** Off duty an agent is no part of what is shared, and of what is offered. */
function moveDuty(step: MasterStep, agent: AgentRecord, happening: Happening): boolean {
  const { book, turn, charts } = step
  const before = agent.duty.state
  if (!move(charts.duty, agent.duty, happening, turn, untimed)) return false
  keepAgent(step, agent.id)
  report(step, { type: 'agentUpdated', agentId: agent.id })
  const [was, is] = [before === 'active', agent.duty.state === 'active']
  if (was === is) return true
  if (agent.state === 'connected') countCapacity(book, agent.total, is ? 1 : -1)
  if (!is) book.offDuty.add(agent)
  else {
    book.offDuty.delete(agent)
    agent.settled = undefined
    book.candidates.add(agent.id)
  }
  return true
}

/** Nothing about duty waits for time. */
const untimed = { id: 'duty', event: (type: never): never => type }
