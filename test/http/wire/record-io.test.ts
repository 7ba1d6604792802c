import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../../../src/http/wire/json.ts'
import { encodeRecord, RecordDecoder } from '../../../src/http/wire/record-io.ts'

describe('Records', () => {
  it('have their length in bytes before them, and no newline in them', () => {
    expect(encodeRecord({ a: 'ü\n' })).toBe('12\n{"a":"ü\\n"}')
  })

  it('are found wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.object(), { maxLength: 5 }), fc.nat(7), (events, size) => {
        const stream = Buffer.from(events.map(encodeRecord).join(''))
        const decoder = new RecordDecoder()
        const records: string[] = []
        for (let at = 0; at < stream.length; at += size + 1) {
          records.push(...decoder.push(stream.subarray(at, at + size + 1)))
        }
        expect(records).toEqual(events.map((event) => JSON.stringify(event)))
      }),
    )
  })

  it.each([
    ['no number', 'abc\n{}', 'does not say the length'],
    ['a negative number', '-1\n', 'does not say the length'],
    ['a number without end', '1'.repeat(13), 'does not say the length'],
    ['nothing', '\n{}', 'an empty record'],
    ['zero', '0\n', 'an empty record'],
    ['more than is read', '101\n', 'a record of 101 bytes is longer than 100'],
  ])('whose length is %s are refused', (_what, stream, sentence) => {
    const decoder = new RecordDecoder(100)
    const push = () => decoder.push(Buffer.from(stream))
    expect(push).toThrow(sentence)
    expect(() => new RecordDecoder(100).push(Buffer.from(stream))).toThrow(WireError)
  })

  it('of the greatest length are read', () => {
    const json = JSON.stringify('x'.repeat(98))
    expect(new RecordDecoder(100).push(Buffer.from(`100\n${json}`))).toEqual([json])
  })
})
