import { describe, expect, it } from 'vitest'
import { createCountingIds, createRandomIds } from '../../src/actors/ids.ts'
import { problemWithId } from '../../src/messages/index.ts'
import { takeUpdateId } from '../../src/model/update-id.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

for (const [name, make] of [
  ['Random ids', createRandomIds],
  ['Counting ids', createCountingIds],
] as const) {
  describe(name, () => {
    it('differ, and may be names of folders', () => {
      const ids = make()
      const short = Array.from({ length: 1_000 }, () => ids.short())
      expect(new Set(short).size).toBe(1_000)
      for (const id of short) expect(problemWithId('id', id)).toBeUndefined()
    })

    it('come as UUIDs that RFC 4122 knows as random', () => {
      const ids = make()
      const uuids = Array.from({ length: 100 }, () => ids.uuid())
      expect(new Set(uuids).size).toBe(100)
      for (const id of uuids) expect(id).toMatch(uuid)
    })

    it('number updates so that no two makers ever use the same id', () => {
      const ids = make()
      const makers = Array.from({ length: 10 }, () => ({ instance: ids.uuid(), sequence: 0 }))
      const updates = makers.flatMap((maker) => [takeUpdateId(maker), takeUpdateId(maker)])
      expect(new Set(updates).size).toBe(20)
      for (const id of updates) expect(id).toMatch(uuid)
    })

    it('come with seeds of 32 bits', () => {
      const ids = make()
      for (let index = 0; index < 100; index++) {
        const seed = ids.seed()
        expect(Number.isInteger(seed)).toBe(true)
        expect(seed).toBeGreaterThanOrEqual(0)
        expect(seed).toBeLessThan(2 ** 32)
      }
    })
  })
}

describe('Counting ids', () => {
  it('are the same in every world', () => {
    const take = () => {
      const ids = createCountingIds()
      return [ids.short(), ids.uuid(), ids.seed(), ids.short()]
    }
    expect(take()).toEqual(take())
  })
})

describe('Random ids', () => {
  it('avoid signs that are easily mistaken for another', () => {
    const ids = createRandomIds()
    const text = Array.from({ length: 500 }, () => ids.short()).join('')
    expect(text).toMatch(/^[2-9a-z]+$/)
    expect(text).not.toMatch(/[01ilo]/)
  })
})
