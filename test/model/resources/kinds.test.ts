import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  conversionsOf,
  converted,
  reversed,
  sumOf,
} from '../../../src/model/resources/conversions.ts'
import {
  formatKind,
  isWithin,
  nameOf,
  parseKind,
  problemWithKind,
  type ResourceKind,
  reservedRole,
  scalarOf,
} from '../../../src/model/resources/kinds.ts'
import { volumesIn } from '../../../src/model/resources/volumes.ts'

/** Any text, with all that the notation itself is made of. */
const anyText = fc.string({ unit: fc.constantFrom(...'ab/(),=:[]{}%* é'), minLength: 1 })
const reservation = fc.oneof(
  fc.record({ role: anyText, type: fc.constant('STATIC' as const) }),
  fc.record({
    role: anyText,
    type: fc.constant('DYNAMIC' as const),
    principal: anyText,
    labels: fc.dictionary(anyText, anyText, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
  }),
  fc.record({ role: anyText, type: fc.constant('DYNAMIC' as const) }),
)
const kinds: fc.Arbitrary<ResourceKind> = fc.oneof(
  fc.record({
    name: fc.constantFrom('cpus', 'disk'),
    reservations: fc.array(reservation, { maxLength: 3 }),
    revocable: fc.boolean(),
  }),
  fc.record({
    name: fc.constant('disk'),
    reservations: fc.array(reservation, { minLength: 1, maxLength: 2 }),
    volume: fc.record({ id: anyText, containerPath: anyText }),
    revocable: fc.constant(false),
  }),
)

describe('Kinds of resources', () => {
  test('whatever is written is read as the same, and written in the same way again', () => {
    fc.assert(
      fc.property(kinds, (kind) => {
        const key = formatKind(kind)
        const read = parseKind(key)
        expect(read).toEqual(kind)
        expect(read && formatKind(read)).toBe(key)
        expect(nameOf(key)).toBe(kind.name)
        expect(reservedRole(key)).toBe(kind.reservations.at(-1)?.role)
      }),
    )
  })

  test.each([
    'cpus',
    'cpus(eng)',
    'cpus(eng,)',
    'cpus(eng,ops,team=web)',
    'cpus(eng)(eng/ads,ops)',
    'disk(eng,ops)[db:var/data]',
    'cpus{revocable}',
  ])('%s is a kind', (key) => {
    expect(problemWithKind(key)).toBeUndefined()
  })

  test.each([
    ['cpus(', 'is no resource'],
    ['cpus(eng', 'is no resource'],
    ['(eng)', 'is no resource'],
    ['disk(eng)[db]', 'is no resource'],
    ['cpus(%)', 'is no resource'],
    ['cpus()', 'a role name is empty'],
    ['cpus(*)', 'the role * owns nothing'],
    ['cpus(eng/..)', 'the part ".."'],
    ['cpus(eng)(eng)', 'only for a role below it'],
    ['cpus(eng)(eng/ads)', 'only the first reservation can be static'],
    ['cpus(eng){revocable}', 'what is revocable cannot be reserved'],
    ['cpus(e%6Eg)', 'has another notation, which all use: cpus(eng)'],
    ['disk(eng)[a/b:data]', 'the volume id "a/b" is not legal'],
    ['disk(eng)[db:a//b]', 'must stay inside the sandbox'],
    ['disk(eng)[db:a/./b]', 'must stay inside the sandbox'],
    ['disk(eng)[db:a/..]', 'must stay inside the sandbox'],
    ['disk(eng)[db:a%5Cb]', 'is not legal'],
    ['disk(eng)[db:exit-status/x]', 'every sandbox has a file exit-status'],
  ])('%s is none', (key, sentence) => {
    expect(problemWithKind(key)).toContain(sentence)
  })

  test('a role is within itself and those above, and not within a namesake', () => {
    expect(isWithin('eng', 'eng')).toBe(true)
    expect(isWithin('eng/ads', 'eng')).toBe(true)
    expect(isWithin('engineering', 'eng')).toBe(false)
    expect(isWithin('eng', 'eng/ads')).toBe(false)
  })
})

describe('Conversions', () => {
  const volumes = { 'disk(eng,ops)[a:x]': 1, 'disk(eng,ops)[b:y]': 2 }

  test('two volumes of one disk take their sum of it, and give it back', () => {
    const made = conversionsOf({ type: 'CREATE', volumes })
    expect(sumOf(made, 'from')).toEqual({ 'disk(eng,ops)': 3_000 })
    const amounts = { 'disk(eng,ops)': 5_000 }
    const after = converted(amounts, made)
    expect(after).toEqual({
      'disk(eng,ops)': 2_000,
      'disk(eng,ops)[a:x]': 1_000,
      'disk(eng,ops)[b:y]': 2_000,
    })
    expect(converted(after, reversed(made))).toEqual(amounts)
    expect(converted(after, conversionsOf({ type: 'DESTROY', volumes }))).toEqual(amounts)
  })

  test('volumes are named by their id and the role that has their disk last', () => {
    const resources = { cpus: 1, 'disk(eng)(eng/ads,ops)[a:x/y]': 1, 'cpus(eng)': 1 }
    expect(volumesIn(resources)).toEqual([
      { key: 'disk(eng)(eng/ads,ops)[a:x/y]', role: 'eng/ads', id: 'a', containerPath: 'x/y' },
    ])
  })
})

describe('Kinds of resources: how much there is of one name', () => {
  test('all kinds of it count, and neither names that begin alike nor lists', () => {
    const amounts = {
      cpus: 1,
      'cpus(eng)': 2,
      'cpus(eng,ops)(eng/ads)': 4,
      'cpus{revocable}': 8,
      'cpus_reserved(eng)': 16,
      'ports(eng)': [[1, 2]] as const,
      'disk(eng)[db:data]': 32,
    }
    expect(scalarOf(amounts, 'cpus')).toBe(15)
    expect(scalarOf(amounts, 'disk')).toBe(32)
    expect([scalarOf(amounts, 'ports'), scalarOf(amounts, 'mem')]).toEqual([0, 0])
  })
})
