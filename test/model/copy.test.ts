import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copyOf } from '../../src/model/copy.ts'

describe('Copies of books', () => {
  test('are equal, and share nothing that can change (any tree of maps, sets, lists and objects)', () => {
    const { book } = fc.letrec((tie) => ({
      leaf: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(undefined)),
      part: fc.oneof(
        { maxDepth: 4 },
        tie('leaf'),
        fc.array(tie('part'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('part'), { maxKeys: 3, noNullPrototype: true }),
        fc.uniqueArray(fc.tuple(fc.string(), tie('part')), { maxLength: 3 }).map((x) => new Map(x)),
        fc.array(tie('part'), { maxLength: 3 }).map((items) => new Set(items)),
      ),
      book: fc.dictionary(fc.string(), tie('part'), { maxKeys: 4, noNullPrototype: true }),
    }))
    fc.assert(
      fc.property(book, (value) => {
        if (typeof value !== 'object' || value === null) throw new Error('a book is an object')
        const copy = copyOf(value)
        expect(copy).toEqual(structuredClone(value))
        const before = new Set(partsOf(value))
        expect(partsOf(copy).filter((part) => before.has(part))).toEqual([])
      }),
    )
  })

  test('one thing in two places is one thing in two places, also when it holds itself', () => {
    const agent: { name: string; peers: Set<object> } = { name: 'one', peers: new Set() }
    agent.peers.add(agent)
    const copy = copyOf({ agents: new Map([['one', agent]]), first: agent })
    expect(copy.first).not.toBe(agent)
    expect(copy.agents.get('one')).toBe(copy.first)
    expect([...copy.first.peers]).toEqual([copy.first])
  })

  test('what is frozen is shared', () => {
    const ranges = Object.freeze([1, 2])
    expect(copyOf({ ranges }).ranges).toBe(ranges)
  })

  test('a name that means something to objects is a name', () => {
    const roles = { ...JSON.parse('{"__proto__": {"cpus": 1}}') }
    const copy = copyOf({ roles })
    expect(Object.keys(copy.roles)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(copy.roles)).toBe(Object.prototype)
  })

  test('what is more than its fields is an impossible part of a book', () => {
    expect(() => copyOf({ at: new Date(0) })).toThrow(
      'a book holds something that cannot be copied',
    )
  })
})

/** All objects in it, itself included. */
function partsOf(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  const parts = value instanceof Map ? [...value].flat() : Object.values(value)
  const items = value instanceof Set ? [...value] : parts
  return [value, ...items.flatMap(partsOf)]
}
