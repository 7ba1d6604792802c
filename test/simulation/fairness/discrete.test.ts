import { describe, expect, test } from 'vitest'
import { fillDiscretely } from '../../../src/simulation/fairness/discrete.ts'
import { dominantResourceFairness } from '../../../src/simulation/fairness/filling.ts'
import { gainsByLying, lossesByDeparture } from '../../../src/simulation/fairness/incentives.ts'
import {
  type Capacity,
  dominantStepOf,
  outcomeOf,
  portionsOf,
  type SharingPolicy,
  tasksWithin,
  type User,
} from '../../../src/simulation/fairness/model.ts'
import {
  bottleneckUnfairnessOf,
  envyOf,
  overuseOf,
  sharingLossesOf,
  singleResourceUnfairnessOf,
  wasteOf,
} from '../../../src/simulation/fairness/properties.ts'
import { bottleneckWorlds, claimsOf, holds, type World, worlds } from './worlds.ts'

const fill = ({ users, capacity }: World) => fillDiscretely(users, capacity)

/** Tasks may need nothing of some resources; several of them fit. */
const general = worlds({ demandMin: 0, weights: 'by resource', capacityMin: 20 })
/** Every task needs some of every resource. */
const positive = worlds({ weights: 'by resource', capacityMin: 20 })

/** The part of the fullest resource that one task of everybody takes: F. */
function roundOf(users: readonly User[], capacity: Capacity): number {
  const sums = Object.entries(capacity).map(
    ([name, all]) => users.reduce((sum, { demand }) => sum + (demand[name] ?? 0), 0) / all,
  )
  return Math.max(...sums)
}

/** How many tasks of its own fit, by one resource, into what one task of another takes: Q. */
function blockOf(users: readonly User[], index: number): number {
  const own = users[index]?.demand ?? {}
  const others = users.toSpliced(index, 1).flatMap(({ demand }) => Object.entries(demand))
  return Math.max(0, ...others.map(([name, amount]) => amount / (own[name] ?? 0)))
}

function divisibleTasks({ users, capacity }: Pick<World, 'users' | 'capacity'>): number[] {
  return dominantResourceFairness(users, capacity).allotments.map(({ tasks }) => tasks)
}

describe('Dominant resource fairness, whole tasks in one pool', () => {
  test('nobody holds what is not there, and no further task fits', () => {
    holds(general, (world) => [...overuseOf(fill(world)), ...wasteOf(fill(world), 1)])
  })

  test('sharing incentive, but for the part that one task of everybody takes', () => {
    holds(general, (world) => sharingLossesOf(fill(world), 1))
  })

  test('envy-freeness, but for one task of each', () => {
    holds(general, (world) => envyOf(fill(world), 1))
  })

  test('single-resource and bottleneck fairness, but for one task of each', () => {
    const simple = worlds({ weights: 'by resource', resourcesMax: 1, capacityMin: 20 })
    holds(simple, (world) => singleResourceUnfairnessOf(fill(world), 1))
    holds(bottleneckWorlds(), (world) => bottleneckUnfairnessOf(fill(world), 1))
  })

  test('as long as all users fit, their shares differ by one task at most', () => {
    holds(general, ({ users, capacity }) => {
      const steps = users.map((user) => dominantStepOf(portionsOf(user, capacity)))
      const largest = Math.max(...steps)
      const tasks = users.map(() => 0)
      for (const index of fillDiscretely(users, capacity).order) {
        const free = leftBy(users, capacity, tasks)
        if (users.some((user) => tasksWithin(free, user) < 1 - 1e-9)) break
        tasks[index] = (tasks[index] ?? 0) + 1
        const shares = tasks.map((count, place) => count * (steps[place] ?? 0))
        const difference = Math.max(...shares) - Math.min(...shares)
        if (difference > largest + 1e-9) return [`${difference} is more than ${largest}`]
      }
      return []
    })
  })

  test('it comes as near to divisible tasks as it promises', () => {
    holds(positive, (world) => {
      const divisible = divisibleTasks(world)
      const round = roundOf(world.users, world.capacity)
      return fill(world).allotments.flatMap(({ name, tasks }, index) => {
        const due = divisible[index] ?? 0
        const isNear =
          tasks > due * (1 - round) - 1e-9 && tasks < due + 1 + blockOf(world.users, index) + 1e-9
        return isNear ? [] : [`${name}: ${tasks} for ${due}`]
      })
    })
  })

  test('population monotonicity, but for the rounding of both outcomes', () => {
    holds(positive, ({ users, capacity, leaver }) => {
      const rest = users.toSpliced(leaver, 1)
      const divisible = divisibleTasks({ users: rest, capacity })
      return lossesByDeparture(fillDiscretely, users, capacity, leaver, (index) => {
        const due = divisible[index < leaver ? index : index - 1] ?? 0
        return 1 + blockOf(users, index) + due * roundOf(rest, capacity)
      })
    })
  })

  test('strategy-proofness, but for one task as claimed and the rounding', () => {
    holds(positive, (world) => {
      const { users, capacity, liar } = world
      const user = users[liar]
      const due = divisibleTasks(world)[liar] ?? 0
      const rounding = blockOf(users, liar) + due * roundOf(users, capacity)
      return claimsOf(world).flatMap((claim) => {
        const claimed = user === undefined ? 0 : tasksWithin(claim, user)
        return gainsByLying(fillDiscretely, users, capacity, liar, claim, () => claimed + rounding)
      })
    })
  })

  test('a task as large as the cluster would be a lie that pays', () => {
    const users = [{ demand: { cpus: 1 } }, { demand: { cpus: 1 } }]
    const gains = gainsByLying(fillDiscretely, users, { cpus: 10 }, 0, { cpus: 10 })
    expect(gains).toEqual(['user 1 runs 5 tasks, and 10 when it claims to need 10 cpus'])
  })

  test('with tasks of a thousandth the rounding stays within some tasks, so it vanishes', () => {
    const users = [
      { demand: { cpus: 0.001, mem: 0.004 }, weight: 2 },
      { demand: { cpus: 0.003, mem: 0.001 } },
    ]
    const [a, b] = fillDiscretely(users, { cpus: 9, mem: 18 }).allotments
    expect(Math.abs((a?.tasks ?? 0) - 54_000 / 13)).toBeLessThan(5)
    expect(Math.abs((b?.tasks ?? 0) - 18_000 / 13)).toBeLessThan(5)
  })

  test('tenths fill a cluster to the end, and tie as whole numbers do', () => {
    const users = [{ demand: { cpus: 0.1 } }, { demand: { cpus: 0.1 } }]
    const { allotments, order } = fillDiscretely(users, { cpus: 1 })
    expect(allotments.map(({ tasks }) => tasks)).toEqual([5, 5])
    expect(order).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
  })
})

