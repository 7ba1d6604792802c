import type { Picture } from './picture.ts'
import { tasksOf } from './plain-state.ts'
import { listOf, objectOf } from './slices.ts'
import type { TaskVersion } from './task-version.ts'

/** How many tasks are told when nobody says how many (Mesos: TASK_LIMIT). */
const limitDefault = 100

/**
 * `/tasks`: a page of all tasks that are remembered, by the time of their first status, the newest
 * first unless `order` is `asc`. What is no number counts as not said, as in Mesos.
 */
export function plainTasks(picture: Picture, query: URLSearchParams): Generator<string> {
  const frameworkId = query.get('framework_id')
  const taskId = query.get('task_id')
  const tasks = [...picture.frameworks, ...picture.completed]
    .filter(({ id }) => frameworkId === null || id === frameworkId)
    .flatMap(tasksOf)
    .filter((task) => taskId === null || task.taskId === taskId)
  const sorted = tasks.sort(query.get('order') === 'asc' ? byStart : (a, b) => byStart(b, a))
  const offset = countIn(query, 'offset') ?? 0
  const limit = countIn(query, 'limit') ?? limitDefault
  return objectOf({ tasks: listOf(texts(sorted.slice(offset, offset + limit))) })
}

/** Tasks that nothing was heard of come first. */
function byStart(left: TaskVersion, right: TaskVersion): number {
  return (left.statuses[0]?.timestampMs ?? 0) - (right.statuses[0]?.timestampMs ?? 0)
}

function countIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

function* texts(tasks: readonly TaskVersion[]): Generator<string> {
  for (const task of tasks) yield task.plain
}
