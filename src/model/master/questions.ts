import type { TaskStatus } from '../../messages/index.ts'
import type { Kill, KillCall, Reconcile } from '../../messages/task.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { FrameworkRecord, TaskRecord } from '../ledger/records.ts'
import { isTerminal, stateFor } from '../task-states.ts'
import { masterStatus } from './statuses.ts'
import { callingFramework, type From, type MasterStep, tell } from './step.ts'

/** A scheduler wants tasks ended. A task unknown here is answered like a question about it. */
export function killTasks(step: MasterStep, call: From<KillCall>): void {
  const framework = callingFramework(step, call.from)
  if (framework === undefined) return
  for (const kill of call.kills) {
    const task = framework.tasks.get(kill.taskId)
    if (task === undefined) tell(step, framework, explain(step, framework, kill))
    else killTask(step, task, kill)
  }
}

function killTask(step: MasterStep, task: TaskRecord, kill: Kill): void {
  const agent = step.book.agents.get(task.agentId)
  if (kill.agentId !== undefined && kill.agentId !== task.agentId) {
    const detail = `a kill of ${task.id} names ${kill.agentId}, but it is on ${task.agentId}`
    return step.turn.mark('kill.wrongAgent', detail)
  }
  if (agent === undefined) return
  agent.killed.set(task, kill.killPolicy)
  if (agent.state !== 'connected') return
  step.turn.send(agent.address, {
    type: 'task.kill',
    frameworkId: task.frameworkId,
    kills: [kill],
  })
}

/**
 * Answers from the book alone, task by task; an empty list asks about every task (Mesos:
 * src/master/master.cpp, reconcile). Answers carry no uuid and are told once.
 */
export function reconcileTasks(step: MasterStep, call: From<Reconcile>): void {
  const framework = callingFramework(step, call.from)
  if (framework === undefined) return
  const questions =
    call.tasks.length > 0
      ? call.tasks
      : [...framework.tasks.values()].map((task) => ({ taskId: task.id }))
  const answers = questions.flatMap((question) => explain(step, framework, question))
  tell(step, framework, answers)
}

/**
 * The first rule that applies gives the state, in Mesos' order: the task is in the book, wherever
 * the question believes it to be; its agent may still come back to this new master, and nothing can
 * be said yet; its agent is known, unreachable, gone, or none of these. A task on an unreachable
 * agent is not in the book, so a question without an agent finds nothing.
 */
function explain(
  step: MasterStep,
  framework: FrameworkRecord,
  { taskId, agentId }: { taskId: string; agentId?: string },
): TaskStatus[] {
  const task = framework.tasks.get(taskId)
  const answer = (state: TaskStatus['state'], message: string): TaskStatus =>
    masterStatus(step.turn.at, { id: taskId, agentId }, state, 'RECONCILIATION', message)
  if (task !== undefined) {
    const state = toldState(task)
    return state === undefined ? [] : [latestOf(task, answer(state, 'the latest state'))]
  }
  if (mayComeBack(step.book, agentId)) return []
  const agent = agentId === undefined ? undefined : step.book.agents.get(agentId)
  if (agent?.abandoned.has(`${framework.id}/${taskId}`)) {
    return [answer('TASK_LOST', 'it was lost when the link to its agent broke')]
  }
  if (agent?.state === 'connected' || agent?.state === 'disconnected') {
    return [answer(stateFor(framework.info, 'TASK_GONE'), 'the agent does not know this task')]
  }
  if (agent?.state === 'unreachable') {
    const status = answer(
      stateFor(framework.info, 'TASK_UNREACHABLE'),
      `agent ${agent.id} is unreachable`,
    )
    const { unreachableTimeMs } = agent
    return [{ ...status, ...(unreachableTimeMs !== undefined && { unreachableTimeMs }) }]
  }
  if (agentId !== undefined && step.book.goneAgents.has(agentId)) {
    const state = stateFor(framework.info, 'TASK_GONE_BY_OPERATOR')
    return [answer(state, `agent ${agentId} was declared gone`)]
  }
  return [answer(stateFor(framework.info, 'TASK_UNKNOWN'), 'the master knows nothing of this task')]
}

/** A question that names no agent is about any. */
function mayComeBack({ awaited: { agents } }: Ledger, agentId: string | undefined): boolean {
  return agentId === undefined ? agents.size > 0 : agents.has(agentId)
}

/**
 * The state as its framework may know it. Nothing for one that a new master knows only by its end:
 * how far it was told is the agent's to say, whose next update is on its way: what was
 * acknowledged last would be a step back for who was told more.
 */
function toldState({ forwarded, state }: TaskRecord): TaskStatus['state'] | undefined {
  return forwarded?.state ?? (isTerminal(state) ? undefined : state)
}

/** A task in the book: where it is, and how it is as far as its framework was told. */
export function latestOf(task: TaskRecord, status: TaskStatus): TaskStatus {
  const { agentId, executorId, forwarded, acknowledged } = task
  const { healthy, checkStatus, carried } = forwarded ?? acknowledged ?? {}
  const container = carried?.container_status
  return {
    ...status,
    agentId,
    // That of a command is the agent's own affair, as in Mesos.
    ...(executorId !== task.id && { executorId }),
    ...(healthy !== undefined && { healthy }),
    ...(checkStatus !== undefined && { checkStatus }),
    ...(container !== undefined && { carried: { container_status: container } }),
  }
}