describe('The checks notice bad policies for whole tasks', () => {
  /** Stops at the first user that does not fit, as the paper's algorithm may be read. */
  const stopsEarly: SharingPolicy = (users, capacity) => {
    const tasks = users.map(() => 0)
    for (const index of fillDiscretely(users, capacity).order) {
      const free = leftBy(users, capacity, tasks)
      if (users.some((user) => tasksWithin(free, user) < 1)) break
      tasks[index] = (tasks[index] ?? 0) + 1
    }
    return outcomeOf(users, capacity, tasks)
  }

  /** Everybody in turn, however large the tasks are. */
  const inTurns: SharingPolicy = (users, capacity) => {
    const tasks = users.map(() => 0)
    for (let turn = 0; ; turn++) {
      const index = turn % users.length
      const user = users[index]
      const free = leftBy(users, capacity, tasks)
      if (user === undefined || tasksWithin(free, user) < 1) break
      tasks[index] = (tasks[index] ?? 0) + 1
    }
    return outcomeOf(users, capacity, tasks)
  }

  const small = { name: 'small', demand: { cpus: 1, mem: 2 } }
  const large = { name: 'large', demand: { cpus: 10, mem: 9 } }
  const capacity = { cpus: 105, mem: 105 }

  test('who stops at the first that does not fit leaves room for others', () => {
    expect(wasteOf(stopsEarly([small, large], capacity), 1)).toEqual([
      'small runs 26 tasks, and idle resources are enough for 4',
    ])
  })

  test('who counts tasks instead of shares is envied, unfair and no better than a part', () => {
    const outcome = inTurns([small, large], capacity)
    expect(envyOf(outcome, 1)).toEqual(['small runs 10 tasks, and 40.5 with what large holds'])
    expect(sharingLossesOf(outcome, 1)).toEqual([
      'small runs 10 tasks, and 26.25 with its part of the cluster',
    ])
  })
})

function leftBy(users: readonly User[], capacity: Capacity, tasks: readonly number[]): Capacity {
  const { used } = outcomeOf(users, capacity, tasks)
  return Object.fromEntries(
    Object.entries(capacity).map(([name, amount]) => [name, amount - (used[name] ?? 0)]),
  )
}
