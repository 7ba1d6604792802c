import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { uuidFromWire, uuidToWire } from '../../../src/http/wire/uuid.ts'

describe('Ids of updates', () => {
  it('are 16 bytes in base64', () => {
    expect(uuidToWire('01234567-89ab-4def-8123-456789abcdef')).toBe('ASNFZ4mrTe+BI0VniavN7w==')
  })

  it('come back as they were, UUIDs or not', () => {
    const texts = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(fc.oneof(fc.uuid(), texts), (uuid) => {
        expect(uuidFromWire(uuidToWire(uuid), 'uuid')).toBe(uuid)
      }),
    )
  })

  it.each([
    ['15 bytes', Buffer.alloc(15, 0x44).toString('base64')],
    ['17 bytes', Buffer.alloc(17, 0x44).toString('base64')],
    ['zeros', Buffer.alloc(16).toString('base64')],
    ['another variant', Buffer.from('0123456789ab4def0123456789abcdef', 'hex').toString('base64')],
    ['version 0', Buffer.from('0123456789ab0def8123456789abcdef', 'hex').toString('base64')],
    ['version 6', Buffer.from('0123456789ab6def8123456789abcdef', 'hex').toString('base64')],
    ['text', '01234567-89ab-4def-8123-456789abcdef'],
    ['nothing', ''],
  ])('that are %s are refused', (_what, base64) => {
    expect(() => uuidFromWire(base64, 'status.uuid')).toThrow('status.uuid')
  })
})
