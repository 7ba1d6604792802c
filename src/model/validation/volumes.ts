import type { TaskInfo } from '../../messages/index.ts'
import { isWithin } from '../resources/kinds.ts'
import { type Quantities, toQuantities } from '../resources/quantities.ts'
import { volumesIn } from '../resources/volumes.ts'
import { isBooked } from './executors.ts'

/** Says why a task cannot have the volumes that it asks for out of what is left, or nothing. */
export function problemWithVolumes(
  task: TaskInfo,
  remaining: Readonly<Quantities>,
): string | undefined {
  const volumes = volumesIn(task.resources)
  if (volumes.length === 0) return undefined
  // Functions and threads live in the agent's own process, which has no folder for each.
  if (task.executor !== undefined && !isBooked(task.executor)) {
    return 'only commands see volumes; functions and threads do not'
  }
  const wanted = toQuantities(task.resources)
  const part = volumes.find(({ key }) => remaining[key] !== wanted[key])
  if (part !== undefined && remaining[part.key] !== undefined) {
    return `the volume ${part.id} is used as a whole or not`
  }
  for (const [index, { containerPath: path }] of volumes.entries()) {
    const other = volumes
      .slice(0, index)
      .find(({ containerPath }) => isWithin(path, containerPath) || isWithin(containerPath, path))
    if (other !== undefined) {
      return `the volumes at ${other.containerPath} and ${path} are in each other's way`
    }
  }
  return undefined
}
