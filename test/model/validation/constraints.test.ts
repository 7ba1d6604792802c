import { describe, expect, test } from 'vitest'
import type { AttributeConstraint, OfferConstraints } from '../../../src/messages/index.ts'
import { problemWithConstraints } from '../../../src/model/validation/constraints.ts'

const exists: AttributeConstraint = { attributeName: 'rack', exists: true }

/** What plain JavaScript may pass, whatever the types say. */
function untyped(constraints: unknown): OfferConstraints {
  return Object.assign(Object.create(null), { constraints }).constraints
}

/** Constraints of the role eng: one group with one constraint, whatever it is. */
function single(constraint: unknown): OfferConstraints {
  return untyped({ eng: [[constraint]] })
}

describe('Offer constraints that cannot be', () => {
  test.each<[string, OfferConstraints, string]>([
    [
      'a role that the framework does not have',
      { egn: [[exists]] },
      "there are offer constraints for the role egn, which is not among the framework's roles; did you mean eng?",
    ],
    [
      'no group',
      { eng: [] },
      'the offer constraints of the role eng: there is no group; leave the role out to take every agent',
    ],
    [
      'an empty group',
      { eng: [[exists], []] },
      'the offer constraints of the role eng: group 2 is empty; leave the role out to take every agent',
    ],
    [
      'no predicate',
      { eng: [[exists], [exists, { attributeName: 'rack' }]] },
      'the offer constraints of the role eng: constraint 2 of group 2 has no predicate; give one of exists, notExists, textEquals, textNotEquals, textMatches, textNotMatches',
    ],
    [
      'two predicates',
      { eng: [[{ attributeName: 'a', textEquals: 'x', exists: true }]] },
      'constraint 1 of group 1 has 2 predicates, textEquals and exists; give one',
    ],
    [
      'no selector',
      { eng: [[{ exists: true }]] },
      'constraint 1 of group 1 has no selector; give one of attributeName, pseudoattributeType',
    ],
    [
      'two selectors',
      { eng: [[{ attributeName: 'a', pseudoattributeType: 'HOSTNAME', exists: true }]] },
      'has 2 selectors, attributeName and pseudoattributeType; give one',
    ],
    ['a nameless attribute', single({ attributeName: ' ', exists: true }), 'names no attribute'],
    [
      'an unknown pseudoattribute',
      single({ pseudoattributeType: 'RACK', exists: true }),
      'names the pseudoattribute RACK; known are HOSTNAME, REGION, ZONE',
    ],
    [
      'a misspelt predicate',
      single({ attributeName: 'a', textEqual: 'x' }),
      'has the unknown field textEqual; did you mean textEquals?',
    ],
    [
      'a field of another world',
      single({ attributeName: 'a', isWellBehavedAndNice: true }),
      'has the unknown field isWellBehavedAndNice; known are attributeName, pseudoattributeType, exists',
    ],
    [
      'an existence denied',
      single({ attributeName: 'a', exists: false }),
      'says exists: false; it can only be true',
    ],
    [
      'a number for a text',
      single({ attributeName: 'a', textEquals: 5 }),
      'constraint 1 of group 1 has a textEquals that is no text',
    ],
    ['a constraint that is a text', single('rack'), 'constraint 1 of group 1 is none; give one'],
    ['a constraint that is nothing', single(null), 'constraint 1 of group 1 is none; give one'],
    ['a group that is a constraint', untyped({ eng: [exists] }), 'group 1 is no list'],
    ['groups that are a constraint', untyped({ eng: exists }), 'give a list of groups'],
    ['a list', untyped([[exists]]), 'offer constraints are groups by role, such as { eng: [[{'],
    ['a text', untyped('rack'), 'offer constraints are groups by role'],
    [
      'a pattern that cannot be read',
      single({ attributeName: 'a', textMatches: '(a' }),
      'offer constraints: the pattern `(a` cannot be read: missing closing ): `(a`',
    ],
    [
      'a denied pattern that is too complex',
      single({ attributeName: 'a', textNotMatches: 'a{500}' }),
      'the pattern `a{500}` is too complex: it takes 502 steps, 100 are allowed',
    ],
    [
      'more constraints than anybody needs',
      { eng: [Array.from({ length: 600 }, () => exists)], ops: Array(401).fill([exists]) },
      'there are 1001 offer constraints; 1000 are allowed',
    ],
    [
      'patterns that go on and on',
      {
        eng: [[{ attributeName: 'a', textMatches: `[${'b'.repeat(2_046)}]` }]],
        ops: [[{ attributeName: 'a', textNotMatches: `[${'b'.repeat(2_047)}]` }]],
      },
      'the patterns of the offer constraints have 4097 characters; 4096 are allowed',
    ],
  ])('%s: a sentence says why', (_what, constraints, sentence) => {
    expect(problemWithConstraints(constraints, ['eng', 'ops'])).toContain(sentence)
  })

  test('patterns too long together are not even looked at, so that refusing them is quick', () => {
    const costly = { attributeName: 'a', textMatches: '(?:\\pL{31}){31}'.repeat(270) }
    const begin = performance.now()
    expect(problemWithConstraints({ eng: Array(900).fill([costly]) }, ['eng'])).toContain('allowed')
    expect(performance.now() - begin).toBeLessThan(500)
  })

  test('none at all, some, and as many as are allowed are fine', () => {
    const fine: OfferConstraints = {
      eng: [
        [exists, { attributeName: 'a', notExists: true }],
        [{ pseudoattributeType: 'HOSTNAME', textMatches: 'node-[0-9]+' }],
        [{ pseudoattributeType: 'REGION', textNotEquals: '' }],
      ],
      ops: Array(996).fill([{ attributeName: 'a', textNotMatches: 'x' }]),
    }
    expect(problemWithConstraints({}, ['eng'])).toBeUndefined()
    expect(problemWithConstraints(fine, ['eng', 'ops'])).toBeUndefined()
  })

  test('a field that is undefined is not there', () => {
    const loose = single({ ...exists, textEquals: undefined, pseudoattributeType: undefined })
    expect(problemWithConstraints(loose, ['eng'])).toBeUndefined()
  })
})
