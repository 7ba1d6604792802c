import type { ReregisterAgent } from '../../messages/lifecycle.ts'
import { existing } from '../assert.ts'
import { bookTask } from '../ledger/accounts.ts'
import { agentAt } from '../ledger/ledger.ts'
import type { AgentRecord, FrameworkRecord } from '../ledger/records.ts'
import { contains, toQuantities } from '../resources/quantities.ts'
import { move } from '../tables.ts'
import { isTerminal } from '../task-states.ts'
import { endStray, isAbandoned, noteAbsent } from './abandoned.ts'
import {
  addAgent,
  admissionOf,
  connectAgent,
  problemWithAgent,
  tellEnd,
  untimed,
} from './agents.ts'
import { compareExecutors } from './executors.ts'
import { recoverFramework } from './frameworks.ts'
import { settleOperations } from './operations.ts'
import { latestOf } from './questions.ts'
import { keepLimits } from './quotas.ts'
import { type ReportedTask, reportedRecord } from './reported.ts'
import { reportTask } from './reports.ts'
import { adoptTotal } from './revert.ts'
import { masterStatus } from './statuses.ts'
import { type From, type MasterStep, tell, wantAllocation } from './step.ts'

/**
 * An agent comes back with its id and its tasks; both books are compared (Mesos: src/master/
 * master.cpp, reregisterSlave and reconcileKnownSlave). What the agent runs counts as running.
 */
export function reregisterAgent(step: MasterStep, call: From<ReregisterAgent>): void {
  const { book, turn } = step
  const problem = problemWithAgent(call.agent)
  if (problem !== undefined) {
    return turn.send(call.from, { type: 'lifecycle.shutdown', message: `refused: ${problem}` })
  }
  const before = book.agents.get(call.agentId)
  const known = before?.state === 'connected' || before?.state === 'disconnected'
  const stranger = agentAt(book, call.from)
  if (stranger !== undefined && stranger.id !== call.agentId) {
    const message = `refused: ${call.from} is already agent ${stranger.id}`
    return turn.send(call.from, { type: 'lifecycle.shutdown', message })
  }
  const agent = before ?? addAgent(step, call.agentId, call.from, call.agent)
  if (before !== undefined) compareTotals(step, before, call)
  book.agentAt.delete(agent.address)
  agent.address = call.from
  book.agentAt.set(call.from, agent.id)
  connectAgent(step, agent, 'agent.reregistered')
  for (const { frameworkId, framework } of call.frameworks) {
    admitFramework(step, agent, frameworkId, framework)
  }
  turn.send(agent.address, {
    type: 'lifecycle.agentReregistered',
    ...admissionOf(step, agent, call.instance),
    sent: agent.sent,
    reconciliations: known ? unlisted(step, agent, call.tasks) : [],
  })
  noteAbsent(step, agent, call.tasks)
  compareExecutors(step, agent, call.executors ?? [])
  for (const reported of call.tasks) {
    if (known || isAbandoned(agent, reported)) endStray(step, agent, reported)
    else readmitTask(step, agent, reported)
  }
  keepLimits(step)
  repeatKills(step, agent)
  wantAllocation(step)
}

/**
 * The agent reports its resources as operations have made them. It has answered none that it got
 * while it was away, so those that the book does not agree about never reached it.
 */
function compareTotals(step: MasterStep, agent: AgentRecord, call: ReregisterAgent): void {
  const outcome = adoptTotal(step, agent, toQuantities(call.agent.resources))
  if (outcome === 'same') settleOperations(step, agent, 'OPERATION_FINISHED')
  if (outcome !== 'adopted') return
  settleOperations(step, agent, 'OPERATION_DROPPED', `agent ${agent.id} came back without it`)
}

function admitFramework(
  step: MasterStep,
  agent: AgentRecord,
  frameworkId: string,
  info: FrameworkRecord['info'],
): void {
  const { book, turn } = step
  if (book.completedFrameworks.includes(frameworkId)) {
    turn.send(agent.address, { type: 'lifecycle.shutdownFramework', frameworkId })
  } else if (!book.frameworks.has(frameworkId)) {
    recoverFramework(step, frameworkId, info)
  }
}

/**
 * Tasks that this book has and the agent does not: it decides what became of them. Of those that
 * have ended it has nothing more to say.
 */
function unlisted(step: MasterStep, agent: AgentRecord, tasks: readonly ReportedTask[]) {
  const listed = new Set(tasks.map(({ frameworkId, task }) => `${frameworkId}/${task.taskId}`))
  const byFramework = new Map<string, string[]>()
  for (const task of [...agent.tasks]) {
    if (listed.has(`${task.frameworkId}/${task.id}`)) continue
    if (isTerminal(task.state)) {
      tellEnd(step, existing(step.book.frameworks, task.frameworkId, 'framework'), task)
      continue
    }
    byFramework.set(task.frameworkId, [...(byFramework.get(task.frameworkId) ?? []), task.id])
  }
  return [...byFramework].flatMap(([frameworkId, taskIds]) => {
    const framework = step.book.frameworks.get(frameworkId)
    return framework === undefined ? [] : [{ frameworkId, framework: framework.info, taskIds }]
  })
}

/** A task of an agent that was given up: it is taken back in the state the agent reports. */
function readmitTask(step: MasterStep, agent: AgentRecord, reported: ReportedTask): void {
  const { book, turn, charts } = step
  const framework = book.frameworks.get(reported.frameworkId)
  if (framework === undefined || framework.tasks.has(reported.task.taskId)) return
  const kept = framework.unreachableTasks.get(reported.task.taskId)
  const task = kept?.agentId === agent.id ? kept : reportedRecord(framework, agent, reported)
  framework.unreachableTasks.delete(task.id)
  move(charts.task, task, `returned.${reported.state}`, turn, untimed)
  if (isTerminal(task.state) || !contains(agent.free, task.resources)) {
    agent.tasks.add(task)
    framework.tasks.set(task.id, task)
  } else bookTask(book, task)
  reportTask(step, task, reported)
  // How it ended follows in the agent's own words, after what came before.
  if (isTerminal(task.state)) return
  const message = `agent ${agent.id} is back`
  const status = masterStatus(turn.at, task, task.state, 'AGENT_REREGISTERED', message)
  tell(step, framework, [latestOf(task, status)])
}

/** Mesos forgets how much time the tasks were given; here they get what was asked for. */
function repeatKills(step: MasterStep, agent: AgentRecord): void {
  for (const [task, killPolicy] of agent.killed) {
    if (isTerminal(task.state)) continue
    step.turn.send(agent.address, {
      type: 'task.kill',
      frameworkId: task.frameworkId,
      kills: [{ taskId: task.id, ...(killPolicy && { killPolicy }) }],
    })
  }
}
