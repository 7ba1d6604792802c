import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Resources } from '../../../src/messages/index.ts'
import {
  addTo,
  contains,
  isEmpty,
  type Quantities,
  shortOf,
  subtract,
  takeFrom,
  toQuantities,
  toResources,
} from '../../../src/model/resources/quantities.ts'

const scalar = fc.integer({ min: 1, max: 10_000_000 }).map((n) => n / 1_000)
const ranges = fc
  .uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 12 })
  .map((values) => values.map((value): [number, number] => [value * 3, value * 3 + 1]))
const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 })

/** Resources of every kind; each name is always of the same kind. */
const resources: fc.Arbitrary<Resources> = fc.record(
  { cpus: scalar, mem: scalar, gpus: fc.integer({ min: 1, max: 8 }), ports: ranges, disks: names },
  { requiredKeys: [] },
)
const quantities = resources.map(toQuantities)

function sum(...parts: Quantities[]): Quantities {
  const total: Quantities = {}
  for (const part of parts) addTo(total, part)
  return total
}

/** What the second has more than the first, so that both together have no list item twice. */
const apart = fc.tuple(quantities, quantities).map(([a, b]) => {
  const lists = Object.fromEntries(Object.entries(a).filter(([, q]) => typeof q !== 'number'))
  return [a, subtract(b, lists)] as const
})

describe('Quantities', () => {
  test('what was added can be taken out again, and leaves what was there', () => {
    fc.assert(
      fc.property(apart, ([a, b]) => {
        const account = sum(a, b)
        expect(contains(account, a)).toBe(true)
        expect(contains(account, b)).toBe(true)
        takeFrom(account, b)
        expect(account).toEqual(a)
        takeFrom(account, a)
        expect(isEmpty(account)).toBe(true)
      }),
    )
  })

  test('the order of additions does not matter', () => {
    fc.assert(
      fc.property(quantities, quantities, (a, b) => {
        expect(sum(a, b)).toEqual(sum(b, a))
      }),
    )
  })

  test('subtracting never goes below nothing, and changes neither side', () => {
    fc.assert(
      fc.property(quantities, quantities, (a, b) => {
        const before = structuredClone([a, b])
        const rest = subtract(a, b)
        expect([a, b]).toEqual(before)
        expect(contains(a, rest)).toBe(true)
        for (const amount of Object.values(rest)) {
          expect(typeof amount === 'number' ? amount > 0 : amount.length > 0).toBe(true)
        }
        expect(isEmpty(subtract(a, sum(a, b)))).toBe(true)
      }),
    )
  })

  test('a part is contained in the whole, and the whole in a part only when they are equal', () => {
    fc.assert(
      fc.property(quantities, quantities, (a, b) => {
        const whole = sum(a, b)
        expect(contains(whole, a) && contains(whole, b) && contains(a, {})).toBe(true)
        expect(contains(a, b)).toBe(shortOf(a, b) === undefined)
        if (contains(a, b) && contains(b, a)) expect(a).toEqual(b)
      }),
    )
  })

  test('thousandths survive the way into the books and back exactly', () => {
    fc.assert(
      fc.property(resources, (given) => {
        const back = toResources(toQuantities(given))
        expect(toQuantities(back)).toEqual(toQuantities(given))
        for (const name of ['cpus', 'mem', 'gpus']) expect(back[name]).toBe(given[name])
      }),
    )
  })

  test('ten tenths of a cpu are one cpu, and a thousand thousandths leave nothing behind', () => {
    const account: Quantities = {}
    for (let n = 0; n < 10; n++) addTo(account, toQuantities({ cpus: 0.1 }))
    expect(toResources(account)).toEqual({ cpus: 1 })
    for (let n = 0; n < 1_000; n++) takeFrom(account, toQuantities({ cpus: 0.001 }))
    expect(isEmpty(account)).toBe(true)
  })

  test('more than three decimals are rounded away; what rounds to nothing is absent', () => {
    expect(toQuantities({ cpus: 0.123_4, mem: 0.000_4, ports: [], disks: [] })).toEqual({
      cpus: 123,
    })
    expect(toQuantities({ cpus: 0.123_5, gpus: 0 })).toEqual({ cpus: 124 })
  })

  test('ranges that touch or overlap are joined; what is cut out leaves both ends', () => {
    const account = toQuantities({
      ports: [
        [4, 6],
        [1, 3],
        [10, 12],
      ],
    })
    expect(account).toEqual({
      ports: [
        [1, 6],
        [10, 12],
      ],
    })
    expect(
      subtract(account, {
        ports: [
          [2, 4],
          [11, 11],
        ],
      }),
    ).toEqual({
      ports: [
        [1, 1],
        [5, 6],
        [10, 10],
        [12, 12],
      ],
    })
    expect(contains(account, { ports: [[5, 7]] })).toBe(false)
  })

  test('taking out more than there is is a wrong book', () => {
    expect(() => takeFrom({ cpus: 1 }, { cpus: 2 })).toThrow('more cpus taken than is there')
    expect(() => takeFrom({}, { ports: [[1, 1]] })).toThrow('more ports taken than is there')
  })

  test('one name cannot be a number here and a list there', () => {
    expect(() => addTo({ cpus: 1 }, { cpus: [[1, 2]] })).toThrow('cpus is a number here')
    expect(() => addTo({ p: ['a'] }, { p: [[1, 2]] })).toThrow('p is ranges here and a set there')
    expect(contains({ cpus: 1 }, { cpus: [[1, 1]] })).toBe(false)
    expect(subtract({ cpus: 1 }, { cpus: [[1, 1]] })).toEqual({ cpus: 1 })
  })
})
