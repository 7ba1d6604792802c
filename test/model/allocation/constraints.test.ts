import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type {
  AttributeConstraint,
  Attributes,
  OfferConstraints,
} from '../../../src/messages/index.ts'
import {
  type ConstrainedAgent,
  ConstraintCompiler,
  type RoleConstraints,
} from '../../../src/model/allocation/constraints.ts'
import { existing } from '../../../src/model/assert.ts'

const role = 'eng'

function compiled(...groups: AttributeConstraint[][]): RoleConstraints {
  return existing(new ConstraintCompiler().compile({ [role]: groups }), role, 'role')
}

/** An agent whose rack is the value; without one, it has none. */
function agentWith(rack?: Attributes[string]): ConstrainedAgent {
  return { hostname: 'a', ...(rack !== undefined && { attributes: { rack } }) }
}

type Predicate = Omit<AttributeConstraint, 'attributeName' | 'pseudoattributeType'>

function rack(predicate: Predicate): AttributeConstraint {
  return { attributeName: 'rack', ...predicate }
}

describe('Predicates of offer constraints', () => {
  const ranges: Attributes[string] = [[1, 5]]
  const predicates: [Predicate, Record<'absent' | 'same' | 'other' | 'noText', boolean>][] = [
    [{ exists: true }, { absent: false, same: true, other: true, noText: true }],
    [{ notExists: true }, { absent: true, same: false, other: false, noText: false }],
    [{ textEquals: 'r1' }, { absent: false, same: true, other: false, noText: true }],
    [{ textNotEquals: 'r1' }, { absent: true, same: false, other: true, noText: true }],
    [{ textMatches: 'r[1]' }, { absent: false, same: true, other: false, noText: true }],
    [{ textNotMatches: 'r[1]' }, { absent: true, same: false, other: true, noText: true }],
  ]
  type Case = [what: string, Predicate, Attributes[string] | undefined, verdict: boolean]
  const cases = predicates.flatMap(([predicate, verdicts]): Case[] => [
    ['an absent attribute', predicate, undefined, verdicts.absent],
    ['the text r1', predicate, 'r1', verdicts.same],
    ['the text r12', predicate, 'r12', verdicts.other],
    ['the empty text', predicate, '', verdicts.other],
    ['a number', predicate, 1, verdicts.noText],
    ['ranges', predicate, ranges, verdicts.noText],
    ['a set', predicate, ['r1'], verdicts.noText],
  ])

  test.each(cases)('%s, %j: %j is %s', (_what, predicate, value, verdict) => {
    const constraints = compiled([rack(predicate)])
    expect(constraints.allows(agentWith(value))).toBe(verdict)
    expect(constraints.whyNot(agentWith(value)) === undefined).toBe(verdict)
  })

  test('a pattern is in RE2 syntax and must match the whole text', () => {
    const verdict = (textMatches: string, text: string) =>
      compiled([rack({ textMatches })]).allows(agentWith(text))
    expect(verdict('r', 'r1')).toBe(false)
    expect(verdict('1', 'r1')).toBe(false)
    expect(verdict('r|r1', 'r1')).toBe(true)
    expect(verdict('(?i)R\\pN', 'r1')).toBe(true)
    expect(verdict('r1$', 'r1\n')).toBe(false)
  })

  test('the host name is a text that is always there; region and zone never are', () => {
    const host = { hostname: 'node-7.eu', attributes: { region: 'eu', hostname: 'other' } }
    const about = (
      pseudoattributeType: 'HOSTNAME' | 'REGION' | 'ZONE',
      predicate: Predicate,
    ): boolean => compiled([{ pseudoattributeType, ...predicate }]).allows(host)
    expect(about('HOSTNAME', { exists: true })).toBe(true)
    expect(about('HOSTNAME', { textEquals: 'node-7.eu' })).toBe(true)
    expect(about('HOSTNAME', { textMatches: 'node-\\d+\\.eu' })).toBe(true)
    expect(about('HOSTNAME', { textNotMatches: 'node-.*' })).toBe(false)
    for (const type of ['REGION', 'ZONE'] as const) {
      expect(about(type, { exists: true })).toBe(false)
      expect(about(type, { textEquals: 'eu' })).toBe(false)
      expect(about(type, { notExists: true })).toBe(true)
      expect(about(type, { textNotMatches: '.*' })).toBe(true)
    }
  })

  test('an attribute is only what the agent itself has, whatever its name is', () => {
    for (const attributeName of ['constructor', 'toString', '__proto__', 'hostname']) {
      const constraints = compiled([{ attributeName, exists: true }])
      expect(constraints.allows({ hostname: 'a' })).toBe(false)
      expect(constraints.allows({ hostname: 'a', attributes: { rack: 'r1' } })).toBe(false)
      const attributes = Object.fromEntries([[attributeName, 'x']])
      expect(constraints.allows({ hostname: 'a', attributes })).toBe(true)
    }
  })
})

