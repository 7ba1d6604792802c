import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backoff, nextRandom } from '../../src/model/random.ts'
import { suggestion } from '../../src/model/suggestion.ts'
import { takeUpdateId } from '../../src/model/update-id.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('Random numbers', () => {
  test('the same seed gives the same numbers, all from 0 up to below 1', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { value } = nextRandom(seed)
        expect(value >= 0 && value < 1).toBe(true)
        expect(nextRandom(seed)).toEqual(nextRandom(seed))
      }),
    )
  })

  test('they spread evenly over the tenths', () => {
    const tenths = Array.from({ length: 10 }, () => 0)
    let seed = 1
    for (let n = 0; n < 10_000; n++) {
      const next = nextRandom(seed)
      seed = next.seed
      const tenth = Math.floor(next.value * 10)
      tenths[tenth] = (tenths[tenth] ?? 0) + 1
    }
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150)
  })
})

describe('Backoff', () => {
  test('a delay is never above base · 2^attempt, never above the bound, and moves the seed on', () => {
    const attempts = fc.integer({ min: 0, max: 40 })
    const bounds = fc.integer({ min: 1, max: 100_000 })
    fc.assert(
      fc.property(fc.integer(), attempts, bounds, bounds, (seed, attempt, baseMs, maxMs) => {
        const book = { seed }
        const delay = backoff(book, attempt, baseMs, maxMs)
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(Math.min(maxMs, baseMs * 2 ** attempt))
        expect(book.seed).not.toBe(seed)
      }),
    )
  })

  test('later tries wait longer on average', () => {
    const average = (attempt: number) => {
      const book = { seed: 1 }
      let sum = 0
      for (let n = 0; n < 500; n++) sum += backoff(book, attempt, 1_000, 60_000)
      return sum / 500
    }
    expect(average(0)).toBeGreaterThan(400)
    expect(average(0)).toBeLessThan(600)
    expect(average(3)).toBeGreaterThan(7 * average(0))
    expect(average(20)).toBeGreaterThan(27_000)
  })
})

describe('Ids of updates', () => {
  test('each is a valid RFC 4122 UUID of its own, and tells its maker', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 0, max: 2 ** 40 }), (instance, sequence) => {
        const maker = { instance, sequence }
        const [first, second] = [takeUpdateId(maker), takeUpdateId(maker)]
        expect(first).toMatch(uuid)
        expect(second).toMatch(uuid)
        expect(second).not.toBe(first)
        expect(maker.sequence).toBe(sequence + 2)
        expect(first.slice(0, -12)).toBe(instance.slice(0, -12))
      }),
    )
  })
})

describe('Suggestions', () => {
  test.each([
    ['cpu', '; did you mean cpus?'],
    ['CPUS', '; did you mean cpus?'],
    ['prots', '; did you mean ports?'],
    ['bananas', ''],
    ['', ''],
  ])('%j: "%s"', (name, text) => {
    expect(suggestion(name, ['cpus', 'ports', 'memory'])).toBe(text)
  })

  test('without any known name there is nothing to suggest', () => {
    expect(suggestion('cpu', [])).toBe('')
  })
})
