import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Operation, Resources } from '../../src/messages/index.ts'
import { nameOf } from '../../src/model/resources/kinds.ts'
import { toResources } from '../../src/model/resources/quantities.ts'
import { volumesIn } from '../../src/model/resources/volumes.ts'
import { commandOn, type FakeScheduler } from '../support/fake-scheduler.ts'
import { isLong } from '../support/long.ts'
import { Stage } from '../support/stage.ts'

/** Few keys and amounts, so that operations often fit what earlier ones have left. */
const keys = ['cpus', 'disk', 'ports'].flatMap((name) => [
  `${name}(eng,ops)`,
  `${name}(eng,ops,team=web)`,
  `${name}(eng,ops)(eng/ads,ops)`,
  `${name}(eng)(eng/ads,ops)`,
])
const volumeKeys = ['disk(eng,ops)[a:x]', 'disk(eng,ops)[b:x/y]', 'disk(eng)[a:x]']
const total: Resources = {
  cpus: 3,
  'cpus(eng)': 1,
  mem: 256,
  disk: 4,
  'disk(eng)': 2,
  ports: [[1, 6]],
}

const amounts = fc.integer({ min: 1, max: 3 })
const reservable = fc
  .tuple(fc.constantFrom(...keys), amounts, fc.integer({ min: 1, max: 6 }))
  .map(([key, amount, port]): Resources => {
    return { [key]: nameOf(key) === 'ports' ? [[port, port + amount]] : amount }
  })
const volume = fc
  .tuple(fc.constantFrom(...volumeKeys), amounts)
  .map(([key, amount]): Resources => ({ [key]: amount }))

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ type: fc.constantFrom('RESERVE', 'UNRESERVE'), resources: reservable }),
  fc.record({ type: fc.constantFrom('CREATE', 'GROW_VOLUME', 'SHRINK_VOLUME'), volumes: volume }),
  fc.record({ type: fc.constantFrom('DESTROY'), volumes: volume }),
)

type Move = (stage: Stage, schedulers: readonly FakeScheduler[]) => void

/** Somebody does operations with all that it is offered, and perhaps launches on what it finds. */
const accepts: fc.Arbitrary<Move> = fc
  .record({
    who: fc.nat(1),
    operations: fc.array(operation, { minLength: 1, maxLength: 4 }),
    launches: fc.boolean(),
    hasTrouble: fc.integer({ min: 0, max: 4 }).map((draw) => draw === 0),
    name: fc.uuid(),
  })
  .map(({ who, operations, launches, hasTrouble, name }) => (stage, schedulers) => {
    const scheduler = schedulers[who]
    const offer = scheduler?.offers[0]
    if (scheduler === undefined || offer === undefined) return
    stage.puppets.diskTrouble = hasTrouble ? 'no space left' : undefined
    const [mine] = Object.entries(offer.resources).filter(([key]) => key.includes('('))
    const tasks = mine && launches ? [commandOn(offer, name, Object.fromEntries([mine]))] : []
    const numbered = operations.map((each, index) => ({ ...each, operationId: `${index}` }))
    scheduler.accept(offer, [...numbered, { type: 'LAUNCH', tasks }], { refuseSeconds: 1 })
  })
const passes: fc.Arbitrary<Move> = fc.constant((stage) => stage.advance(2_000))
const ends: fc.Arbitrary<Move> = fc.constant((stage) => {
  const [first] = stage.puppets.running.keys()
  if (first !== undefined) stage.puppets.exit(first)
})

/** The agent does not hear of operations, or is not heard, and comes back after a while. */
const blinks: fc.Arbitrary<Move> = fc
  .constantFrom('allocation.apply', 'allocation.operationUpdate')
  .map((type) => (stage, schedulers) => {
    const heal = stage.road.drop(type)
    const offer = schedulers[0]?.offers[0]
    const resources: Resources = { 'cpus(eng,ops)': 1 }
    if (offer) schedulers[0]?.accept(offer, [{ type: 'RESERVE', resources }])
    const silence = stage.road.drop('lifecycle.ping')
    stage.advance(75_100)
    silence()
    heal()
    stage.advance(2_000)
  })

function sumsOf(resources: Resources): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [key, amount] of Object.entries(resources)) {
    const size =
      typeof amount === 'number'
        ? amount
        : amount.reduce((sum, item) => sum + Number(item[1]) - Number(item[0]) + 1, 0)
    sums[nameOf(key)] = (sums[nameOf(key)] ?? 0) + size
  }
  return sums
}

it('Any sequence of operations: books balance, sums stay, and volumes are the folders there are', async () => {
  const seen = new Set<string>()
  const moves = fc.array(fc.oneof({ weight: 6, arbitrary: accepts }, passes, ends, blinks), {
    minLength: 10,
    maxLength: 40,
  })
  const property = fc.asyncProperty(moves, async (sequence) => {
    const stage = new Stage()
    stage.agent('agent-1', total)
    const schedulers = ['eng', 'eng/ads'].map((role, index) =>
      stage.scheduler(`s${index}`, { roles: [role], principal: 'ops' }),
    )
    for (const move of sequence) {
      move(stage, schedulers)
      // Removing a folder takes a promise; the stage checks the books after each verb.
      await stage.clock.settled()
      stage.settle()
      const [agent] = stage.ledger.agents.values()
      const resources = toResources(agent?.total ?? {})
      expect(sumsOf(resources)).toEqual(sumsOf(total))
      const volumes = new Set(volumesIn(resources).map(({ role, id }) => `${role}/${id}`))
      for (const volume of volumes) expect(stage.puppets.folders).toContain(volume)
      // A folder that could not be removed stays, when its disk is in other hands by then.
      if (stage.marks.some(({ name }) => name === 'operation.notReverted')) continue
      expect(stage.puppets.folders).toEqual(volumes)
    }
    for (const scheduler of schedulers) {
      for (const { state } of scheduler.operations) seen.add(state)
    }
  })
  await fc.assert(property, { seed: 1, numRuns: isLong ? 60 : 15 })
  for (const state of ['OPERATION_FINISHED', 'OPERATION_ERROR', 'OPERATION_FAILED']) {
    expect(seen).toContain(state)
  }
  // Others each time, which need not come upon everything.
  if (isLong) await fc.assert(property, { numRuns: 60 })
}, 60_000)
