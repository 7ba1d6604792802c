import type { ExecutorInfo, Reason, TaskInfo, TaskState, TaskStatus } from '../../messages/index.ts'
import { bookExecutor, bookTask } from '../ledger/accounts.ts'
import type { ExecutorRecord, FrameworkRecord, TaskRecord } from '../ledger/records.ts'
import { subtract, toQuantities } from '../resources/quantities.ts'
import { stateFor } from '../task-states.ts'
import { problemWithGroup, problemWithGroupExecutor } from '../validation/executors.ts'
import {
  newExecutorOf,
  problemWithForms,
  problemWithMember,
  problemWithRoom,
  problemWithTask,
} from '../validation/tasks.ts'
import { replaceAbandoned } from './abandoned.ts'
import type { Acceptable } from './accept.ts'
import { reportTask } from './reports.ts'
import { masterStatus } from './statuses.ts'
import { type MasterStep, tell } from './step.ts'

/**
 * Books the tasks that are valid and returns them; answers for the others. When one asks for what
 * cannot be, none is launched (Mesos: src/master/master.cpp, accept).
 */
export function launchTasks(
  step: MasterStep,
  rest: Acceptable,
  tasks: readonly TaskInfo[],
): TaskInfo[] {
  const launched: TaskInfo[] = []
  const refused: TaskStatus[] = []
  const malformed = problemWithForms(tasks)
  for (const task of tasks) {
    const problem = malformed ?? problemWithTask(task, rest)
    if (problem !== undefined) {
      const reason = task.isForbidden === true ? 'TASK_UNAUTHORIZED' : 'TASK_INVALID'
      refused.push(refusal(step, task, reason, problem))
      continue
    }
    bookNewExecutor(step, rest, task.executor)
    book(step, rest, task, task.executor)
    launched.push(task)
  }
  tell(step, rest.framework, refused)
  return launched
}

/** Books all tasks of a group and returns them, or answers for all of them. */
export function launchGroup(
  step: MasterStep,
  rest: Acceptable,
  executor: ExecutorInfo,
  tasks: readonly TaskInfo[],
): TaskInfo[] {
  const problem = problemWithWholeGroup(rest, executor, tasks)
  if (problem !== undefined) {
    const isForbidden = tasks.some((task) => task.isForbidden === true)
    const reason = isForbidden ? 'TASK_GROUP_UNAUTHORIZED' : 'TASK_GROUP_INVALID'
    const refused = tasks.map((task) => refusal(step, task, reason, problem))
    tell(step, rest.framework, refused)
    return []
  }
  bookNewExecutor(step, rest, executor)
  for (const task of tasks) book(step, rest, task, executor)
  return [...tasks]
}

function problemWithWholeGroup(
  rest: Acceptable,
  executor: ExecutorInfo,
  tasks: readonly TaskInfo[],
): string | undefined {
  for (const task of tasks) {
    const problem = problemWithMember(task, rest)
    if (problem !== undefined) return `task ${task.taskId}: ${problem}`
  }
  const problem = problemWithGroup(executor, tasks) ?? problemWithGroupExecutor(executor, rest)
  if (problem !== undefined) return problem
  const needs = [...tasks, newExecutorOf(rest, executor) ?? {}]
  return problemWithRoom('the group and its executor need', needs, rest.remaining)
}

function refusal(
  { turn }: MasterStep,
  { taskId, agentId }: TaskInfo,
  reason: Reason,
  problem: string,
): TaskStatus {
  return masterStatus(turn.at, { id: taskId, agentId }, 'TASK_ERROR', reason, problem)
}

/** The first task of an executor launches it; it holds what it needs until it is gone. */
function bookNewExecutor(
  step: MasterStep,
  rest: Acceptable,
  executor: ExecutorInfo | undefined,
): void {
  const info = newExecutorOf(rest, executor)
  if (info === undefined) return
  const record: ExecutorRecord = {
    id: info.executorId,
    frameworkId: rest.framework.id,
    agentId: rest.agent.id,
    role: rest.role,
    info,
    resources: toQuantities(info.resources ?? {}),
    holds: false,
  }
  bookExecutor(step.book, record)
  rest.remaining = subtract(rest.remaining, record.resources)
}

function book(
  step: MasterStep,
  rest: Acceptable,
  task: TaskInfo,
  executor: ExecutorInfo | undefined,
): void {
  const record = recordOf(rest, task, executor)
  replaceAbandoned(rest.agent, record)
  bookTask(step.book, record)
  rest.remaining = subtract(rest.remaining, record.resources)
  reportTask(step, record, { task })
}

function recordOf(
  { framework, agent, role }: Acceptable,
  task: TaskInfo,
  executor: ExecutorInfo | undefined,
): TaskRecord {
  return {
    id: task.taskId,
    name: task.name,
    frameworkId: framework.id,
    agentId: agent.id,
    executorId: executor?.executorId ?? task.taskId,
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
