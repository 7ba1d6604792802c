import type { Address, TaskInfo } from '../../messages/index.ts'
import type { Kill, KillOnAgent, LaunchOnAgent, UpdateToAgent } from '../../messages/task.ts'
import { begin } from '../tables.ts'
import { isTerminal, stateFor } from '../task-states.ts'
import type { AgentTask, ExecutorRecord, FrameworkOnAgent } from './book.ts'
import { executorTimers, shutDownExecutor } from './executors.ts'
import { frameworkOf } from './frameworks.ts'
import { type AgentStep, agentId } from './step.ts'
import { append, emptyStream, report } from './streams.ts'

/**
 * The master wants tasks run: each goes to its executor, which is launched when there is none. A
 * launch that arrives twice counts once.
 */
export function launchTasks(step: AgentStep, message: LaunchOnAgent): void {
  const framework = frameworkOf(step.book, message.frameworkId, message.framework)
  if (framework.terminating) return
  const batches = new Map<ExecutorRecord, TaskInfo[]>()
  for (const info of message.tasks) {
    if (framework.tasks.has(info.taskId)) continue
    const executor = executorFor(step, framework, info)
    const task = addTask(framework, info, executor)
    if (executor.state === 'terminating') {
      const text = 'its executor is being shut down'
      const state = stateFor(framework.info, 'TASK_DROPPED')
      report(step, framework, task, state, 'EXECUTOR_TERMINATED', text)
    } else if (executor.state === 'running') {
      batches.set(executor, [...(batches.get(executor) ?? []), info])
    } else executor.queued.push(info)
  }
  for (const [executor, tasks] of batches) {
    step.turn.send(executor.address, { type: 'task.launch', tasks })
  }
}

/** An executor reports states; it may forget them as soon as they are in the book. */
export function takeUpdates(
  step: AgentStep,
  message: UpdateToAgent & { readonly from: Address },
): void {
  const framework = step.book.frameworks.get(message.frameworkId)
  const acknowledgements: { taskId: string; uuid: string }[] = []
  for (const status of message.updates) {
    const { taskId, uuid } = status
    if (uuid === undefined) {
      step.turn.mark('update.withoutId', `${message.from} reports ${taskId} without a uuid`)
      continue
    }
    acknowledgements.push({ taskId, uuid })
    const task = framework?.tasks.get(taskId)
    if (framework === undefined || framework.terminating || task === undefined) continue
    if (isTerminal(task.state) || task.updates.taken.includes(uuid)) continue
    const { executorId } = message
    append(step, framework, task, {
      ...status,
      source: 'EXECUTOR',
      agentId: agentId(step.book),
      executorId,
    })
  }
  if (acknowledgements.length > 0) {
    step.turn.send(message.from, { type: 'task.acknowledge', acknowledgements })
  }
}

/** A scheduler wants tasks ended. */
export function killTasks(step: AgentStep, message: KillOnAgent): void {
  const framework = step.book.frameworks.get(message.frameworkId)
  for (const kill of message.kills) {
    const task = framework?.tasks.get(kill.taskId)
    if (framework === undefined || task === undefined) {
      step.turn.mark('kill.unknownTask', `no task ${kill.taskId} here to be killed`)
    } else if (!isTerminal(task.state)) killTask(step, framework, task, kill)
  }
}

function killTask(step: AgentStep, framework: FrameworkOnAgent, task: AgentTask, kill: Kill): void {
  const executor = framework.executors.get(task.executorId)
  if (executor === undefined || executor.state === 'terminating') return
  const waits = executor.queued.includes(task.info)
  if (!waits) {
    return step.turn.send(executor.address, { type: 'task.kill', kills: [kill] })
  }
  executor.queued = executor.queued.filter((info) => info !== task.info)
  report(step, framework, task, 'TASK_KILLED', 'TASK_KILLED_DURING_LAUNCH', 'killed before it ran')
  if (executor.kind === 'COMMAND') shutDownExecutor(step, executor)
}

function addTask(framework: FrameworkOnAgent, info: TaskInfo, executor: ExecutorRecord): AgentTask {
  const task: AgentTask = {
    info,
    executorId: executor.id,
    state: 'TASK_STAGING',
    updates: emptyStream(),
  }
  framework.tasks.set(info.taskId, task)
  executor.tasks.add(info.taskId)
  executor.unreported++
  return task
}

/** A command has an executor of its own, named like the task; calls share one by name. */
function executorFor(step: AgentStep, framework: FrameworkOnAgent, info: TaskInfo): ExecutorRecord {
  const { executor: shared, killPolicy } = info
  const id = shared?.executorId ?? info.taskId
  const known = framework.executors.get(id)
  if (known !== undefined && known.state !== 'terminated') return known
  const { killGraceMs, executorShutdownGraceMs } = step.book.timeouts
  const executor: ExecutorRecord = {
    id,
    frameworkId: framework.id,
    address: addressOf(step, framework.id, id),
    kind: shared?.type ?? 'COMMAND',
    graceMs: shared
      ? (shared.shutdownGracePeriodMs ?? executorShutdownGraceMs)
      : (killPolicy?.gracePeriodMs ?? killGraceMs),
    state: step.charts.executor.initial,
    queued: [],
    tasks: new Set(),
    unreported: 0,
  }
  framework.executors.set(id, executor)
  step.book.executorAt.set(executor.address, executor)
  begin(step.charts.executor, step.turn, executorTimers(executor))
  const { address, kind } = executor
  step.turn.perform({
    type: 'launchExecutor',
    address,
    kind,
    frameworkId: framework.id,
    executorId: id,
  })
  return executor
}

/** Every run of an executor has an address of its own, so that late words of an old one are known. */
function addressOf(step: AgentStep, frameworkId: string, executorId: string): Address {
  const agent = step.book.address.slice('agent/'.length)
  const address = `executor/${agent}/${frameworkId}/${executorId}`
  if (!step.book.executorAt.has(address)) return address
  return `${address}/${step.book.sequence++}`
}
