import type { MarkAgentGone } from '../../messages/maintenance.ts'
import { goneAgentsMax, type Ledger } from '../ledger/ledger.ts'
import type { AgentRecord, FrameworkRecord, TaskRecord } from '../ledger/records.ts'
import { move } from '../tables.ts'
import { loseAgent, untimed } from './agents.ts'
import { fateOf } from './fate.ts'
import { keepGone } from './keep.ts'
import { agentNamed } from './named-agents.ts'
import { endTask, reportStatus } from './reports.ts'
import { confirmCall, refuseCall } from './settings.ts'
import { masterStatus } from './statuses.ts'
import { type From, type MasterStep, tell } from './step.ts'

/** An operator says that an agent never comes back. Saying so twice changes nothing. */
export function markAgentGone(step: MasterStep, call: From<MarkAgentGone>): void {
  const agent = agentNamed(step.book, call.agent)
  if (typeof agent !== 'string') declareGone(step, agent, 'an operator says so')
  else if (!isGone(step.book, call.agent)) return refuseCall(step, call, agent)
  confirmCall(step, call)
}

/** Whether the agent of this id or host name was declared gone. */
function isGone({ goneAgents }: Ledger, name: string): boolean {
  if (goneAgents.has(name)) return true
  return [...goneAgents.values()].some(({ hostname }) => hostname === name)
}

/**
 * The agent is shut down, if it hears, and never admitted again; its tasks, those that were out of
 * reach too, are declared gone (Mesos: src/master/master.cpp, markGone).
 */
export function declareGone(step: MasterStep, agent: AgentRecord, why: string): void {
  const { book, turn } = step
  const { id, info, address, state } = agent
  if (state === 'connected' || state === 'disconnected') {
    turn.send(address, { type: 'lifecycle.shutdown', message: `agent ${id} is gone: ${why}` })
  }
  for (const framework of book.frameworks.values()) giveUpUnreachable(step, framework, agent, why)
  loseAgent(step, agent, 'agent.markedGone', why)
  book.goneAgents.set(id, { id, hostname: info.hostname, goneAtMs: turn.at })
  keepGone(step, id)
  const [oldest] = book.goneAgents.keys()
  if (book.goneAgents.size <= goneAgentsMax || oldest === undefined) return
  book.goneAgents.delete(oldest)
  keepGone(step, oldest)
}

function giveUpUnreachable(
  step: MasterStep,
  framework: FrameworkRecord,
  agent: AgentRecord,
  why: string,
): void {
  const { state, reason } = fateOf(framework.info, 'gone')
  const giveUp = (task: TaskRecord) => {
    framework.unreachableTasks.delete(task.id)
    move(step.charts.task, task, `reported.${state}`, step.turn, untimed)
    const message = `agent ${agent.id} is gone: ${why}`
    const status = masterStatus(step.turn.at, task, state, reason, message)
    reportStatus(step, task, status)
    endTask(step, task)
    return status
  }
  const lost = [...framework.unreachableTasks.values()].filter(
    ({ agentId }) => agentId === agent.id,
  )
  tell(step, framework, lost.map(giveUp))
}
