import fc from 'fast-check'
import type { Bundle, Capacity, User } from '../../../src/simulation/fairness/model.ts'

/** Users before a capacity, and what may change: a lie, a departure, growth. */
export interface World {
  readonly users: readonly User[]
  readonly capacity: Capacity
  readonly liar: number
  readonly claim: Bundle
  readonly leaver: number
  readonly added: Bundle
}

interface Options {
  /** The least that a task needs of a resource: 0 or 1. */
  readonly demandMin?: number
  readonly weights?: 'equal' | 'one number' | 'by resource'
  readonly resourcesMax?: number
  /** Small tasks in large clusters make whole tasks interesting. */
  readonly capacityMin?: number
}

const weight = fc.integer({ min: 1, max: 5 })

/** Random worlds of 2 to 5 users and 1 to 4 resources. */
export function worlds(options: Options = {}): fc.Arbitrary<World> {
  const { demandMin = 1, weights = 'equal', resourcesMax = 4, capacityMin = 1 } = options
  const demand = bundle(demandMin, 20)
  const anyWeight = { equal: fc.constant(1), 'one number': weight, 'by resource': bundle(1, 5) }
  const user = fc.record({ demand, weight: anyWeight[weights] })
  const all = worldsOf(user, bundle(capacityMin, capacityMin + 100), demand, bundle(0, 100))
  return fc
    .tuple(all, fc.integer({ min: 1, max: resourcesMax }))
    .map(([world, count]) => narrowed(world, count))
    .filter(({ users, claim }) =>
      [claim, ...users.map((each) => each.demand)].every((needs) =>
        Object.values(needs).some((amount) => amount > 0),
      ),
    )
}

/** Worlds in which all users need the largest part of the same resource. */
export function bottleneckWorlds(): fc.Arbitrary<World> {
  const portions = fc
    .tuple(fc.integer({ min: 1, max: 20 }), bundle(0, 20))
    .map(([cpus, others]) => ({ ...changed(others, (part) => Math.min(part, cpus)), cpus }))
  const user = fc.record({ demand: portions, weight })
  const units = bundle(1, 10)
  return fc
    .tuple(worldsOf(user, fc.constant({}), portions, bundle(0, 100)), units)
    .map(([world, unit]) => {
      const inUnits = (parts: Bundle) => changed(parts, (part, name) => part * (unit[name] ?? 1))
      return {
        ...world,
        users: world.users.map((each) => ({ ...each, demand: inUnits(each.demand) })),
        capacity: changed(unit, (amount) => amount * 100),
        claim: inUnits(world.claim),
      }
    })
}

function worldsOf(
  user: fc.Arbitrary<User>,
  capacity: fc.Arbitrary<Capacity>,
  claim: fc.Arbitrary<Bundle>,
  added: fc.Arbitrary<Bundle>,
): fc.Arbitrary<World> {
  const users = fc.array(user, { minLength: 2, maxLength: 5 })
  return fc
    .record({ users, capacity, claim, added, liar: fc.nat(), leaver: fc.nat() })
    .map((world) => ({
      ...world,
      liar: world.liar % world.users.length,
      leaver: world.leaver % world.users.length,
    }))
}

function bundle(min: number, max: number): fc.Arbitrary<Bundle> {
  const amount = fc.integer({ min, max })
  return fc.record({ cpus: amount, mem: amount, gpus: amount, disk: amount })
}

/** The same world with the first resources only. */
function narrowed(world: World, count: number): World {
  const first = (all: Bundle) => Object.fromEntries(Object.entries(all).slice(0, count))
  const { users, capacity, claim, added } = world
  return {
    ...world,
    users: users.map(({ demand, weight: due = 1 }) => ({
      demand: first(demand),
      weight: typeof due === 'number' ? due : first(due),
    })),
    capacity: first(capacity),
    claim: first(claim),
    added: first(added),
  }
}

function changed(all: Bundle, change: (amount: number, name: string) => number): Bundle {
  return Object.fromEntries(
    Object.entries(all).map(([name, amount]) => [name, change(amount, name)]),
  )
}

/** What the liar may claim: something else altogether, or the truth but for one resource. */
export function claimsOf({ users, liar, claim }: World): Bundle[] {
  const truth = users[liar]?.demand ?? {}
  const nearly = Object.entries(claim).map(([name, amount]) => ({ ...truth, [name]: amount }))
  return [claim, ...nearly].filter((needs) => Object.values(needs).some((amount) => amount > 0))
}

/** A property of worlds that holds as long as nothing is found. */
export function holds(
  arbitrary: fc.Arbitrary<World>,
  breaches: (world: World) => readonly string[],
  numRuns = 200,
): void {
  fc.assert(
    fc.property(arbitrary, (world) => {
      const found = breaches(world)
      if (found.length > 0) throw new Error(found.join('\n'))
    }),
    { numRuns },
  )
}

/** A fixed series of worlds: the same ones in every run. */
export function series(arbitrary: fc.Arbitrary<World>, numRuns = 300): readonly World[] {
  return fc.sample(arbitrary, { seed: 2011, numRuns })
}
