import {
  MASTER,
  type Reason,
  type TaskInfo,
  type TaskState,
  type TaskStatus,
} from '../../messages/index.ts'
import type { AcknowledgeToAgent } from '../../messages/task.ts'
import { move } from '../tables.ts'
import { isTerminal } from '../task-states.ts'
import { withStatus } from '../told.ts'
import { takeUpdateId } from '../update-id.ts'
import type {
  AgentBook,
  AgentTask,
  ExecutorRecord,
  FrameworkOnAgent,
  UpdateStream,
} from './book.ts'
import { collect } from './collect.ts'
import { duringDrain } from './drain-words.ts'
import { keepTask } from './keep.ts'
import { type AgentStep, agentId } from './step.ts'

/** How many updates of a task are remembered, to know a repeated one. */
const takenMax = 100

/** Of how many tasks a framework's updates are remembered when they are over (as in Mesos). */
const completedTasksMax = 200

type Happening = Parameters<AgentStep['charts']['updates']['next']>[1]

/** A task with nothing reported yet. */
export function newTask(
  book: AgentBook,
  info: TaskInfo,
  executorId: string,
  executor?: ExecutorRecord,
  group?: string,
): AgentTask {
  return {
    info,
    executorId,
    state: 'TASK_STAGING',
    updates: emptyStream(book),
    ...(executor && { executor }),
    ...(group !== undefined && { group }),
  }
}

function emptyStream(book: AgentBook): UpdateStream {
  const state = book.masterKnown ? 'idle' : 'paused'
  return { state, queue: [], attempts: 0, sentAtMs: 0, taken: [] }
}

/** What was taken of an earlier task of this id, which a new one is no more remembered by. */
export function takenBefore(framework: FrameworkOnAgent, taskId: string): readonly string[] {
  const taken = framework.completed.get(taskId) ?? []
  framework.completed.delete(taskId)
  return taken
}

/** Takes a new state of a task into the book and towards its scheduler. */
export function append(
  step: AgentStep,
  framework: FrameworkOnAgent,
  task: AgentTask,
  reported: TaskStatus,
): void {
  const { updates } = task
  const status = duringDrain(step.book, framework, reported)
  move(step.charts.task, task, `reported.${status.state}`, step.turn, untimed)
  if (isTerminal(task.state)) task.executor?.tasks.delete(status.taskId)
  if (status.uuid !== undefined) updates.taken.push(status.uuid)
  if (updates.taken.length > takenMax) updates.taken.shift()
  updates.queue.push(status)
  keepTask(step, framework, task.info.taskId)
  const before = updates.state
  moveStream(step, framework, task, 'update.appended')
  if (before === 'idle' || (before === 'waiting' && isStuck(step, task))) {
    send(step, framework, task)
  }
}

/** It has ended, but the update in front of that waits for a scheduler that does not answer. */
function isStuck({ book, turn }: AgentStep, { state, updates }: AgentTask): boolean {
  return isTerminal(state) && turn.at - updates.sentAtMs >= book.timeouts.latestStateDelayMs
}

/** A state that the agent itself has to report. */
export function report(
  step: AgentStep,
  framework: FrameworkOnAgent,
  task: AgentTask,
  state: TaskState,
  reason: Reason,
  message: string,
): void {
  append(step, framework, task, {
    taskId: task.info.taskId,
    state,
    source: 'AGENT',
    reason,
    message,
    timestampMs: step.turn.at,
    uuid: takeUpdateId(step.book),
    agentId: agentId(step.book),
    executorId: task.executorId,
  })
}

/** The scheduler has updates: the next of each task may go, and finished tasks are forgotten. */
export function acknowledge(step: AgentStep, message: AcknowledgeToAgent): void {
  const framework = step.book.frameworks.get(message.frameworkId)
  if (framework === undefined) return
  for (const { taskId, uuid } of message.acknowledgements) {
    const task = framework.tasks.get(taskId)
    if (task !== undefined && task.updates.queue[0]?.uuid === uuid) advance(step, framework, task)
  }
}

