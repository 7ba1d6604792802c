import type { Address, AgentInfo, TaskStatus } from '../../messages/index.ts'
import type { UpdateToAgent } from '../../messages/task.ts'
import { isTerminal } from '../task-states.ts'
import type { AgentTask, FrameworkOnAgent } from './book.ts'
import { networkInfosOf } from './networks.ts'
import { type AgentStep, agentId } from './step.ts'
import { append, newTask, takenBefore } from './streams.ts'

type Report = Omit<UpdateToAgent, 'type'> & { readonly from: Address }

/**
 * An executor reports states, for the first time or again. It may forget them all: those that are
 * wrong or known already would never be taken, however often they are repeated. The executor hears
 * so before the scheduler hears of the states (Mesos: src/slave/slave.cpp, statusUpdate).
 */
export function takeUpdates(step: AgentStep, report: Report): void {
  const acknowledgements = report.updates.flatMap(({ taskId, uuid }) =>
    uuid === undefined ? [] : [{ taskId, uuid }],
  )
  if (acknowledgements.length > 0) {
    step.turn.send(report.from, { type: 'task.acknowledge', acknowledgements })
  }
  const framework = step.book.frameworks.get(report.frameworkId)
  for (const status of report.updates) {
    const problem = problemWith(step, status)
    if (problem !== undefined) {
      const detail = `${report.from} reports ${status.taskId} ${problem.detail}`
      step.turn.mark(problem.name, detail)
    } else if (framework !== undefined && !framework.terminating) {
      takeUpdate(step, framework, status, report.executorId)
    }
  }
}

function problemWith({ book }: AgentStep, { uuid, agentId: named }: TaskStatus) {
  if (uuid === undefined) return { name: 'update.withoutId', detail: 'without a uuid' }
  if (named === undefined || named === book.id) return undefined
  return { name: 'update.wrongAgent', detail: `as a task of agent ${named}` }
}

function takeUpdate(
  step: AgentStep,
  framework: FrameworkOnAgent,
  status: TaskStatus,
  executorId: string,
): void {
  const { taskId, uuid = '', state } = status
  const known = framework.tasks.get(taskId)
  const taken = known?.updates.taken ?? framework.completed.get(taskId)
  if (taken?.includes(uuid)) return
  const isOver = known === undefined ? framework.completed.has(taskId) : isTerminal(known.state)
  if (isOver && (known !== undefined || isTerminal(state))) return
  if (known !== undefined && !leaveQueue(step, known, status)) return
  append(step, framework, known ?? addStray(step, framework, taskId, executorId), {
    ...status,
    source: sourceOf(known, status),
    agentId: agentId(step.book),
    ...executorOf(step, known, status, executorId),
  })
}

/** What is the agent's task in Mesos, those that are built in do for it here. */
function sourceOf(known: AgentTask | undefined, { source }: TaskStatus): TaskStatus['source'] {
  const isBuiltIn = known?.executor !== undefined && known.executor.kind !== 'CUSTOM'
  return isBuiltIn && source === 'AGENT' ? 'AGENT' : 'EXECUTOR'
}

/** A program says itself who it is, or does not, as in Mesos; all others need not. */
function executorOf(
  step: AgentStep,
  known: AgentTask | undefined,
  status: TaskStatus,
  executorId: string,
): Partial<TaskStatus> {
  const { kind, containerId } = known?.executor ?? {}
  const named = kind === 'CUSTOM' ? status.executorId : executorId
  return {
    ...(named !== undefined && { executorId: named }),
    ...(containerId !== undefined && containerOf(step, status, containerId, known?.containerId)),
  }
}

/**
 * Whoever speaks Mesos' language wants to know the container of each status, and where it is
 * reached; what the executor says of that counts (Mesos: src/slave/slave.cpp, _statusUpdate).
 */
function containerOf(
  { book }: AgentStep,
  { carried }: TaskStatus,
  containerId: string,
  nestedId: string | undefined,
): Partial<TaskStatus> {
  const outer = { value: containerId }
  const container_id = nestedId === undefined ? outer : { value: nestedId, parent: outer }
  const told = carried?.container_status
  const own = typeof told === 'object' && told !== null ? told : {}
  const container_status = { container_id, ...own, ...networkOf(own, book.info) }
  return { carried: { ...carried, container_status } }
}

function networkOf(told: object, { endpoint }: AgentInfo): object {
  const named = 'network_infos' in told ? told.network_infos : undefined
  const isNamed = Array.isArray(named) && named.length > 0
  return isNamed || endpoint === undefined ? {} : { network_infos: networkInfosOf(endpoint) }
}

/** A task that its executor did not get yet can end, and nothing else. */
function leaveQueue(step: AgentStep, task: AgentTask, { state }: TaskStatus): boolean {
  const { info, executor } = task
  if (executor?.queued.includes(info) !== true) return true
  if (!isTerminal(state)) {
    step.turn.mark('update.queuedTask', `${info.taskId} is ${state}, but was never handed over`)
    return false
  }
  executor.queued = executor.queued.filter((queued) => queued !== info)
  return true
}

/** The agent does not run it, or not any more; its scheduler hears of it all the same. */
function addStray(
  step: AgentStep,
  framework: FrameworkOnAgent,
  taskId: string,
  executorId: string,
): AgentTask {
  const info = { taskId, name: taskId, agentId: agentId(step.book), resources: {} }
  const task = newTask(step.book, info, executorId)
  task.isStray = true
  task.updates.taken.push(...takenBefore(framework, taskId))
  framework.tasks.set(taskId, task)
  return task
}
