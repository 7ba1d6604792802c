import type { Address } from '../../messages/index.ts'
import type { Kill, KillOnAgent, UpdateToAgent } from '../../messages/task.ts'
import { isTerminal } from '../task-states.ts'
import type { AgentTask, FrameworkOnAgent } from './book.ts'
import { shutDownExecutor } from './executors.ts'
import { type AgentStep, agentId } from './step.ts'
import { append, report } from './streams.ts'

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