describe('Why an agent is not offered', () => {
  const fast = { attributeName: 'disk', textNotEquals: 'slow' }
  const agent = (attributes: Attributes): ConstrainedAgent => ({ hostname: 'a', attributes })

  test.each<[AttributeConstraint[][], Attributes, string | undefined]>([
    [[[rack({ textEquals: 'r1' })]], { rack: 'r1' }, undefined],
    [
      [[rack({ textEquals: 'r1' })]],
      { rack: 'r2' },
      'constraint rack = r1 is not met (the agent has r2)',
    ],
    [[[rack({ exists: true })]], {}, 'constraint rack exists is not met (the agent has none)'],
    [
      [[rack({ notExists: true })]],
      { rack: [[1, 5], [8, 9]] }, // biome-ignore format: one line reads better
      'constraint rack does not exist is not met (the agent has 1-5, 8-9)',
    ],
    [
      [[rack({ notExists: true })]],
      { rack: ['a', 'b'] },
      'constraint rack does not exist is not met (the agent has a, b)',
    ],
    [
      [
        [rack({ textMatches: 'r[12]' }), fast],
        [rack({ textNotMatches: 'r.*' }), fast],
      ],
      { rack: 'r3', disk: 'slow' },
      'no group of constraints is met: rack matches r[12] is not met (the agent has r3); rack does not match r.* is not met (the agent has r3)',
    ],
    [
      [[rack({ exists: true }), fast]],
      { rack: 3, disk: 'slow' },
      'constraint disk != slow is not met (the agent has slow)',
    ],
    [
      ['b', 'c', 'd', 'e', 'f'].map((textEquals) => [rack({ textEquals })]),
      { rack: 'a' },
      'no group of constraints is met: rack = b is not met (the agent has a); rack = c is not met (the agent has a); rack = d is not met (the agent has a); and 2 more',
    ],
    [
      [[{ pseudoattributeType: 'HOSTNAME', textEquals: 'b' }]],
      {},
      'constraint hostname = b is not met (the agent has a)',
    ],
  ])('%j of an agent with %j', (groups, attributes, sentence) => {
    expect(compiled(...groups).whyNot(agent(attributes))).toBe(sentence)
  })
})

const text = fc.constantFrom('', 'a', 'ab', 'r1', 'r.', 'constructor')
const value: fc.Arbitrary<Attributes[string]> = fc.oneof(
  text,
  fc.double({ noNaN: true }),
  fc.constant<Attributes[string]>([[1, 5]]),
  fc.constant<Attributes[string]>(['a']),
)
const name = fc.constantFrom('rack', 'zone', 'constructor')
const agent: fc.Arbitrary<ConstrainedAgent> = fc.record(
  { hostname: text, attributes: fc.dictionary(name, value) },
  { requiredKeys: ['hostname'] },
)
const pattern = fc.constantFrom('', 'a', 'a+b?', 'r.', 'r|r1', '.*', '[^a]*')
const predicate: fc.Arbitrary<Predicate> = fc.oneof(
  fc.constant<Predicate>({ exists: true }),
  fc.constant<Predicate>({ notExists: true }),
  text.map((textEquals) => ({ textEquals })),
  text.map((textNotEquals) => ({ textNotEquals })),
  pattern.map((textMatches) => ({ textMatches })),
  pattern.map((textNotMatches) => ({ textNotMatches })),
)
const constraint: fc.Arbitrary<AttributeConstraint> = fc.oneof(
  fc.tuple(name, predicate).map(([attributeName, rest]) => ({ attributeName, ...rest })),
  predicate.map((rest) => ({ pseudoattributeType: 'HOSTNAME' as const, ...rest })),
)
const group = fc.array(constraint, { minLength: 1, maxLength: 3 })
const groups = fc.array(group, { minLength: 1, maxLength: 3 })

