import type { AgentUpdate } from '../../messages/task.ts'
import { bookAbandoned, releaseTask } from '../ledger/accounts.ts'
import type { AgentRecord, TaskRecord } from '../ledger/records.ts'
import { contains } from '../resources/quantities.ts'
import { isTerminal } from '../task-states.ts'
import { type ReportedTask, reportedRecord } from './reported.ts'
import type { MasterStep } from './step.ts'

/** So many are remembered of one agent when they have ended: late words of them are known. */
const abandonedMax = 1_000

/**
 * Tasks that were called lost when the link to their agent broke. That word is final: if they run
 * on they are ended, their framework hears no more of them, and what they use is offered to nobody
 * until the agent says that they have ended. (Mesos passes their updates on, kills nothing, and
 * offers what they use: docs/high-availability-framework-guide.md, src/master/master.cpp.)
 */
export function abandon(agent: AgentRecord, task: TaskRecord): void {
  const { abandoned } = agent
  abandoned.set(keyOf(task.frameworkId, task.id), { task, isOver: false })
  const [oldest] = abandoned
  if (abandoned.size > abandonedMax && oldest?.[1].isOver) abandoned.delete(oldest[0])
}

/** Whether the word that this task is lost has been given. */
export function isAbandoned({ abandoned }: AgentRecord, { frameworkId, task }: ReportedTask) {
  return abandoned.has(keyOf(frameworkId, task.taskId))
}

/** Whether one of them may still run. */
export function runsAbandoned({ abandoned }: AgentRecord): boolean {
  for (const { isOver } of abandoned.values()) if (!isOver) return true
  return false
}

/**
 * The agent comes back without some of them: they have ended, or never were there. It may still
 * say so, because an earlier registration asked it.
 */
export function noteAbsent(
  step: MasterStep,
  agent: AgentRecord,
  reported: readonly ReportedTask[],
): void {
  const listed = new Set(reported.map(({ frameworkId, task }) => keyOf(frameworkId, task.taskId)))
  for (const [key, abandoned] of agent.abandoned) if (!listed.has(key)) noteEnd(step, abandoned)
}

/**
 * An agent lists a task that nobody here owns: it is ended, and holds its resources until it has.
 * One that has ended already only waits for its last update to be taken.
 */
export function endStray(step: MasterStep, agent: AgentRecord, reported: ReportedTask): void {
  const { frameworkId, state, task } = reported
  const framework = step.book.frameworks.get(frameworkId)
  if (framework === undefined || framework.tasks.get(task.taskId)?.agentId === agent.id) return
  const key = keyOf(frameworkId, task.taskId)
  const known = agent.abandoned.get(key)
  if (isTerminal(state)) return known && noteEnd(step, known)
  const stray = known ?? { task: reportedRecord(framework, agent, reported), isOver: false }
  agent.abandoned.set(key, stray)
  if (!stray.task.holds && contains(agent.free, stray.task.resources)) {
    bookAbandoned(step.book, stray.task)
  }
  const kills = [{ taskId: task.taskId }]
  step.turn.send(agent.address, { type: 'task.kill', frameworkId, kills })
}

/** Takes an update of such a task in place of its framework; says whether it was one. */
export function takeAbandoned(
  step: MasterStep,
  agent: AgentRecord,
  { frameworkId, status, latestState }: AgentUpdate,
): boolean {
  const { taskId, uuid } = status
  const known = agent.abandoned.get(keyOf(frameworkId, taskId))
  if (known === undefined) return false
  if (isTerminal(latestState)) noteEnd(step, known)
  if (uuid !== undefined) {
    const acknowledgements = [{ taskId, uuid }]
    step.turn.send(agent.address, { type: 'task.acknowledge', frameworkId, acknowledgements })
  }
  return true
}

/** The agent is gone: whatever is still there holds nothing, but stays lost if it comes back. */
export function dropAbandoned({ book }: MasterStep, agent: AgentRecord): void {
  for (const { task } of agent.abandoned.values()) releaseTask(book, task)
}

/** The framework is gone: nobody is left to be told anything. */
export function forgetAbandonedOf({ book }: MasterStep, frameworkId: string): void {
  for (const agent of book.agents.values()) {
    for (const [key, { task }] of agent.abandoned) {
      if (task.frameworkId !== frameworkId) continue
      releaseTask(book, task)
      agent.abandoned.delete(key)
    }
  }
}

/** A new task takes the id of one that has ended. */
export function replaceAbandoned(agent: AgentRecord, task: TaskRecord): void {
  agent.abandoned.delete(keyOf(task.frameworkId, task.id))
}

function noteEnd({ book }: MasterStep, abandoned: { task: TaskRecord; isOver: boolean }): void {
  abandoned.isOver = true
  releaseTask(book, abandoned.task)
}

function keyOf(frameworkId: string, taskId: string): string {
  return `${frameworkId}/${taskId}`
}
