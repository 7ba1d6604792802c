import type { ExecutorInfo, FrameworkInfo, TaskStatus } from '../../messages/index.ts'
import type { AgentTask, ExecutorRecord } from '../../model/agent/book.ts'
import { allocationRole } from '../../model/resources/allocation-role.ts'
import { addTo, type Quantities, toQuantities } from '../../model/resources/quantities.ts'
import { isTerminal } from '../../model/task-states.ts'
import { withStatus } from '../../model/told.ts'
import type { Viewer } from '../operator/viewer.ts'
import type { AgentPast } from './past.ts'
import type { AgentPorts } from './ports.ts'

/** A task as operators are shown it. */
export interface TaskPicture {
  readonly frameworkId: string
  readonly task: AgentTask
  /** What it was allocated to, if that can be told. */
  readonly role: string | undefined
  readonly statuses: readonly TaskStatus[]
}

/** An executor with its tasks, by how far they are. */
export interface ExecutorPicture {
  readonly frameworkId: string
  readonly framework: FrameworkInfo
  readonly record: ExecutorRecord
  readonly info: ExecutorInfo
  /** What it was allocated to, if it holds anything and that can be told. */
  readonly role: string | undefined
  readonly queued: readonly TaskPicture[]
  readonly launched: readonly TaskPicture[]
  readonly terminated: readonly TaskPicture[]
  readonly completed: readonly TaskPicture[]
}

export interface FrameworkPicture {
  readonly id: string
  readonly info: FrameworkInfo
  readonly isOver: boolean
  readonly executors: readonly ExecutorPicture[]
  readonly completedExecutors: readonly ExecutorPicture[]
}

/** What runs on an agent and ran there lately, as one caller sees it. */
export function takePicture({ book, past }: AgentPorts, viewer: Viewer): FrameworkPicture[] {
  const living = book().frameworks
  const known = new Map<string, FrameworkInfo>()
  for (const [id, { info }] of [...living, ...past.frameworks]) {
    if (!known.has(id)) known.set(id, info)
  }
  return [...known]
    .filter(([, info]) => viewer.seesFramework(info))
    .map(([id, info]) => {
      const framework = living.get(id)
      const executors = [...(framework?.executors.values() ?? [])]
      const gone = [...(past.frameworks.get(id)?.executors ?? [])]
      const tasks = byExecutor(framework?.tasks.values() ?? [])
      const surroundings = { viewer, id, info, living: tasks, past }
      const show = (record: ExecutorRecord): ExecutorPicture =>
        executorPicture(surroundings, record)
      const isSeen = (shown: ExecutorPicture): boolean => viewer.seesExecutor(shown.info, info)
      return {
        id,
        info,
        isOver: framework === undefined,
        executors: executors.map(show).filter(isSeen),
        completedExecutors: gone.map(show).filter(isSeen),
      }
    })
}

/** What executors and their tasks that have not ended hold together (Mesos: allocatedResources). */
export function heldBy(...executors: readonly ExecutorPicture[]): Quantities {
  const sum: Quantities = {}
  for (const { info, queued, launched } of executors) {
    addTo(sum, toQuantities(info.resources ?? {}))
    for (const { task } of [...queued, ...launched]) addTo(sum, toQuantities(task.info.resources))
  }
  return sum
}

type ByExecutor = ReadonlyMap<ExecutorRecord, readonly AgentTask[]>

/** Nobody's tasks are left out: they never ran. */
function byExecutor(tasks: Iterable<AgentTask>): ByExecutor {
  const lists = new Map<ExecutorRecord, AgentTask[]>()
  for (const task of tasks) {
    const { executor } = task
    if (executor === undefined) continue
    const list = lists.get(executor)
    if (list === undefined) lists.set(executor, [task])
    else list.push(task)
  }
  return lists
}

interface Surroundings {
  readonly viewer: Viewer
  readonly id: string
  readonly info: FrameworkInfo
  readonly living: ByExecutor
  readonly past: AgentPast
}

function executorPicture(
  { viewer, id: frameworkId, info: framework, living, past }: Surroundings,
  record: ExecutorRecord,
): ExecutorPicture {
  const role = framework.roles[0] ?? '*'
  const isSeen = ({ info, executorId }: AgentTask): boolean =>
    viewer.seesTask({ info, frameworkId, role, executorId }, framework)
  const all = living.get(record) ?? []
  const own = all.filter(isSeen)
  const show = (task: AgentTask): TaskPicture => ({
    frameworkId,
    task,
    role: allocationRole(framework.roles, task.info.resources),
    statuses: statusesOf(task),
  })
  const waiting = new Set(record.queued)
  const queued = own.filter(({ info }) => waiting.has(info))
  const handedOver = own.filter(({ info }) => !waiting.has(info))
  const allEnded = past.tasksOf(record)
  const ended = allEnded.filter(isSeen)
  // As whom it runs is judged by its task, also where that is not shown.
  const info = infoOf(record, [...all, ...allEnded])
  const { resources } = info
  return {
    frameworkId,
    framework,
    record,
    info,
    role: resources && allocationRole(framework.roles, resources),
    queued: queued.map(show),
    launched: handedOver.filter(({ state }) => !isTerminal(state)).map(show),
    terminated: handedOver.filter(({ state }) => isTerminal(state)).map(show),
    completed: ended.map(show),
  }
}

/** All that was told of it: what its scheduler has, and what is on the way there. */
function statusesOf({ updates: { acknowledged = [], queue } }: AgentTask): readonly TaskStatus[] {
  return queue.reduce(withStatus, acknowledged)
}

/** How an executor is described: those of single commands and calls by their task. */
export function infoOf(
  { id, kind, info }: ExecutorRecord,
  tasks: readonly AgentTask[],
): ExecutorInfo {
  if (info !== undefined) return info
  const [task] = tasks
  const { command, executor } = task?.info ?? {}
  if (executor !== undefined) return executor
  const name = `Command Executor (Task: ${id})${command ? ` (Command: ${command.value})` : ''}`
  const carried = { name, source: id }
  const type = kind === 'COMMAND' ? 'CUSTOM' : kind
  return { executorId: id, type, ...(command && { command }), carried }
}