describe('The algebra of offer constraints', () => {
  test('on a text a predicate and its negation are never both met, and never both not', () => {
    const host = (rest: Predicate, hostname: string) =>
      compiled([{ pseudoattributeType: 'HOSTNAME', ...rest }]).allows({ hostname })
    fc.assert(
      fc.property(fc.string(), fc.string(), pattern, (hostname, wanted, regex) => {
        for (const other of [wanted, hostname]) {
          const equals = host({ textEquals: other }, hostname)
          expect(equals).toBe(other === hostname)
          expect(host({ textNotEquals: other }, hostname)).toBe(!equals)
        }
        const matches = host({ textMatches: regex }, hostname)
        expect(matches).toBe(new RegExp(`^(?:${regex})$`).test(hostname))
        expect(host({ textNotMatches: regex }, hostname)).toBe(!matches)
      }),
    )
  })

  test('an attribute exists or does not', () => {
    fc.assert(
      fc.property(agent, name, (a, attributeName) => {
        const exists = compiled([{ attributeName, exists: true }]).allows(a)
        expect(compiled([{ attributeName, notExists: true }]).allows(a)).toBe(!exists)
      }),
    )
  })

  test('one group suffices, all of its constraints are needed, and order does not count', () => {
    fc.assert(
      fc.property(groups, agent, (some, a) => {
        const alone = (one: AttributeConstraint) => compiled([one]).allows(a)
        const verdict = some.some((all) => all.every(alone))
        expect(compiled(...some).allows(a)).toBe(verdict)
        const turned = some.map((all) => [...all].reverse()).reverse()
        expect(compiled(...turned).allows(a)).toBe(verdict)
        expect(compiled(...some).whyNot(a) === undefined).toBe(verdict)
      }),
    )
  })

  test('one compiler for many frameworks, copied or asked again, says what a new one says', () => {
    const compiler = new ConstraintCompiler()
    fc.assert(
      fc.property(groups, fc.array(agent), (some, agents) => {
        const constraints: OfferConstraints = { [role]: some }
        for (const same of [constraints, constraints, structuredClone(constraints)]) {
          const known = existing(compiler.compile(same), role, 'role')
          for (const a of agents) expect(known.allows(a)).toBe(compiled(...some).allows(a))
        }
      }),
    )
  })
})

describe('Compiled constraints', () => {
  test('a role without constraints, and a framework without any, has nothing compiled', () => {
    const compiler = new ConstraintCompiler()
    expect(compiler.compile(undefined).get(role)).toBeUndefined()
    const both = compiler.compile({ [role]: [[rack({ exists: true })]] })
    expect(both.get('other')).toBeUndefined()
    expect(both.get(role)?.allows(agentWith('r1'))).toBe(true)
  })

  test('are made once per object, so that asking in every round costs a look', () => {
    const compiler = new ConstraintCompiler()
    const constraints: OfferConstraints = { [role]: [[rack({ textMatches: 'r.*' })]] }
    expect(compiler.compile(constraints)).toBe(compiler.compile(constraints))
  })

  test('an agent whose attributes change in place is judged by what it has now', () => {
    const constraints = compiled([rack({ textMatches: 'r1' })])
    const attributes: Attributes = { rack: 'r1' }
    expect(constraints.allows({ hostname: 'a', attributes })).toBe(true)
    attributes.rack = 'r2'
    expect(constraints.allows({ hostname: 'a', attributes })).toBe(false)
  })

  test('more patterns than are kept: those of living frameworks stay right', () => {
    const compiler = new ConstraintCompiler()
    const first = compiler.compile({ [role]: [[rack({ textMatches: 'r0' })]] })
    for (let index = 1; index <= 1_100; index++) {
      compiler.compile({ [role]: [[rack({ textMatches: `r${index}` })]] })
    }
    expect(first.get(role)?.allows(agentWith('r0'))).toBe(true)
    expect(first.get(role)?.allows(agentWith('r1'))).toBe(false)
  })
})
