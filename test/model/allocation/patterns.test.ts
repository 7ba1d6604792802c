import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { Pattern, problemWithPattern } from '../../../src/model/allocation/patterns.ts'

describe('Patterns that cannot be used', () => {
  test.each([
    ['(a', 'the pattern `(a` cannot be read: missing closing ): `(a`'],
    ['a**', 'the pattern `a**` cannot be read: invalid nested repetition operator: `**`'],
    ['[z-a]', 'the pattern `[z-a]` cannot be read: invalid character class range: `z-a`'],
    ['(a)\\1', 'the pattern `(a)\\1` cannot be read: invalid escape sequence: `\\1`'],
    ['(?=a)a', 'cannot be read'],
    ['a{1001}', 'cannot be read: invalid repeat count: `{1001}`'],
    ['((a{100}){100}){100}', 'cannot be read: invalid repeat count'],
    ['a{100}', 'the pattern `a{100}` is too complex: it takes 102 steps, 100 are allowed'],
    ['(a{30}){30}', 'is too complex: it takes 962 steps, 100 are allowed'],
  ])('%s: a sentence says why', (pattern, sentence) => {
    expect(problemWithPattern(pattern)).toContain(sentence)
  })

  test.each(['', 'r[0-9]+', 'a{98}', '(a+)+$', '(?i)rack-\\pN{2}', '^a|b$', '\\Qa+b\\E'])(
    '%j is fine',
    (pattern) => expect(problemWithPattern(pattern)).toBeUndefined(),
  )

  test('whatever is given for one, the answer is a sentence or nothing', () => {
    const piece = fc.constantFrom(...'ab()[]{}|*+?.\\^$,-:<>=!P1'.split(''), '{9}', '(?', '\\p')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const pattern = pieces.join('')
        const problem = problemWithPattern(pattern)
        if (problem !== undefined) expect(problem).toContain(pattern)
        else expect(typeof new Pattern(pattern).matches('ab')).toBe('boolean')
      }),
    )
  })
})

describe('Matching', () => {
  test('a pattern that explodes elsewhere takes milliseconds, on the longest texts too', () => {
    for (const pattern of ['(a+)+$', '(a|a)*b', '(a|aa)+!', '(?:a?){20}a{20}b', '(.*)(.*)(.*)c']) {
      expect(problemWithPattern(pattern)).toBeUndefined()
      const compiled = new Pattern(pattern)
      const begin = performance.now()
      expect(compiled.matches(`${'a'.repeat(4_096)}?`)).toBe(false)
      expect(compiled.matches(`${'a'.repeat(50_000)}?`)).toBe(false)
      expect(performance.now() - begin).toBeLessThan(2_000)
    }
  })

  test('the pattern of a quoted text matches this text alone', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.string(), (text, other) => {
        const pattern = new Pattern(RE2JS.quote(text))
        expect(pattern.matches(text)).toBe(true)
        expect(pattern.matches(other)).toBe(other === text)
      }),
    )
  })

  test('more texts than it remembers: the verdicts stay right', () => {
    const pattern = new Pattern('host-\\d*0')
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 70_000; index++) {
        if (pattern.matches(`host-${index}`) !== (index % 10 === 0)) expect(index).toBeUndefined()
      }
    }
  })
})
