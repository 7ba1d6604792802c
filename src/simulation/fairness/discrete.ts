import {
  type Capacity,
  checkUsers,
  dominantStepOf,
  type Outcome,
  outcomeOf,
  portionsOf,
  type User,
} from './model.ts'

/** Rounding errors up to this part of the capacity neither keep a task out nor break a tie. */
const ROUNDING = 1e-9

/** An outcome with whole tasks. */
export interface DiscreteOutcome extends Outcome {
  /** Whose task was placed, one after the other: places in the list of users. */
  readonly order: readonly number[]
}

/**
 * Dominant resource fairness with whole tasks in one pool (Ghodsi et al., NSDI 2011, algorithm 1):
 * the next task is one of the user with the lowest weighted dominant share among those of whom one
 * still fits; of equals, the first in the list. The paper's algorithm may stop at the first user
 * who does not fit; this one goes on with the others, so that no user could run one more task.
 *
 * When every user needs every resource, a user ends with more than T · (1 − F) and less than T + 1
 * + Q tasks, where T is what it gets of divisible tasks, F the largest part of a resource that one
 * task of every user takes together, and Q the largest part of a task of its own that fits into
 * what one task of another takes of some resource. Takes a step per task: keep them countable.
 */
export function fillDiscretely(users: readonly User[], capacity: Capacity): DiscreteOutcome {
  checkUsers(users, capacity)
  const used = new Map<string, number>()
  const takers = users.map((user, index) => {
    const portions = portionsOf(user, capacity)
    return { index, portions, step: dominantStepOf(portions), tasks: 0 }
  })
  const order: number[] = []
  // What was used is never given back: who does not fit once will not fit later.
  let fitting = takers
  for (;;) {
    fitting = fitting.filter(({ portions }) =>
      portions.every(
        ({ resource, portion }) => (used.get(resource) ?? 0) + portion <= 1 + ROUNDING,
      ),
    )
    const [first, ...others] = fitting
    if (first === undefined) break
    const next = others.reduce(
      (lowest, taker) =>
        taker.tasks * taker.step < lowest.tasks * lowest.step - ROUNDING * taker.step
          ? taker
          : lowest,
      first,
    )
    next.tasks += 1
    order.push(next.index)
    for (const { resource, portion } of next.portions) {
      used.set(resource, (used.get(resource) ?? 0) + portion)
    }
  }
  const tasks = takers.map((taker) => taker.tasks)
  return { ...outcomeOf(users, capacity, tasks), order }
}
