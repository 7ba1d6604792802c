import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  type Place,
  Preference,
  type Prefers,
  preferenceOf,
  termsOf,
} from '../../../src/frameworks/jobs/preference.ts'
import { InvalidInputError } from '../../../src/model/errors.ts'

const place: Place = { hostname: 'node-1', attributes: { rack: 'r1', zone: 7 } }

describe('Preference: which agents it means', () => {
  const cases: [string, Prefers, boolean][] = [
    ['one agent by its name', { agents: 'node-1' }, true],
    ['another agent', { agents: 'node-2' }, false],
    ['any of several agents', { agents: ['node-2', 'node-1'] }, true],
    ['a value of an attribute', { attributes: { rack: 'r1' } }, true],
    ['any of several values', { attributes: { rack: ['r2', 'r1'] } }, true],
    ['another value', { attributes: { rack: 'r2' } }, false],
    ['an attribute that the agent does not have', { attributes: { disk: 'ssd' } }, false],
    ['a number, however it is written', { attributes: { zone: '7' } }, true],
    ['all attributes at once', { attributes: { rack: 'r1', zone: 7 } }, true],
    ['two attributes of which one differs', { attributes: { rack: 'r1', zone: 8 } }, false],
    ['name and attribute', { agents: 'node-1', attributes: { zone: [6, 7] } }, true],
    ['the name of one with the attribute of another', { agents: 'node-1', attributes: { rack: 'r2' } }, false], // biome-ignore format: one line reads better
  ]
  for (const [what, prefers, isPreferred] of cases) {
    it(`${what}: ${isPreferred}`, () => {
      expect(new Preference('job', prefers).matches(place)).toBe(isPreferred)
    })
  }

  it('an agent without attributes is known by its name alone', () => {
    expect(new Preference('job', { agents: 'node-1' }).matches({ hostname: 'node-1' })).toBe(true)
    const picky = new Preference('job', { attributes: { rack: 'r1' } })
    expect(picky.matches({ hostname: 'node-1' })).toBe(false)
  })

  it('the order and number of words make no difference', () => {
    const texts = [
      { agents: ['b', 'a'], attributes: { rack: ['r2', 'r1'], zone: 1 } },
      { attributes: { zone: ['1'], rack: ['r1', 'r2', 'r1'] }, agents: ['a', 'b'] },
    ].map((prefers) => new Preference('job', prefers).text)
    expect(texts[0]).toBe(texts[1])
    expect(new Preference('job', { agents: 'a' }).text).not.toBe(texts[0])
  })
})

const word = fc.constantFrom('a', 'b', 'c')
const words = fc.uniqueArray(word, { minLength: 1 })
const wishes: fc.Arbitrary<Prefers> = fc.oneof(
  fc.record({ agents: words }),
  fc.record({ attributes: fc.record({ rack: words }) }),
  fc.record({ agents: words, attributes: fc.record({ zone: words, rack: words }) }),
  fc.record({ attributes: fc.record({ zone: word, rack: words }) }),
)
const places: fc.Arbitrary<Place> = fc.record({
  hostname: word,
  attributes: fc.record({ rack: word, zone: word }, { requiredKeys: [] }),
})

test('Preference: every offer of a preferred agent has one of its terms', () => {
  fc.assert(
    fc.property(wishes, places, (prefers, offer) => {
      const preference = new Preference('job', prefers)
      if (!preference.matches(offer)) return
      expect(termsOf(offer).filter((term) => preference.terms.includes(term))).toHaveLength(1)
    }),
  )
})

describe('Preference: what is none', () => {
  const cases: [string, object | undefined, number | undefined, RegExp][] = [
    ['nothing in it', {}, undefined, /job x: prefers names neither agents nor attributes/],
    ['no attributes', { attributes: {} }, undefined, /neither agents nor attributes/],
    ['no agents', { agents: [] }, undefined, /prefers agents is an empty list/],
    ['an unknown part', { agent: 'a' }, undefined, /no option agent; did you mean agents\?/],
    ['a name that is none', { agents: [null] }, undefined, /prefers agents has null in it/],
    ['a value that is none', { attributes: { rack: true } }, undefined, /attribute rack has true/],
    ['no map of attributes', { attributes: 'rack' }, undefined, /pairs such as \{ rack: 'r1' \}/],
    ['a wait below zero', { agents: 'a' }, -1, /preferWaitMs is -1; give zero or more/],
    ['a wait without end', { agents: 'a' }, Number.POSITIVE_INFINITY, /is Infinity; give zero/],
    ['a wait for nothing', undefined, 5, /preferWaitMs says how long, but prefers is missing/],
  ]
  for (const [what, prefers, waitMs, sentence] of cases) {
    it(`${what}: it is refused in a sentence`, () => {
      const attempt = () => preferenceOf('job x', prefers && Object.assign({}, prefers), waitMs)
      expect(attempt).toThrow(InvalidInputError)
      expect(attempt).toThrow(sentence)
    })
  }

  it('nothing at all is no preference', () => {
    expect(preferenceOf('job x', undefined, undefined)).toBeUndefined()
  })
})
