import type { ExecutorInfo, TaskInfo } from '../../messages/index.ts'
import {
  enumAt,
  isAbsent,
  isObject,
  type Json,
  listAt,
  objectAt,
  textAt,
  WireProblem,
} from './json.ts'

/**
 * What is checked of containers, which nobody here makes: they are only carried. What would change
 * what a command finds is refused, because it would run without.
 */

/** Throws a WireError where a container lacks what each of Mesos has. */
export function verifyForm(value: unknown, path: string): void {
  const { type, volumes } = objectAt(value, path)
  enumAt(type, ['DOCKER', 'MESOS'], `${path}.type`)
  for (const [index, item] of listAt(volumes, `${path}.volumes`).entries()) {
    const at = `${path}.volumes[${index}]`
    const volume = objectAt(item, at)
    enumAt(volume.mode, ['RW', 'RO'], `${at}.mode`)
    textAt(volume.container_path, `${at}.container_path`)
  }
}

/** A container of Docker says which, and a volume has one source and no more. */
export function verifyContainer(value: unknown, path: string): void {
  verifyForm(value, path)
  const { type, docker, volumes } = objectAt(value, path)
  if (type === 'DOCKER' && isAbsent(docker)) {
    throw new WireProblem(`${path} is of the type DOCKER but has no docker`)
  }
  for (const [index, item] of listAt(volumes, `${path}.volumes`).entries()) {
    const volume = objectAt(item, `${path}.volumes[${index}]`)
    const sources = ['host_path', 'image', 'source'].filter((name) => !isAbsent(volume[name]))
    if (sources.length === 1) continue
    throw new WireProblem(`${path}.volumes[${index}] has ${sources.length} sources; give one`)
  }
}

/** Says why a task cannot be launched alone in its container, or nothing. */
export function problemAlone(task: TaskInfo): string | undefined {
  if (!sharesCgroups(task)) return 'only the tasks of a group may have their own cgroups'
  return problemWithPlaces(task.executor === undefined ? [task] : [task, task.executor])
}

/** Says what the containers want that is not here, or nothing: commands run on this machine. */
function problemWithPlaces(all: readonly (TaskInfo | ExecutorInfo)[]): string | undefined {
  for (const one of all) {
    const want = wantOf(containerOf(one))
    if (want === undefined) continue
    const who = 'taskId' in one ? `task ${one.taskId}` : `executor ${one.executorId}`
    return `the container of ${who} has ${want}, which is not supported here: commands are processes of the agent's machine`
  }
  return undefined
}

function wantOf({ type, mesos, volumes, network_infos, tty_info }: Json): string | undefined {
  if (type === 'DOCKER') return 'the type DOCKER'
  if (isObject(mesos) && !isAbsent(mesos.image)) return 'an image'
  if (listAt(volumes, 'volumes').length > 0) return 'volumes'
  if (listAt(network_infos, 'network_infos').some(isNamed)) return 'a network of its own'
  return isAbsent(tty_info) ? undefined : 'a terminal'
}

/** Without a name it is the network of the agent's machine. */
function isNamed(network: unknown): boolean {
  return isObject(network) && !isAbsent(network.name)
}

/** Says why the containers of a group's tasks and its executor cannot be, or nothing. */
export function problemTogether(
  tasks: readonly TaskInfo[],
  executor: ExecutorInfo,
): string | undefined {
  if (tasks.some((task) => containerOf(task).type === 'DOCKER')) {
    return 'the tasks of a group cannot be in containers of Docker'
  }
  const ways = new Set(tasks.map(sharesCgroups))
  if (ways.size > 1) return 'all tasks of a group share their cgroups, or none does'
  if (tasks.some((task) => task.carried?.limits !== undefined && sharesCgroups(task))) {
    return 'the tasks of a group that have limits need their own cgroups'
  }
  const { type = 'MESOS', mesos } = containerOf(executor)
  const places = problemWithPlaces([executor, ...tasks])
  if (executor.type !== 'DEFAULT') return places
  if (type !== 'MESOS') return `the container of a default executor is MESOS, not ${String(type)}`
  const hasImage = isObject(mesos) && !isAbsent(mesos.image)
  return hasImage ? 'the container of a default executor has no image' : places
}

const nothing: Json = {}

function containerOf({ carried }: TaskInfo | ExecutorInfo): Json {
  return isObject(carried?.container) ? carried.container : nothing
}

function sharesCgroups(task: TaskInfo): boolean {
  const { linux_info } = containerOf(task)
  return !isObject(linux_info) || linux_info.share_cgroups !== false
}
