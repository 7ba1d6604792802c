import { expect, test } from 'vitest'
import { isSameJson } from '../../src/model/same-json.ts'

test.each<[unknown, unknown, boolean]>([
  [{ a: 1, b: [1, { c: 'x' }] }, { b: [1, { c: 'x' }], a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: 1, b: 2 }, { a: 1 }, false],
  [[1, 2], [2, 1], false],
  [[1], { 0: 1 }, false],
  [null, {}, false],
  ['1', 1, false],
])('Same JSON: %j and %j: %s', (left, right, isSame) => {
  expect(isSameJson(left, right)).toBe(isSame)
  expect(isSameJson(right, left)).toBe(isSame)
})
