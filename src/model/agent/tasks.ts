import type { Kill, KillOnAgent } from '../../messages/task.ts'
import { existing } from '../assert.ts'
import { isTerminal } from '../task-states.ts'
import type { AgentTask, FrameworkOnAgent } from './book.ts'
import { isForNothing, shutDownExecutor } from './executors.ts'
import type { AgentStep } from './step.ts'
import { report } from './streams.ts'

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
  const group = executor.queued.filter((info) => belongsTo(framework, info.taskId, task))
  executor.queued = executor.queued.filter((info) => !group.includes(info))
  for (const { taskId } of group) {
    const one = existing(framework.tasks, taskId, 'task')
    report(step, framework, one, 'TASK_KILLED', 'TASK_KILLED_DURING_LAUNCH', 'killed before it ran')
  }
  const { kind, state } = executor
  if (kind === 'COMMAND' || (state === 'running' && isForNothing(executor))) {
    shutDownExecutor(step, executor)
  }
}

/** Nobody of a group runs alone. */
function belongsTo(framework: FrameworkOnAgent, taskId: string, { info, group }: AgentTask) {
  if (taskId === info.taskId) return true
  return group !== undefined && framework.tasks.get(taskId)?.group === group
}