function advance(step: AgentStep, framework: FrameworkOnAgent, task: AgentTask): void {
  const { updates } = task
  const acknowledged = updates.queue.shift()
  if (acknowledged !== undefined && step.book.info.endpoint !== undefined) {
    updates.acknowledged = withStatus(updates.acknowledged ?? [], acknowledged)
  }
  updates.attempts = 0
  keepTask(step, framework, task.info.taskId)
  if (acknowledged !== undefined && isTerminal(acknowledged.state)) {
    moveStream(step, framework, task, 'update.terminalAcknowledged')
    complete(step, framework, task)
  } else if (updates.queue.length === 0) {
    moveStream(step, framework, task, 'update.allAcknowledged')
    if (task.isStray) complete(step, framework, task)
  } else {
    moveStream(step, framework, task, 'update.headAcknowledged')
    if (updates.state === 'waiting') send(step, framework, task)
  }
}

/** Nothing more is to be said of it; what was said is remembered, to know a repeated update. */
function complete(step: AgentStep, framework: FrameworkOnAgent, task: AgentTask): void {
  const { executor, info, updates } = task
  if (step.book.info.endpoint !== undefined) {
    step.turn.perform({ type: 'report', what: 'taskEnded', framework, task })
  }
  framework.tasks.delete(info.taskId)
  framework.completed.set(info.taskId, updates.taken)
  const [oldest] = framework.completed.keys()
  if (framework.completed.size > completedTasksMax && oldest !== undefined) {
    framework.completed.delete(oldest)
  }
  if (executor !== undefined) executor.unreported--
  collect(step, framework, executor)
}

/** Nobody acknowledged an update in time. */
export function retry(
  step: AgentStep,
  { frameworkId, taskId }: { frameworkId: string; taskId: string },
): void {
  const framework = step.book.frameworks.get(frameworkId)
  const task = framework?.tasks.get(taskId)
  if (framework === undefined || task?.updates.state !== 'waiting') return
  moveStream(step, framework, task, 'update.retryDue')
  send(step, framework, task)
}

/** There is no master: nothing is repeated until there is one. */
export function pauseAll(step: AgentStep): void {
  for (const framework of step.book.frameworks.values()) {
    for (const task of framework.tasks.values()) {
      moveStream(step, framework, task, 'update.masterLost')
    }
  }
}

/** There is a master again: the first update of every task goes at once. */
export function resumeAll(step: AgentStep): void {
  for (const framework of step.book.frameworks.values()) {
    for (const task of framework.tasks.values()) {
      const { updates } = task
      if (updates.state !== 'paused') continue
      updates.attempts = 0
      moveStream(
        step,
        framework,
        task,
        updates.queue.length === 0 ? 'update.allAcknowledged' : 'update.masterFound',
      )
      if (updates.queue.length > 0) send(step, framework, task)
    }
  }
}

/** Somebody listens again: what is on its way is sent anew, and its retries begin anew. */
export function repeatWaiting(step: AgentStep, framework: FrameworkOnAgent): void {
  for (const task of framework.tasks.values()) {
    if (task.updates.state !== 'waiting') continue
    task.updates.attempts = 0
    moveStream(step, framework, task, 'update.schedulerFound')
    send(step, framework, task)
  }
}

/** Nobody is to be told about this task any more. */
export function closeStream(step: AgentStep, framework: FrameworkOnAgent, task: AgentTask): void {
  if (task.updates.state === 'idle') return
  moveStream(step, framework, task, 'update.terminalAcknowledged')
}

function send(step: AgentStep, framework: FrameworkOnAgent, task: AgentTask): void {
  const [status] = task.updates.queue
  if (status === undefined) return
  task.updates.attempts++
  task.updates.sentAtMs = step.turn.at
  step.turn.send(MASTER, {
    type: 'task.update',
    agentId: agentId(step.book),
    updates: [{ frameworkId: framework.id, status, latestState: task.state }],
  })
}

function moveStream(
  step: AgentStep,
  framework: FrameworkOnAgent,
  task: AgentTask,
  happening: Happening,
): void {
  const { updateRetryMinMs, updateRetryMaxMs } = step.book.timeouts
  const retries = task.updates.attempts
  move(step.charts.updates, task.updates, happening, step.turn, {
    id: `${framework.id}/${task.info.taskId}`,
    event: (type) => ({ type, frameworkId: framework.id, taskId: task.info.taskId }),
    delays: { updateRetryMs: Math.min(updateRetryMaxMs, updateRetryMinMs * 2 ** retries) },
  })
}

/** Tasks have no timers of their own at the agent. */
const untimed = { id: 'task', event: (type: never): never => type }
