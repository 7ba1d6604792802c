import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Resources } from '../../../src/messages/index.ts'
import { allot } from '../../../src/model/resources/allot.ts'
import { nameOf } from '../../../src/model/resources/kinds.ts'
import { mayHold, measureDemand, measureOffer } from '../../../src/model/resources/measures.ts'
import {
  addTo,
  contains,
  type Quantities,
  subtract,
  toQuantities,
  toResources,
} from '../../../src/model/resources/quantities.ts'
import { countValues } from '../../../src/model/resources/ranges.ts'

/** In people's units; nothing when the demand is not met. */
function allotted(demand: Resources, offered: Resources): Resources | undefined {
  const result = allot(toQuantities(demand), toQuantities(offered))
  return result && toResources(result)
}

const refined = 'cpus(eng)(eng/ads,ops)'

describe('Allot: a plain demand', () => {
  it('is its own answer when the offer has no kinds, without a copy', () => {
    const demand = toQuantities({ cpus: 1, ports: [[80, 80]] })
    expect(allot(demand, toQuantities({ cpus: 2, ports: [[80, 90]] }))).toBe(demand)
  })

  it('takes the most refined reservation first, then the others, then what is unreserved', () => {
    const offered = { cpus: 4, 'cpus(eng)': 1, [refined]: 2 }
    expect(allotted({ cpus: 1.5 }, offered)).toEqual({ [refined]: 1.5 })
    expect(allotted({ cpus: 2.5 }, offered)).toEqual({ [refined]: 2, 'cpus(eng)': 0.5 })
    expect(allotted({ cpus: 7 }, offered)).toEqual({ [refined]: 2, 'cpus(eng)': 1, cpus: 4 })
    expect(allotted({ cpus: 7.001 }, offered)).toBeUndefined()
  })

  it('prefers the deeper role, then the higher stack, then what was reserved at the start', () => {
    const keys = [
      'cpus(a/b)(a/b/c,p)',
      'cpus(a)(a/b,p)',
      'cpus(a/b)',
      'cpus(a)',
      'cpus(a,p)',
      'cpus',
    ]
    const offered = Object.fromEntries(keys.toReversed().map((key) => [key, 1]))
    for (let count = 1; count <= keys.length; count++) {
      expect(Object.keys(allotted({ cpus: count }, offered) ?? {})).toEqual(keys.slice(0, count))
    }
  })

  it('never gets a volume, nor what may be taken away again', () => {
    const offered = {
      'disk(eng,ops)[db:data]': 100,
      'disk{revocable}': 100,
      'disk(eng)': 5,
      disk: 5,
    }
    expect(allotted({ disk: 10 }, offered)).toEqual({ 'disk(eng)': 5, disk: 5 })
    expect(allotted({ disk: 11 }, offered)).toBeUndefined()
  })

  it('does not take the resources of a longer name', () => {
    expect(allotted({ cpu: 1 }, { 'cpus(eng)': 2, cpus: 2 })).toBeUndefined()
  })

  it('of gpus gets whole ones, however much is left in parts', () => {
    expect(allotted({ gpus: 2 }, { 'gpus(eng)': 1.5, gpus: 1.5 })).toEqual({
      'gpus(eng)': 1,
      gpus: 1,
    })
    expect(allotted({ gpus: 3 }, { 'gpus(eng)': 1.5, gpus: 1.5 })).toBeUndefined()
    expect(allotted({ 'gpus(eng)': 2 }, { 'gpus(eng)': 1.5, gpus: 4 })).toBeUndefined()
  })

  it('that names ports or things gets them from wherever they are', () => {
    const offered = { 'ports(eng)': [[80, 85]], ports: [[86, 90]], disks: ['a', 'b'], 'disks(eng)': ['c'] } satisfies Resources // biome-ignore format: one line reads better
    expect(allotted({ ports: [[84, 87]], disks: ['a', 'c'] }, offered)).toEqual({
      'ports(eng)': [[84, 85]],
      ports: [[86, 87]],
      'disks(eng)': ['c'],
      disks: ['a'],
    })
    expect(allotted({ ports: [[84, 91]] }, offered)).toBeUndefined()
    expect(allotted({ disks: ['d'] }, offered)).toBeUndefined()
  })
})

describe('Allot: a demand that names the kind', () => {
  it('gets that kind and no other', () => {
    const offered = { cpus: 4, 'cpus(eng)': 1, 'cpus{revocable}': 3 }
    expect(allotted({ 'cpus(eng)': 1 }, offered)).toEqual({ 'cpus(eng)': 1 })
    expect(allotted({ 'cpus(eng)': 2 }, offered)).toBeUndefined()
    expect(allotted({ 'cpus{revocable}': 3 }, offered)).toEqual({ 'cpus{revocable}': 3 })
    expect(allotted({ 'cpus(ops)': 1 }, offered)).toBeUndefined()
  })

  it('is served before the plain part of the same demand', () => {
    expect(allotted({ cpus: 1, 'cpus(eng)': 1 }, { cpus: 1, 'cpus(eng)': 1 })).toEqual({
      'cpus(eng)': 1,
      cpus: 1,
    })
    const volume = 'disk(eng,ops)[db:data]'
    expect(allotted({ [volume]: 10, disk: 1 }, { [volume]: 10, disk: 1 })).toEqual({
      [volume]: 10,
      disk: 1,
    })
  })
})

