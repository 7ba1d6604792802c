import type { Offer, Resources } from '../messages/index.ts'
import { InvalidInputError } from '../model/errors.ts'
import { allot } from '../model/resources/allot.ts'
import { describeResources } from '../model/resources/describe.ts'
import { nameOf } from '../model/resources/kinds.ts'
import {
  addTo,
  type Quantities,
  takeFrom,
  toQuantities,
  toResources,
} from '../model/resources/quantities.ts'

/**
 * The tasks with concrete resources, chosen from the offers one task after the other: reserved
 * ones for plain names, and ports where a task says how many. A task that asks for more than is
 * left goes as it is, and the master says what is short. Throws InvalidInputError when there are
 * not as many ports, because no master understands a number of them.
 */
export function placedOn<Task extends { readonly taskId: string; readonly resources: Resources }>(
  offers: readonly Offer[],
  tasks: readonly Task[],
): Task[] {
  return placedIn(roomOf(offers), tasks)
}

/** What the offers hold together. */
export function roomOf(offers: readonly Offer[]): Quantities {
  const room: Quantities = {}
  for (const { resources } of offers) addTo(room, toQuantities(resources))
  return room
}

/** The same with the room given; the tasks take theirs out of it. */
export function placedIn<Task extends { readonly taskId: string; readonly resources: Resources }>(
  room: Quantities,
  tasks: readonly Task[],
): Task[] {
  return tasks.map((task) => {
    const demand = toQuantities(task.resources)
    const allotted = allot(demand, room)
    if (allotted === undefined) {
      checkPorts(task.taskId, demand, room)
      return task
    }
    takeFrom(room, allotted)
    return allotted === demand ? task : { ...task, resources: toResources(allotted) }
  })
}

function checkPorts(taskId: string, demand: Quantities, room: Quantities): void {
  if (!Object.keys(demand).some((key) => isPortCount(key, demand))) return
  const [needs, left] = [demand, room].map((amounts) => describeResources(toResources(amounts)))
  throw new InvalidInputError(
    `task ${taskId} needs ${needs}, but only ${left} is left of the offer`,
  )
}

function isPortCount(key: string, demand: Quantities): boolean {
  return typeof demand[key] === 'number' && nameOf(key) === 'ports'
}
