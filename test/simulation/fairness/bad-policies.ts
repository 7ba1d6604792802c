import { dominantResourceFairness } from '../../../src/simulation/fairness/filling.ts'
import {
  type Capacity,
  outcomeOf,
  type SharingPolicy,
  tasksWithin,
  type User,
} from '../../../src/simulation/fairness/model.ts'

/** The first in the list takes all it can use, the next what is left. */
export const firstTakesAll: SharingPolicy = (users, capacity) => takeInTurn(users, capacity, users)

/** Whoever needs least for a task goes first: it makes the most tasks, and rewards modest claims. */
export const smallestTakesAll: SharingPolicy = (users, capacity) =>
  takeInTurn(
    users,
    capacity,
    users.toSorted((a, b) => tasksWithin(capacity, b) - tasksWithin(capacity, a)),
  )

/** Everybody has the n-th part of all, whether it is of use or not. */
export const staticPartition: SharingPolicy = (users, capacity) => {
  const part = scaled(capacity, 1 / users.length)
  return outcomeOf(
    users,
    capacity,
    users.map((user) => tasksWithin(part, user)),
    users.map(() => part),
  )
}

/** Fair, but half of the cluster is kept in reserve. */
export const halfIdle: SharingPolicy = (users, capacity) => {
  const { allotments } = dominantResourceFairness(users, scaled(capacity, 1 / 2))
  return outcomeOf(
    users,
    capacity,
    allotments.map(({ tasks }) => tasks),
  )
}

/** Everybody runs the same number of tasks, however large they are. */
export const equalTasks: SharingPolicy = (users, capacity) => {
  const names = Object.keys(capacity)
  const sum = names.map((name): [string, number] => [
    name,
    users.reduce((total, { demand }) => total + (demand[name] ?? 0), 0),
  ])
  const tasks = tasksWithin(capacity, { demand: Object.fromEntries(sum) })
  return outcomeOf(
    users,
    capacity,
    users.map(() => tasks),
  )
}

/** Everybody is promised the whole cluster. */
export const overbooking: SharingPolicy = (users, capacity) =>
  outcomeOf(
    users,
    capacity,
    users.map((user) => tasksWithin(capacity, user)),
  )

function takeInTurn(users: readonly User[], capacity: Capacity, turns: readonly User[]) {
  const tasks = new Map<User, number>()
  let left = capacity
  for (const user of turns) {
    const count = tasksWithin(left, user)
    tasks.set(user, count)
    left = Object.fromEntries(
      // Rounding may not leave less than nothing.
      Object.entries(left).map(([name, amount]) => [
        name,
        Math.max(0, amount - count * (user.demand[name] ?? 0)),
      ]),
    )
  }
  return outcomeOf(
    users,
    capacity,
    users.map((user) => tasks.get(user) ?? 0),
  )
}

function scaled(capacity: Capacity, factor: number): Capacity {
  return Object.fromEntries(Object.entries(capacity).map(([name, all]) => [name, all * factor]))
}
