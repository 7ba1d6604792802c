import type {
  ExecutorExited,
  ReportedExecutor,
  ShutdownExecutor,
} from '../../messages/lifecycle.ts'
import type { MessageFromAgent, MessageToMaster } from '../../messages/task.ts'
import { bookExecutor, dropExecutor } from '../ledger/accounts.ts'
import { agentAt } from '../ledger/ledger.ts'
import type { AgentRecord, ExecutorRecord, FrameworkRecord } from '../ledger/records.ts'
import { contains, toQuantities } from '../resources/quantities.ts'
import { isTerminal } from '../task-states.ts'
import { isBooked } from '../validation/executors.ts'
import { makeFree } from './offers.ts'
import { roleOf } from './reported.ts'
import { callingFramework, type From, type MasterStep, wantAllocation } from './step.ts'

/** Executors that hold resources of their own, from their first task until they are gone. */

/** An executor ended: what it held is free, and its framework is told after its tasks' updates. */
export function relayExecutorExit(step: MasterStep, report: From<ExecutorExited>): void {
  const { agentId, frameworkId, executorId, message, status } = report
  const agent = agentAt(step.book, report.from)
  const executor = agent?.executors.get(`${frameworkId}/${executorId}`)
  const framework = step.book.frameworks.get(frameworkId)
  if (executor !== undefined && !isLaunchedAnew(executor, framework)) {
    dropExecutor(step.book, executor)
    wantAllocation(step)
  }
  if (framework?.state !== 'connected') return
  step.turn.send(framework.address, {
    type: 'lifecycle.failure',
    agentId,
    executorId,
    ...(message !== undefined && { message }),
    ...(status !== undefined && { status }),
  })
}

/**
 * Of what ran on it the agent has told the end by now. Tasks that go on were on their way when it
 * ended: the agent launches it once more for them.
 */
function isLaunchedAnew({ id, agentId }: ExecutorRecord, framework?: FrameworkRecord): boolean {
  for (const task of framework?.tasks.values() ?? []) {
    const isIts = task.executorId === id && task.agentId === agentId
    if (isIts && !isTerminal(task.state)) return true
  }
  return false
}

/** A scheduler wants an executor ended; what is not there is passed over. */
export function shutDownExecutor(step: MasterStep, call: From<ShutdownExecutor>): void {
  const framework = callingFramework(step, call.from)
  const agent = step.book.agents.get(call.agentId)
  if (framework === undefined || agent?.state !== 'connected') return
  const { executorId } = call
  const frameworkId = framework.id
  step.turn.send(agent.address, { type: 'lifecycle.shutdownExecutor', frameworkId, executorId })
}

/** A scheduler and its executors talk: whatever cannot be delivered now is lost. */
export function relayMessage(
  step: MasterStep,
  message: From<MessageToMaster> | From<MessageFromAgent>,
): void {
  const { book, turn } = step
  const { agentId, executorId, data } = message
  if ('frameworkId' in message) {
    const framework = book.frameworks.get(message.frameworkId)
    if (agentAt(book, message.from)?.id !== agentId || framework?.state !== 'connected') return
    return turn.send(framework.address, { type: 'task.message', agentId, executorId, data })
  }
  const framework = callingFramework(step, message.from)
  const agent = book.agents.get(agentId)
  if (framework === undefined || agent?.state !== 'connected') return
  turn.send(agent.address, { type: 'task.message', frameworkId: framework.id, executorId, data })
}

/** The framework is gone, and its executors are being ended: they count no more. */
export function dropExecutorsOf({ book }: MasterStep, { id }: FrameworkRecord): void {
  for (const agent of book.agents.values()) {
    for (const executor of [...agent.executors.values()]) {
      if (executor.frameworkId === id) dropExecutor(book, executor)
    }
  }
}

/** The agent is lost, and with it the executors that cannot outlive that. */
export function loseExecutors(
  { book }: MasterStep,
  agent: AgentRecord,
  mayOutlive: (executor: ExecutorRecord) => boolean,
): void {
  for (const executor of [...agent.executors.values()]) {
    if (!mayOutlive(executor)) dropExecutor(book, executor)
  }
}

/** The agent says which executors live there: those count, and no others. */
export function compareExecutors(
  step: MasterStep,
  agent: AgentRecord,
  reported: readonly ReportedExecutor[],
): void {
  const { book } = step
  const listed = new Set(
    reported.map(({ frameworkId, executor }) => `${frameworkId}/${executor.executorId}`),
  )
  for (const [key, executor] of [...agent.executors]) {
    if (!listed.has(key)) dropExecutor(book, executor)
  }
  for (const { frameworkId, executor: info } of reported) {
    const framework = book.frameworks.get(frameworkId)
    if (framework === undefined || !isBooked(info)) continue
    if (agent.executors.has(`${frameworkId}/${info.executorId}`)) continue
    const resources = toQuantities(info.resources ?? {})
    makeFree(step, agent, resources)
    if (!contains(agent.free, resources)) continue
    const role = roleOf(framework, info.resources ?? {})
    const agentId = agent.id
    bookExecutor(book, {
      id: info.executorId,
      frameworkId,
      agentId,
      role,
      info,
      resources,
      holds: false,
    })
  }
}
