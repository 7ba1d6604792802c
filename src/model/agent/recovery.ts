import type { AgentInfo } from '../../messages/index.ts'
import type { StoredAgent, StoredExecutor, StoredTask } from '../../messages/records.ts'
import { existing } from '../assert.ts'
import { toQuantities } from '../resources/quantities.ts'
import { begin } from '../tables.ts'
import { isTerminal, stateFor } from '../task-states.ts'
import {
  type AgentBook,
  type AgentOptions,
  createAgentBook,
  type ExecutorRecord,
  type FrameworkOnAgent,
} from './book.ts'
import { collect } from './collect.ts'
import { executorTimers } from './executors.ts'
import { addFramework, endFramework } from './frameworks.ts'
import { keepAgent } from './keep.ts'
import { launchEffect } from './launch-executor.ts'
import type { AgentStep } from './step.ts'
import { newTask, report } from './streams.ts'

/**
 * Says why this is not the agent that its earlier life was, or nothing (Mesos:
 * `--reconfiguration_policy=equal`). Tasks may count on every part of the description.
 */
export function problemWithReturn({ info }: StoredAgent, now: AgentInfo): string | undefined {
  const parts = ['hostname', 'resources', 'attributes'] as const
  const changed = parts.find((part) => canonical(info[part]) !== canonical(now[part]))
  if (changed === undefined) return undefined
  const [before, after] = [info, now].map((part) => JSON.stringify(part[changed] ?? {}))
  return `the ${changed} of the agent were ${before} in its last life and are ${after} now; start it as it was, or in an empty work directory`
}

/** The order of keys means nothing. */
function canonical(value: object | string | undefined): string {
  if (typeof value !== 'object') return String(value ?? '{}')
  return JSON.stringify(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
}

/** The book of an agent that begins: empty, or as its earlier life left it. */
export function openAgentBook(options: AgentOptions): AgentBook {
  const book = createAgentBook(options)
  const { agent, frameworks = [], executors = [], tasks = [] } = options.memory ?? {}
  if (agent?.agentId === undefined) return book
  if (agent.hasLeft && problemWithReturn(agent, options.info) !== undefined) return book
  book.id = agent.agentId
  // One that has left may join any cluster.
  if (agent.clusterId !== undefined && !agent.hasLeft) book.clusterId = agent.clusterId
  book.resources = toQuantities(agent.resources)
  book.past = agent.bootId === book.bootId ? 'restarted' : 'rebooted'
  for (const { frameworkId, info } of frameworks) addFramework(book, frameworkId, info, true)
  for (const stored of executors) restoreExecutor(book, stored)
  for (const stored of tasks) restoreTask(book, stored)
  if (agent.drain !== undefined && tasks.length > 0) book.drain = agent.drain
  return book
}

function restoreExecutor(book: AgentBook, stored: StoredExecutor): void {
  const { frameworkId, executorId: id, address, kind, graceMs, info, containerId } = stored
  const framework = book.frameworks.get(frameworkId)
  if (framework === undefined) return
  framework.executors.set(id, {
    id,
    frameworkId,
    address,
    kind,
    graceMs,
    ...(info !== undefined && { info }),
    ...(containerId !== undefined && { containerId }),
    isRecovered: true,
    isUsed: true,
    state: 'registering',
    queued: [],
    tasks: new Set(),
    unreported: 0,
  })
}

function restoreTask(book: AgentBook, stored: StoredTask): void {
  const { frameworkId, executorId, info, state, queue, isStray, group, containerId } = stored
  const framework = book.frameworks.get(frameworkId)
  if (framework === undefined) return
  const executor = framework.executors.get(executorId)
  const task = newTask(book, info, executorId, executor, group)
  task.state = state
  task.updates.queue.push(...queue)
  if (stored.acknowledged !== undefined) task.updates.acknowledged = stored.acknowledged
  if (isStray) task.isStray = isStray
  if (containerId !== undefined) task.containerId = containerId
  framework.tasks.set(info.taskId, task)
  if (executor === undefined) return
  executor.unreported++
  if (!isTerminal(state)) executor.tasks.add(info.taskId)
}

/**
 * Sees to what the earlier life left: executors of commands are asked for again, with their tasks;
 * what was inside the agent's own process, or ran before the machine was started anew, is gone
 * (Mesos: src/slave/slave.cpp, recover).
 */
export function recover(step: AgentStep): void {
  const { book } = step
  const rebooted = book.past === 'rebooted'
  book.past = 'none'
  keepAgent(step)
  for (const framework of [...book.frameworks.values()]) {
    for (const executor of [...framework.executors.values()]) {
      recoverExecutor(step, framework, executor, rebooted)
    }
    loseHomeless(step, framework)
    if (framework.info.checkpoint === false) endFramework(step, framework)
    else collect(step, framework, undefined)
  }
}

/** A program lives on without tasks, too, and ends itself if nobody was to wait for it. */
function recoverExecutor(
  step: AgentStep,
  framework: FrameworkOnAgent,
  executor: ExecutorRecord,
  rebooted: boolean,
): void {
  const { kind, tasks } = executor
  const isProgram = kind === 'CUSTOM'
  const isOfCommands = kind === 'COMMAND' || kind === 'DEFAULT'
  if (isProgram ? framework.info.checkpoint === false : tasks.size === 0) {
    dropExecutor(step, framework, executor)
  } else if (rebooted) loseExecutor(step, framework, executor, 'its machine was started anew')
  else if (isProgram || isOfCommands) resume(step, framework, executor)
  else {
    const why = 'it was inside the process of its agent, which ended'
    loseExecutor(step, framework, executor, why)
  }
}

/** Its work may go on, or have ended meanwhile: whoever launches it finds out. */
function resume(step: AgentStep, framework: FrameworkOnAgent, executor: ExecutorRecord): void {
  step.book.executorAt.set(executor.address, executor)
  begin(step.charts.executor, step.turn, executorTimers(step.book, executor))
  const recovered = [...executor.tasks].map((taskId) => {
    const { info, state, group } = existing(framework.tasks, taskId, 'task')
    return { task: info, state, ...(group !== undefined && { group }) }
  })
  step.turn.perform({ ...launchEffect(step, framework, executor), recovered })
}

function loseExecutor(
  step: AgentStep,
  framework: FrameworkOnAgent,
  executor: ExecutorRecord,
  why: string,
): void {
  for (const taskId of [...executor.tasks]) loseTask(step, framework, taskId, why)
  dropExecutor(step, framework, executor)
}

function dropExecutor(
  step: AgentStep,
  framework: FrameworkOnAgent,
  executor: ExecutorRecord,
): void {
  executor.state = 'terminated'
  collect(step, framework, executor)
}

/** Tasks whose executor was not kept: the agent died between the two, or the record is damaged. */
function loseHomeless(step: AgentStep, framework: FrameworkOnAgent): void {
  for (const [taskId, { executor, state }] of [...framework.tasks]) {
    if (executor !== undefined || isTerminal(state)) continue
    loseTask(step, framework, taskId, 'its executor is unknown after a restart of the agent')
  }
}

function loseTask(step: AgentStep, framework: FrameworkOnAgent, taskId: string, why: string): void {
  const task = existing(framework.tasks, taskId, 'task')
  const state = stateFor(framework.info, 'TASK_GONE')
  report(step, framework, task, state, 'EXECUTOR_TERMINATED', `the task is gone: ${why}`)
}
