import { describe, expect, it } from 'vitest'
import { BasicAuthenticator } from '../../../src/http/security/basic.ts'
import { readCredentials } from '../../../src/http/security/credentials.ts'

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
const realm = 'mesos-master-scheduler'

describe('Credentials', () => {
  it.each([
    ['JSON', '{"credentials":[{"principal":"a","secret":"x y"},{"principal":"b","secret":""}]}'],
    ['the list alone', '[{"principal":"a","secret":"x y"},{"principal":"b","secret":""}]'],
    ['secrets by principal', '{"a":"x y","b":""}'],
    [
      'JSON after white space',
      ' \n{"credentials":[{"principal":"a","secret":"x y"},{"principal":"b","secret":""}]}',
    ],
  ])('as %s', (_what, text) => {
    expect([...readCredentials(text)]).toEqual([
      ['a', 'x y'],
      ['b', ''],
    ])
  })

  it('line by line', () => {
    expect([...readCredentials('a one\r\n\n  b\ttwo  \n')]).toEqual([
      ['a', 'one'],
      ['b', 'two'],
    ])
  })

  it.each([
    ['nobody', '\n'],
    ['nobody in JSON', '{"credentials":[]}'],
    ['a line without a secret', 'a s3cret\nb'],
    ['a line with too much', 'a s3cret more'],
    ['broken JSON', '{"credentials":[{"principal":"a","secret":"s3cret"}'],
    ['no list', '{"principal":"a","secret":"s3cret"}'],
    ['a list in the wrong place', '{"credential":[{"principal":"a","secret":"s3cret"}]}'],
    ['no principal', '{"credentials":[{"secret":"s3cret"}]}'],
    ['a secret that is no text', '{"credentials":[{"principal":"a","secret":7}]}'],
    ['somebody twice', 'a s3cret\na s3cret'],
  ])('%s is refused, without a secret in the sentence', (_what, text) => {
    expect(() => readCredentials(text)).toThrow(/credentials/)
    expect(() => readCredentials(text)).not.toThrow(/s3cret/)
  })
})

describe('HTTP Basic', () => {
  const authenticator = new BasicAuthenticator(readCredentials('ops se:cret\nweb käse'))

  it.each(['ops:se:cret', 'web:käse'])('%s is known', (text) => {
    const [value] = text.split(':')
    expect(authenticator.identify(basic(text), realm)).toEqual({ value })
    expect(authenticator.identify(basic(text).replace('Basic', 'basic '), realm)).toEqual({ value })
  })

  it.each([
    undefined,
    '',
    'Basic',
    'Basic !',
    `Bearer ${Buffer.from('ops:se:cret').toString('base64')}`,
    basic('ops:se:cre'),
    basic('ops:se:cret '),
    basic('ops'),
    basic('ops:'),
    basic(':se:cret'),
    basic('web:se:cret'),
    basic('nobody:x'),
    basic(''),
  ])('%s proves nothing', (shown) => {
    expect(() => authenticator.identify(shown, realm)).toThrow(
      expect.objectContaining({
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="mesos-master-scheduler"' },
      }),
    )
  })
})
