import { expect, test } from 'vitest'
import {
  problemWithMinimums,
  problemWithPriority,
  problemWithWeight,
} from '../../../src/model/validation/sharing.ts'

/** What a caller in plain JavaScript may pass, whatever the types say. */
function untyped<Value>(text: string): Value {
  const value: Value = JSON.parse(text)
  return value
}

test('Weights: any number above zero', () => {
  for (const weight of [1, 0.001, 1e9]) expect(problemWithWeight('eng', weight)).toBeUndefined()
  for (const weight of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(problemWithWeight('eng', weight)).toBe(
      `the weight of eng is ${weight}; give a number above zero`,
    )
  }
  expect(problemWithWeight('eng', untyped('"2"'))).toMatch(/give a number/)
})

test('Priorities: any finite number, below zero too', () => {
  for (const value of [0, -5, 1.5]) expect(problemWithPriority('eng', value)).toBeUndefined()
  for (const value of [Number.NaN, Number.NEGATIVE_INFINITY]) {
    expect(problemWithPriority('eng', value)).toBe(
      `the priority of eng is ${value}; give a finite number, higher comes first`,
    )
  }
  expect(problemWithPriority('eng', untyped('"high"'))).toMatch(/give a finite number/)
})

test('Least sizes of offers: lists of amounts by plain names', () => {
  for (const legal of [[], [{ cpus: 4 }], [{ cpus: 0.1, mem: 32 }, { gpus: 1 }]]) {
    expect(problemWithMinimums(legal)).toBeUndefined()
  }
  const wrong: [string, RegExp][] = [
    ['{ "cpus": 1 }', /give a list, such as \[\{ cpus: 1 \}\]/],
    ['[{ "cpus": -1 }]', /minAllocatable: cpus is -1; an amount cannot be negative/],
    ['[{ "cpus": "1" }]', /minAllocatable: cpus is "1"; give a number/],
    ['[{ "cpus(eng)": 1 }]', /minAllocatable: cpus\(eng\) is no plain name such as cpus/],
    ['[{ "licences": ["a"] }]', /minAllocatable: licences is a list; give a number/],
  ]
  for (const [text, sentence] of wrong) expect(problemWithMinimums(untyped(text))).toMatch(sentence)
})