describe('Allot: how many', () => {
  it('ports are wanted: the first free ones are chosen, reserved before unreserved', () => {
    const offered: Resources = { ports: [[31_000, 31_000], [31_005, 31_009]], cpus: 1 } // biome-ignore format: one line reads better
    expect(allotted({ ports: 2 }, offered)).toEqual({ ports: [[31_000, 31_000], [31_005, 31_005]] }) // biome-ignore format: one line reads better
    expect(allotted({ ports: 7 }, offered)).toBeUndefined()
    expect(allotted({ ports: 2 }, { ...offered, 'ports(eng)': [[40_000, 40_000]] })).toEqual({
      'ports(eng)': [[40_000, 40_000]],
      ports: [[31_000, 31_000]],
    })
    expect(allotted({ 'ports(eng)': 1 }, { 'ports(eng)': [[5, 9]], ports: [[1, 2]] })).toEqual({
      'ports(eng)': [[5, 5]],
    })
  })

  it('of any resource with ranges may be said, in whole numbers', () => {
    expect(allotted({ vlans: 1 }, { vlans: [[7, 9]] })).toEqual({ vlans: [[7, 7]] })
    expect(allotted({ vlans: 1.5 }, { vlans: [[7, 9]] })).toBeUndefined()
    expect(allotted({ disks: 1 }, { disks: ['a'] })).toBeUndefined()
  })

  it('leaves the ports that another part of the demand names', () => {
    const offered: Resources = { 'ports(eng)': [[1, 2]] }
    expect(allotted({ 'ports(eng)': 1, ports: [[1, 1]] }, offered)).toEqual({
      'ports(eng)': [[1, 2]],
    })
  })
})

const whole = 1_000
const cpusKeys = ['cpus', 'cpus(eng)', 'cpus(eng,ops)', refined, 'cpus{revocable}']
const scalar = fc.integer({ min: 1, max: 5_000 })
const ports = fc
  .uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 })
  .map((values) => toQuantities({ ports: values.map((value): [number, number] => [value, value]) }).ports ?? 0) // biome-ignore format: one line reads better
const cpus = fc.dictionary(fc.constantFrom(...cpusKeys), scalar)

/** An offer whose ports are each reserved or not, never both. */
const offers: fc.Arbitrary<Quantities> = fc
  .record({ cpus, ports, reserved: ports, gpus: fc.integer({ min: 1, max: 4_000 }) })
  .map(({ cpus, ports, reserved, gpus }) => ({
    ...cpus,
    'gpus(eng)': gpus,
    'ports(eng)': reserved,
    ...subtract({ ports }, { ports: reserved }),
  }))

const demands: fc.Arbitrary<Quantities> = fc.record(
  {
    cpus: scalar,
    'cpus(eng)': scalar,
    'cpus{revocable}': scalar,
    gpus: fc.integer({ min: 1, max: 3 }).map((count) => count * whole),
    ports: fc.oneof(
      ports,
      fc.integer({ min: 1, max: 15 }).map((count) => count * whole),
    ),
  },
  { requiredKeys: [] },
)

/** What a plain name may be met from, all together. */
function poolOf(name: string, offered: Quantities): Quantities {
  const pool: Quantities = {}
  for (const [key, amount] of Object.entries(offered)) {
    if (nameOf(key) === name && !key.endsWith('}')) addTo(pool, { [name]: amount })
  }
  return pool
}

/** What was allotted of a name, kinds put together. */
function sumOf(name: string, allotted: Readonly<Quantities>): Quantities {
  return poolOf(name, { ...allotted })
}

function sizeOf(amounts: Quantities, name: string): number {
  const amount = amounts[name] ?? 0
  return typeof amount === 'number' ? amount : countValues(amount.filter((item) => typeof item !== 'string')) * whole // biome-ignore format: one line reads better
}

describe('Allot: whatever is demanded and offered', () => {
  test('what is allotted is in the offer, and is exactly what was demanded', () => {
    fc.assert(
      fc.property(demands, offers, (demand, offered) => {
        const before = structuredClone([demand, offered])
        const result = allot(demand, offered)
        expect([demand, offered]).toEqual(before)
        if (result === undefined) return
        expect(contains(offered, result)).toBe(true)
        expect(sizeOf(sumOf('cpus', result), 'cpus')).toBe(
          Number(demand.cpus ?? 0) + Number(demand['cpus(eng)'] ?? 0),
        )
        expect(result['cpus{revocable}']).toBe(demand['cpus{revocable}'])
        expect(sizeOf(sumOf('gpus', result), 'gpus')).toBe(demand.gpus ?? 0)
        expect(sizeOf(sumOf('ports', result), 'ports')).toBe(sizeOf(demand, 'ports'))
        if (typeof demand.ports === 'object') {
          expect(sumOf('ports', result)).toEqual({ ports: demand.ports })
        }
      }),
      { numRuns: 500 },
    )
  })

  test('nothing is allotted exactly when something is short', () => {
    fc.assert(
      fc.property(demands, offers, (demand, offered) => {
        const exact = Number(demand['cpus(eng)'] ?? 0)
        const gpus = Number(offered['gpus(eng)'])
        const fits =
          Number(offered['cpus(eng)'] ?? 0) >= exact &&
          sizeOf(poolOf('cpus', offered), 'cpus') >= exact + Number(demand.cpus ?? 0) &&
          Number(offered['cpus{revocable}'] ?? 0) >= Number(demand['cpus{revocable}'] ?? 0) &&
          gpus - (gpus % whole) >= Number(demand.gpus ?? 0) &&
          (typeof demand.ports === 'object'
            ? contains(poolOf('ports', offered), { ports: demand.ports })
            : sizeOf(poolOf('ports', offered), 'ports') >= Number(demand.ports ?? 0))
        expect(allot(demand, offered) !== undefined).toBe(fits)
        // The glance never overlooks what fits.
        if (fits) expect(mayHold(measureOffer(offered), measureDemand(demand))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
