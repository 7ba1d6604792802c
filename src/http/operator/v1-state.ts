import type { Picture } from './picture.ts'
import { listOf, objectOf } from './slices.ts'
import type { TaskVersion } from './task-version.ts'
import { getAgents } from './v1-agents.ts'
import { getExecutors, getFrameworks } from './v1-frameworks.ts'
import type { Viewer } from './viewer.ts'

/** GET_STATE. */
export function getState(picture: Picture, viewer: Viewer, version: string): Generator<string> {
  return objectOf({
    get_tasks: getTasks(picture),
    get_executors: getExecutors(picture),
    get_frameworks: getFrameworks(picture),
    get_agents: getAgents(picture, viewer, version),
  })
}

/** GET_TASKS. */
export function getTasks({ frameworks, completed }: Picture): Generator<string> {
  const all = [...frameworks, ...completed]
  return objectOf({
    tasks: listOf(texts(all.map(({ tasks }) => tasks))),
    unreachable_tasks: listOf(texts(all.map(({ unreachable }) => unreachable))),
    completed_tasks: listOf(texts(all.map(({ completed: ended }) => ended))),
  })
}

function* texts(lists: readonly (readonly TaskVersion[])[]): Generator<string> {
  for (const list of lists) for (const task of list) yield task.v1
}
