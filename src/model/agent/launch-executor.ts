import type { Address, TaskInfo } from '../../messages/index.ts'
import { userOf } from '../command-user.ts'
import { begin } from '../tables.ts'
import { takeUpdateId } from '../update-id.ts'
import type { ExecutorRecord, FrameworkOnAgent } from './book.ts'
import { executorTimers } from './executors.ts'
import { keepExecutor } from './keep.ts'
import { type AgentEffect, type AgentStep, agentId, type Program } from './step.ts'

type LaunchExecutor = Extract<AgentEffect, { type: 'launchExecutor' }>

/** A new executor for this task: its own, named like it, or the one that the task asks for. */
export function launchExecutor(
  step: AgentStep,
  framework: FrameworkOnAgent,
  task: Pick<TaskInfo, 'taskId' | 'command' | 'executor' | 'killPolicy'>,
): ExecutorRecord {
  const { executor: shared, taskId, command = shared?.command, killPolicy } = task
  const id = shared?.executorId ?? taskId
  const { killGraceMs, executorShutdownGraceMs } = step.book.timeouts
  const isProgram = shared?.type === 'CUSTOM' || shared?.type === 'DEFAULT'
  const executor: ExecutorRecord = {
    id,
    frameworkId: framework.id,
    address: addressOf(step, framework.id, id),
    kind: shared?.type ?? 'COMMAND',
    ...(isProgram && { info: shared }),
    ...containerOf(step),
    graceMs: shared
      ? (shared.shutdownGracePeriodMs ?? executorShutdownGraceMs)
      : (killPolicy?.gracePeriodMs ?? killGraceMs),
    state: step.charts.executor.initial,
    queued: [],
    isUsed: false,
    tasks: new Set(),
    unreported: 0,
  }
  framework.executors.set(id, executor)
  keepExecutor(step, framework, id)
  step.book.executorAt.set(executor.address, executor)
  begin(step.charts.executor, step.turn, executorTimers(step.book, executor))
  step.turn.perform(launchEffect(step, framework, executor, userOf(command)))
  return executor
}

/** What the host needs to launch it, or to find it again. */
export function launchEffect(
  { book }: Pick<AgentStep, 'book'>,
  framework: FrameworkOnAgent,
  executor: ExecutorRecord,
  commandUser?: string,
): LaunchExecutor {
  const { address, kind, frameworkId, id: executorId, info, containerId, graceMs } = executor
  const survives = book.info.checkpoints === true && framework.info.checkpoint !== false
  const program: Program | undefined =
    kind !== 'CUSTOM' || info === undefined
      ? undefined
      : {
          info,
          agentId: agentId(book),
          checkpoint: survives,
          graceMs,
        }
  return {
    type: 'launchExecutor',
    address,
    kind,
    frameworkId,
    executorId,
    roles: framework.info.roles,
    user: { command: commandUser, framework: framework.info.user },
    survives,
    ...(containerId !== undefined && { containerId }),
    ...(program && { program }),
  }
}

/** Only where somebody can ask for it does a run of an executor have a name of its own. */
function containerOf({ book }: AgentStep): { readonly containerId?: string } {
  return book.info.endpoint === undefined ? {} : { containerId: takeUpdateId(book) }
}

/**
 * Every run of an executor has an address of its own, so that late words of an old one are known.
 */
function addressOf(step: AgentStep, frameworkId: string, executorId: string): Address {
  const agent = step.book.address.slice('agent/'.length)
  const address = `executor/${agent}/${frameworkId}/${executorId}`
  if (!step.book.executorAt.has(address)) return address
  return `${address}/${step.book.sequence++}`
}
