import { describe, expect, it } from 'vitest'
import {
  bareListAt,
  booleanAt,
  bytesAt,
  durationAt,
  enumAt,
  idAt,
  integerAt,
  keyAt,
  listAt,
  numberAt,
  objectAt,
  optionalBoolean,
  optionalEnum,
  optionalId,
  optionalNumber,
  optionalObject,
  optionalText,
  parseBody,
  textAt,
  WireError,
  WireProblem,
  writeDuration,
} from '../../../src/http/wire/json.ts'

function body(text: string): unknown {
  return parseBody(Buffer.from(text))
}

describe('Numbers', () => {
  it('a text of very many digits is judged as soon as it is read', () => {
    const digits = '1'.repeat(300_000)
    expect(() => numberAt(`${digits}x`, 'n')).toThrow('must be a number')
    expect(numberAt(`0.${digits}`, 'n')).toBeCloseTo(1 / 9)
  })

  it.each([1e302, -1e302, '1e30', Number.POSITIVE_INFINITY])(
    '%s is no whole number of 64 bits',
    (value) => {
      expect(() => integerAt(value, 'n')).toThrow('must be a whole number of 64 bits')
    },
  )
})

describe('A body', () => {
  it('is JSON in UTF-8', () => {
    expect(body('{"a":["ü",1e3,null]}')).toEqual({ a: ['ü', 1000, null] })
  })

  it.each([
    ['nothing', '', 'the body is not JSON'],
    ['half of an object', '{"a":1', 'the body is not JSON'],
    ['a surrogate without its pair', '{"a":"\\ud800"}', 'half a surrogate pair'],
    ['a key that is half a character', '{"\\udc00":1}', 'half a surrogate pair'],
    ['lists without end', '['.repeat(10_000), 'the body is not JSON'],
    ['a tower of lists', '['.repeat(100_000) + ']'.repeat(100_000), 'more than 100 levels deep'],
    ['a tower of objects', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, '100 levels deep'],
  ])('%s is refused', (_what, text, sentence) => {
    expect(() => body(text)).toThrow(WireError)
    expect(() => body(text)).toThrow(sentence)
  })

  it('that is not UTF-8 is refused', () => {
    expect(() => parseBody(Buffer.from([0x22, 0xff, 0x22]))).toThrow('the body is not UTF-8')
  })

  it.each([
    ['a whole pair', '{"a":"\\ud83d\\ude00"}', { a: '😀' }],
    ['brackets within texts', `{"a":"${'['.repeat(200)}\\"${'{'.repeat(200)}"}`, undefined],
    ['as deep as allowed', '['.repeat(100) + ']'.repeat(100), undefined],
    ['many lists beside each other', `[${'[],'.repeat(200)}[]]`, undefined],
  ])('may have %s', (_what, text, value) => {
    expect(body(text)).toEqual(value ?? JSON.parse(text))
  })

  it('one level deeper than allowed is refused', () => {
    expect(() => body('['.repeat(101) + ']'.repeat(101))).toThrow('nested')
  })
})

describe('A field', () => {
  it.each<[string, unknown, unknown]>([
    ['a number', numberAt(1.5, 'x'), 1.5],
    ['a number in a text', numberAt('3.6e+06', 'x'), 3_600_000],
    ['a negative number in a text', numberAt('-.5', 'x'), -0.5],
    ['infinity in a text', numberAt('Infinity', 'x'), Number.POSITIVE_INFINITY],
    ['minus infinity in a text', numberAt('-Infinity', 'x'), Number.NEGATIVE_INFINITY],
    ['a fraction where whole numbers are', integerAt(5.9, 'x'), 5],
    ['a whole number in a text', integerAt('31000', 'x'), 31_000],
    ['no list', listAt(null, 'x'), []],
    ['a list of one that stands alone', listAt({ a: 1 }, 'x'), [{ a: 1 }]],
    ['a list of one text', listAt('a', 'x'), ['a']],
    ['bytes', bytesAt('YWI=', 'x'), 'YWI='],
    ['bytes without the filling', bytesAt('YWI', 'x'), 'YWI'],
    ['no bytes', bytesAt('', 'x'), ''],
    ['an id', idAt({ value: '' }, 'x'), ''],
    ['a duration', durationAt({ nanoseconds: '1500000' }, 'x'), 1.5],
    ['a word', enumAt('B', ['A', 'B'], 'x'), 'B'],
    ['an unknown word that need not be', optionalEnum('C', ['A', 'B'], 'x'), undefined],
  ])('may be %s', (_what, value, expected) => {
    expect(value).toEqual(expected)
  })

  it('that is null was left out', () => {
    for (const optional of [
      optionalText,
      optionalNumber,
      optionalBoolean,
      optionalObject,
      optionalId,
    ]) {
      expect(optional(null, 'x')).toBeUndefined()
      expect(optional(undefined, 'x')).toBeUndefined()
    }
  })

  it.each<[string, () => unknown, string]>([
    ['a text', () => textAt(7, 'a.b'), 'a.b is 7; it must be a text'],
    ['a text that is missing', () => textAt(null, 'a.b'), 'a.b is missing; it must be a text'],
    ['a number', () => numberAt('1x', 'a'), 'a is "1x"; it must be a number'],
    ['a number that is a text of nothing', () => numberAt('', 'a'), 'a is ""; it must be a number'],
    ['a number in hexadecimal', () => numberAt('0x10', 'a'), 'a is "0x10"; it must be a number'],
    ['a whole number', () => integerAt('Infinity', 'a'), 'it must be a whole number'],
    ['true or false', () => booleanAt('true', 'a'), 'a is "true"; it must be true or false'],
    ['a list', () => listAt(7, 'a'), 'a is 7; it must be a list'],
    ['a list by itself', () => bareListAt({}, 'a'), 'a is an object; it must be a list'],
    ['an object', () => objectAt([], 'a'), 'a is a list; it must be an object'],
    ['an id', () => idAt('x', 'a'), 'a is "x"; it must be an object'],
    ['the value of an id', () => idAt({}, 'a'), 'a.value is missing; it must be a text'],
    ['a word', () => enumAt('C', ['A', 'B'], 'a'), 'a is "C"; it must be one of A, B'],
    ['a word among all', () => optionalEnum(1, ['A'], 'a'), 'a is 1; it must be a text'],
    ['bytes', () => bytesAt('a-b_', 'a'), 'a is "a-b_"; it must be bytes in base64'],
    ['bytes of six bits', () => bytesAt('YWJjZ', 'a'), 'it must be bytes in base64'],
    ['a duration', () => durationAt({}, 'a'), 'a.nanoseconds is missing; it must be a number'],
  ])('must be %s', (_what, read, sentence) => {
    expect(read).toThrow(WireError)
    expect(read).toThrow(sentence)
    expect(read).not.toThrow(WireProblem)
  })

  it('shows only the beginning of what is long', () => {
    const read = () => numberAt('x'.repeat(1_000), 'a')
    expect(read).toThrow(`a is "${'x'.repeat(60)}…"; it must be a number`)
  })

  it.each(['__proto__', 'constructor', 'toString'])('cannot be named %s', (name) => {
    expect(() => keyAt(name, 'a')).toThrow(WireProblem)
  })

  it('of time is written in nanoseconds', () => {
    expect(writeDuration(1.5)).toEqual({ nanoseconds: 1_500_000 })
    expect(JSON.stringify(writeDuration(1_795_270_929_358))).toBe(
      '{"nanoseconds":1795270929358000000}',
    )
  })
})
