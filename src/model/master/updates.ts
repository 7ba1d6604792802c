import type { TaskStatus } from '../../messages/index.ts'
import type { Acknowledge, AgentUpdate, UpdateToMaster } from '../../messages/task.ts'
import { releaseTask } from '../ledger/accounts.ts'
import { agentAt } from '../ledger/ledger.ts'
import type { AgentRecord, FrameworkRecord, TaskRecord } from '../ledger/records.ts'
import { move } from '../tables.ts'
import { isTerminal } from '../task-states.ts'
import { takeAbandoned } from './abandoned.ts'
import { untimed } from './agents.ts'
import { endTask, reportStatus } from './reports.ts'
import { callingFramework, type From, type MasterStep, wantAllocation } from './step.ts'

/**
 * An agent reports states. The book follows the latest state, so resources are free at the first
 * sign of the end; the scheduler sees the states one by one (protocol: Mesos, statusUpdate).
 */
export function relayUpdates(step: MasterStep, report: From<UpdateToMaster>): void {
  const agent = agentAt(step.book, report.from)
  if (agent === undefined || agent.id !== report.agentId || agent.state !== 'connected') {
    return step.turn.mark('update.strangeAgent', `${report.from} reports, but is not connected`)
  }
  for (const update of report.updates) {
    const framework = step.book.frameworks.get(update.frameworkId)
    if (framework === undefined) {
      endCompleted(step, agent, update.frameworkId)
      continue
    }
    if (takeAbandoned(step, agent, update)) continue
    const task = framework.tasks.get(update.status.taskId)
    if (task?.agentId === agent.id) follow(step, task, update)
    forward(step, framework, task, update)
  }
  wantAllocation(step)
}

/** The agent missed that the framework is gone, and would go on for ever. */
function endCompleted({ book, turn }: MasterStep, agent: AgentRecord, frameworkId: string): void {
  if (!book.completedFrameworks.includes(frameworkId)) return
  turn.send(agent.address, { type: 'lifecycle.shutdownFramework', frameworkId })
}

function follow(step: MasterStep, task: TaskRecord, update: AgentUpdate): void {
  move(step.charts.task, task, `reported.${update.latestState}`, step.turn, untimed)
  if (isTerminal(task.state)) releaseTask(step.book, task)
}

/** A disconnected framework hears of it when the agent repeats the update. */
function forward(
  step: MasterStep,
  framework: FrameworkRecord,
  task: TaskRecord | undefined,
  { status }: AgentUpdate,
): void {
  if (framework.state !== 'connected') {
    if (task !== undefined) reportStatus(step, task, status)
    return
  }
  const told = task?.preemptedFor === undefined ? status : preempted(status, task.preemptedFor)
  if (task !== undefined) {
    task.forwarded = told
    reportStatus(step, task, told)
  }
  step.turn.send(framework.address, { type: 'task.update', updates: [told] })
}

/** Its executor only knows that it was killed; the master knows for whom. */
function preempted(status: TaskStatus, role: string): TaskStatus {
  if (status.state !== 'TASK_KILLED') return status
  return {
    ...status,
    reason: 'CONTAINER_PREEMPTED',
    message: `ended to make room for the role ${role}`,
  }
}

/**
 * The scheduler has updates; their agents are told. The task whose terminal update this is leaves
 * the book.
 */
export function relayAcknowledgements(step: MasterStep, call: From<Acknowledge>): void {
  const framework = callingFramework(step, call.from)
  if (framework === undefined) return
  for (const { agentId, taskId, uuid } of call.acknowledgements) {
    const agent = step.book.agents.get(agentId)
    if (agent?.state !== 'connected') continue
    const task = framework.tasks.get(taskId)
    const last = task?.forwarded
    if (task !== undefined && last?.uuid === uuid && isTerminal(last.state)) {
      endTask(step, task)
    }
    step.turn.send(agent.address, {
      type: 'task.acknowledge',
      frameworkId: framework.id,
      acknowledgements: [{ taskId, uuid }],
    })
  }
}
