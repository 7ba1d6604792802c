import type { TaskStatus } from '../messages/index.ts'

/** The most statuses kept of one task; neighbours about one state count as one. */
const statusesMax = 16

/**
 * What was told of a task, and one thing more: it takes the place of a status about the same state
 * just before it (Mesos: src/master/master.cpp, updateTask; src/slave/slave.cpp, updateTaskState).
 */
export function withStatus(
  statuses: readonly TaskStatus[],
  status: TaskStatus,
): readonly TaskStatus[] {
  const others = statuses.at(-1)?.state === status.state ? statuses.slice(0, -1) : statuses
  const kept = others.length < statusesMax ? others : others.slice(1)
  return [...kept, withoutData(status)]
}

/** Data is between executor and scheduler, and may be large. */
export function withoutData(status: TaskStatus): TaskStatus {
  if (status.carried?.data === undefined) return status
  const { data: _, ...carried } = status.carried
  return { ...status, carried }
}
