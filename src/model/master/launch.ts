import type { TaskInfo, TaskState, TaskStatus } from '../../messages/index.ts'
import { bookTask } from '../ledger/accounts.ts'
import type { FrameworkRecord, TaskRecord } from '../ledger/records.ts'
import { subtract, toQuantities } from '../resources/quantities.ts'
import { stateFor } from '../task-states.ts'
import { problemWithTask } from '../validation/tasks.ts'
import { replaceAbandoned } from './abandoned.ts'
import type { Acceptable } from './accept.ts'
import { masterStatus } from './statuses.ts'
import { type MasterStep, tell } from './step.ts'

/** Books the tasks that are valid and returns them; answers for the others. */
export function launchTasks(
  step: MasterStep,
  rest: Acceptable,
  tasks: readonly TaskInfo[],
): TaskInfo[] {
  const { framework, agent, role } = rest
  const launched: TaskInfo[] = []
  const refused: TaskStatus[] = []
  for (const task of tasks) {
    const problem = problemWithTask(task, rest)
    if (problem !== undefined) {
      const subject = { id: task.taskId, agentId: agent.id }
      refused.push(masterStatus(step.turn.at, subject, 'TASK_ERROR', 'TASK_INVALID', problem))
      continue
    }
    const record = recordOf(framework, role, task)
    replaceAbandoned(agent, record)
    bookTask(step.book, record)
    rest.remaining = subtract(rest.remaining, record.resources)
    launched.push(task)
  }
  tell(step, framework, refused)
  return launched
}

function recordOf(framework: FrameworkRecord, role: string, task: TaskInfo): TaskRecord {
  return {
    id: task.taskId,
    name: task.name,
    frameworkId: framework.id,
    agentId: task.agentId,
    executorId: task.executor?.executorId ?? task.taskId,
    role,
    resources: toQuantities(task.resources),
    state: 'TASK_STAGING',
    holds: false,
  }
}

/** Tells that tasks were dropped, because of their offers. */
export function dropTasks(
  step: MasterStep,
  framework: FrameworkRecord,
  tasks: readonly TaskInfo[],
  problem: string,
): void {
  const state: TaskState = stateFor(framework.info, 'TASK_DROPPED')
  const dropped = tasks.map((task) =>
    masterStatus(
      step.turn.at,
      { id: task.taskId, agentId: task.agentId },
      state,
      'INVALID_OFFERS',
      problem,
    ),
  )
  tell(step, framework, dropped)
}
