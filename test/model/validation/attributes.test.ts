import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Attributes } from '../../../src/messages/index.ts'
import { problemWithAttributes } from '../../../src/model/validation/attributes.ts'

/** What plain JavaScript may pass, whatever the types say. */
function untyped(attributes: unknown): Attributes {
  return Object.assign(Object.create(null), { attributes }).attributes
}

describe('Attributes that cannot be', () => {
  test.each<[string, Attributes, string]>([
    ['no name', { ' ': 'x' }, 'an attribute has no name'],
    ['no number', { a: Number.NaN }, 'the attribute a is NaN; give a finite number'],
    ['no finite number', { a: -1 / 0 }, 'the attribute a is -Infinity; give a finite number'],
    ['an empty list', { a: [] }, 'the attribute a is an empty list; leave it out'],
    ['a name twice', { a: ['x', 'y', 'x'] }, 'the attribute a lists x twice'],
    [
      'a range the wrong way round',
      { a: [[5, 1]] },
      'the attribute a has the range [5, 1]; give whole numbers, the smaller first',
    ],
    ['a range below zero', { a: [[-1, 1]] }, 'has the range [-1, 1]'],
    ['a range of fractions', { a: [[1, 1.5]] }, 'has the range [1, 1.5]'],
    ['a number in two ranges', { a: [[4, 9], [1, 4]] }, 'the attribute a lists 4 twice'], // biome-ignore format: one line reads better
    ['a book', { a: 'x'.repeat(4_097) }, 'a has a text of 4097 characters; 4096 are allowed'],
    ['a book in a set', { a: ['x'.repeat(5_000)] }, 'has a text of 5000 characters'],
    ['a truth value', untyped({ a: true }), 'the attribute a is true; give a text, a number,'],
    ['nothing', untyped({ a: null }), 'the attribute a is null; give a text'],
    ['an object', untyped({ a: { b: 1 } }), 'the attribute a is an object; give a text'],
    ['a list of numbers', untyped({ a: [1, 5] }), 'has the item 1; give ranges such as [1, 5]'],
    ['a range of three', untyped({ a: [[1, 2, 3]] }), 'give ranges such as [1, 5], or names'],
    ['a range of texts', untyped({ a: [['1', '5']] }), 'has the range [1, 5]; give whole numbers'],
    ['a name among ranges', untyped({ a: [[1, 5], 'x'] }), 'mixes names and ranges'],
    ['a range among names', untyped({ a: ['x', [1, 5]] }), 'mixes names and ranges'],
    ['a text', untyped('rack:r1'), "attributes are values by name, such as { rack: 'r1' }"],
    ['a list', untyped([['rack', 'r1']]), 'attributes are values by name'],
    ['null', untyped(null), 'attributes are values by name'],
  ])('%s: a sentence says why', (_what, attributes, sentence) => {
    expect(problemWithAttributes(attributes)).toContain(sentence)
  })

  test('texts, numbers, ranges and sets are fine, also odd ones', () => {
    expect(problemWithAttributes({})).toBeUndefined()
    const odd: Attributes = {
      rack: 'r1',
      empty: '',
      'x y': 'ü',
      longest: 'x'.repeat(4_096),
      level: -2.5,
      keys: [[8, 9], [1, 5], [6, 7], [0, 0]], // biome-ignore format: one line reads better
      disks: ['sda', ''],
    }
    expect(problemWithAttributes(odd)).toBeUndefined()
    expect(problemWithAttributes(JSON.parse('{"__proto__":"x","constructor":1}'))).toBeUndefined()
  })

  test('ranges are refused exactly when they share a number', () => {
    const range = fc
      .tuple(fc.nat(30), fc.nat(4))
      .map(([from, more]): [number, number] => [from, from + more])
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 5 }), (keys) => {
        const numbers = keys.flatMap(([from, to]) =>
          Array.from({ length: to - from + 1 }, (_, index) => from + index),
        )
        const shares = new Set(numbers).size < numbers.length
        expect(problemWithAttributes({ keys }) !== undefined).toBe(shares)
      }),
    )
  })
})
