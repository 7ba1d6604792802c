import { describe, expect, it } from 'vitest'
import { RateLimiter, readRateLimits } from '../../../src/http/security/rate-limits.ts'

const limits = readRateLimits(
  JSON.stringify({
    limits: [{ principal: 'a', qps: 2, capacity: 3 }, { principal: 'free' }],
    aggregate_default_qps: 0.5,
  }),
)

function limiter() {
  let nowMs = 1_000
  const counted = new RateLimiter(limits, { now: () => nowMs })
  const wait = (ms: number) => {
    nowMs += ms
  }
  return { take: (principal?: string) => counted.take(principal), wait }
}

describe('Rate limits', () => {
  it('as many at once as there is room for, then as many a second as are allowed', () => {
    const { take, wait } = limiter()
    expect([take('a'), take('a'), take('a'), take('a')]).toEqual([0, 0, 0, 500])
    wait(499)
    expect(take('a')).toBeCloseTo(1)
    wait(1)
    expect([take('a'), take('a')]).toEqual([0, 500])
    wait(3_600_000)
    expect([take('a'), take('a'), take('a'), take('a')]).toEqual([0, 0, 0, 500])
  })

  it('who is listed without a number has no limit; all who are not listed share one', () => {
    const { take } = limiter()
    for (let count = 0; count < 1_000; count++) expect(take('free')).toBe(0)
    expect([take('x'), take('y'), take()]).toEqual([0, 2_000, 2_000])
    expect(take('a')).toBe(0)
  })

  it('a clock that goes back takes nothing away', () => {
    const { take, wait } = limiter()
    take('a')
    wait(-10_000)
    expect([take('a'), take('a'), take('a')]).toEqual([0, 0, 500])
  })

  it.each([
    ['no JSON', 'x', /not JSON/],
    ['no object', '[]', /no object/],
    ['no list', '{"limits":{}}', /no list/],
    ['no principal', '{"limits":[{"qps":1}]}', /limits\[0\] has no principal/],
    ['no calls at all', '{"limits":[{"principal":"a","qps":0}]}', /no number above zero/],
    ['no room', '{"limits":[{"principal":"a","qps":1,"capacity":0}]}', /less than one/],
    ['a text', '{"aggregate_default_qps":"1"}', /qps of aggregate_default/],
  ])('%s is refused', (_what, text, sentence) => {
    expect(() => readRateLimits(text)).toThrow(sentence)
  })
})
