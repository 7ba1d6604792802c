import { describe, expect, it } from 'vitest'
import { bytesOf, inputAt } from '../../scripts/fuzz/inputs.js'
import { growthOf } from '../../scripts/fuzz/memory.js'
import { fewest, shortest } from '../../scripts/fuzz/shrink.js'

const filled = () => 'x'

function textOf(seed: number, index: number): string {
  const { request, raw } = inputAt(seed, index)
  const pieces = request === undefined ? raw?.pieces(filled) : [bytesOf(request, filled)]
  return Buffer.concat(pieces ?? []).toString('latin1')
}

describe('npm run fuzz', () => {
  it('a seed and a number decide an input, whatever was made before', () => {
    const all = Array.from({ length: 300 }, (_, index) => textOf(1, index))
    expect(all.map((_, index) => textOf(1, all.length - 1 - index)).reverse()).toEqual(all)
    expect(textOf(2, 0)).not.toBe(textOf(1, 0))
    expect(new Set(all).size).toBeGreaterThan(250)
  })

  it('the inputs that fail together are found', async () => {
    const all = Array.from({ length: 100 }, (_, index) => index)
    const fails = async (some: readonly number[]) => some.includes(7) && some.includes(70)
    expect(await fewest(all, fails, { left: 500 })).toEqual([7, 70])
  })

  it('a request loses all that it does not need to fail', async () => {
    const body = { type: 'X', a: { b: [1, 2], c: null }, d: 1 }
    const headers = [['content-type', 'application/json'] as const]
    const request = { method: 'POST', path: '/', headers, text: JSON.stringify(body) }
    const fails = async ({ text = '' }: { text?: string }) => text.includes('"c":null')
    const least = await shortest({ to: 'master', ...request }, fails, { left: 500 })
    expect([least.headers, least.text]).toEqual([[], '{"a":{"c":null}}'])
  })

  it('memory may fill and rest, and may not grow for ever', () => {
    const filling = [20, 60, 90, 100, 101, 100, 102, 101, 100, 101]
    expect(growthOf(filling)).toBeUndefined()
    const growing = Array.from({ length: 30 }, (_, index) => 20 + index * 10)
    expect(growthOf(growing)).toMatch(/^the heap grows: \d+ MB, later \d+ MB$/)
  })
})
