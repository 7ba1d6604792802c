import { MASTER, type Message } from '../../messages/index.ts'
import type {
  AgentRegistered,
  AgentReregistered,
  Ping,
  ReportedExecutor,
} from '../../messages/lifecycle.ts'
import { backoff } from '../random.ts'
import { toResources } from '../resources/quantities.ts'
import { callsIn } from '../tally.ts'
import { stateFor } from '../task-states.ts'
import type { AgentBook } from './book.ts'
import { frameworkOf } from './frameworks.ts'
import { keepAgent } from './keep.ts'
import type { AgentStep } from './step.ts'
import { newTask, pauseAll, report, resumeAll } from './streams.ts'

/** Waits a random while before the next try, longer each time (Mesos: registration backoff). */
export function scheduleRegistration(step: AgentStep): void {
  const { book, turn } = step
  const { registrationBackoffMs, registrationBackoffMaxMs } = book.timeouts
  const attempt = book.registrationAttempts++
  const delay = backoff(book, attempt, registrationBackoffMs, registrationBackoffMaxMs)
  turn.startTimer('registration', { type: 'registration.due' }, delay)
}

/** Says who it is and what it has; with its id and all its tasks, when it had an id before. */
export function register(step: AgentStep): void {
  const { book, turn } = step
  const { id, instance } = book
  const agent = { ...book.info, resources: toResources(book.resources) }
  if (id === undefined) {
    return turn.send(MASTER, { type: 'lifecycle.registerAgent', agent, instance })
  }
  turn.send(MASTER, {
    type: 'lifecycle.reregisterAgent',
    agentId: id,
    agent,
    instance,
    tasks: reportedTasks(book),
    executors: reportedExecutors(book),
    frameworks: [...book.frameworks.values()].map((framework) => ({
      frameworkId: framework.id,
      framework: framework.info,
    })),
  })
}

/** Which cluster it belongs to from now on, when its master keeps that. */
function noteCluster(step: AgentStep, { clusterId }: { clusterId?: string }): void {
  if (clusterId !== undefined) step.book.clusterId = clusterId
  keepAgent(step)
}

/** An answer that an earlier run of this agent asked for must not be taken for its own. */
export function isForThisRun(
  book: AgentBook,
  answer: AgentRegistered | AgentReregistered,
): boolean {
  const isReturn = answer.type === 'lifecycle.agentReregistered'
  if (isReturn && answer.agentId !== book.id) return false
  return answer.instance === undefined || answer.instance === book.instance
}

/** Counts a call of the master, whatever becomes of it. */
export function noteCall({ book }: AgentStep, message: Message): void {
  book.heard += callsIn(message)
}

/** Whether the master believes that this agent is connected, and has sent no more than it heard. */
export function isInStep({ heard }: AgentBook, { connected, sent = heard }: Omit<Ping, 'type'>) {
  return connected && sent === heard
}

/**
 * The master knows this agent now. What it sent before this answer, perhaps after an earlier one
 * that was lost, was not taken: the count begins here, so that the next ping shows the gap.
 */
export function acceptRegistration(step: AgentStep, message: AgentRegistered): void {
  step.book.id = message.agentId
  noteCluster(step, message)
  step.book.heard = 0
  step.book.registrationAttempts = 0
  step.book.masterKnown = true
  expectPings(step, message.totalPingTimeoutMs)
  resumeAll(step)
}

/** The master knows this agent again, and asks about tasks it believes to be here. */
export function acceptReregistration(step: AgentStep, message: AgentReregistered): void {
  step.book.heard = message.sent ?? 0
  step.book.registrationAttempts = 0
  step.book.masterKnown = true
  step.book.lastOperation = -1
  noteCluster(step, message)
  expectPings(step, message.totalPingTimeoutMs)
  resumeAll(step)
  for (const { frameworkId, framework: info, taskIds } of message.reconciliations) {
    for (const taskId of taskIds) {
      const framework = frameworkOf(step, frameworkId, info)
      if (framework.tasks.has(taskId)) continue
      const unknown = { taskId, name: taskId, agentId: message.agentId, resources: {} }
      const task = newTask(step.book, unknown, taskId)
      framework.tasks.set(taskId, task)
      const state = stateFor(info, 'TASK_DROPPED')
      report(step, framework, task, state, 'RECONCILIATION', 'the task never reached this agent')
    }
  }
}

/** A ping: answered always; it also proves that the master lives. */
export function answerPing(step: AgentStep): void {
  step.turn.send(MASTER, { type: 'lifecycle.pong' })
}

/** Starts the wait for the next ping anew. */
export function expectPings(step: AgentStep, withinMs?: number): void {
  step.turn.cancelTimer('silence')
  step.turn.startTimer('silence', { type: 'master.silent' }, withinMs ?? 'pingSilenceMs')
}

/** The master is silent or does not know us: updates wait until it does. */
export function loseMaster(step: AgentStep): void {
  step.book.masterKnown = false
  step.turn.cancelTimer('silence')
  pauseAll(step)
}

/** Leaves in good order. */
export function unregister(step: AgentStep): void {
  step.turn.cancelTimer('silence')
  const { id } = step.book
  step.book.hasLeft = true
  keepAgent(step)
  if (id === undefined) return
  step.turn.send(MASTER, { type: 'lifecycle.unregisterAgent', agentId: id })
}

/** Those that hold resources of their own. */
function reportedExecutors(book: AgentBook): ReportedExecutor[] {
  return [...book.frameworks.values()].flatMap(({ id: frameworkId, executors }) =>
    [...executors.values()].flatMap(({ info: executor, state }) =>
      executor === undefined || state === 'terminated' ? [] : [{ frameworkId, executor }],
    ),
  )
}

function reportedTasks(book: AgentBook) {
  return [...book.frameworks.values()].flatMap((framework) =>
    [...framework.tasks.values()]
      .filter(({ isStray }) => !isStray)
      .map((task) => ({
        frameworkId: framework.id,
        executorId: task.executorId,
        task: task.info,
        state: task.state,
        ...(task.updates.acknowledged && { statuses: [...task.updates.acknowledged] }),
      })),
  )
}
