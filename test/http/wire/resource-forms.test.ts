import { describe, expect, it } from 'vitest'
import { readResources } from '../../../src/http/wire/resources.ts'

const many = Array.from({ length: 40_000 }, (_, index) => index)

function ports(...starts: number[]) {
  const range = starts.map((begin) => ({ begin, end: begin }))
  return { name: 'ports', type: 'RANGES', ranges: { range } }
}

describe('Very many ranges are judged as soon as they are read', () => {
  it('one in each of as many resources', () => {
    const list = many.map((index) => ports(2 * index))
    expect(readResources(list, 'r').ports).toHaveLength(many.length)
  })

  it('all in one, in any order', () => {
    const starts = many.map((index) => -2 * index)
    expect(readResources([ports(...starts)], 'r').ports).toHaveLength(many.length)
    expect(() => readResources([ports(...starts, -10)], 'r')).toThrow('ports lists -10 twice')
  })
})
