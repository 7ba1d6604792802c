import { describe, expect, it } from 'vitest'
import {
  fieldsOf,
  inSlices,
  listOf,
  listOfLong,
  objectOf,
  wholeText,
} from '../../../src/http/operator/slices.ts'

async function readAll(pieces: Iterable<string>, now?: () => number): Promise<string[]> {
  const chunks: string[] = []
  for await (const chunk of inSlices(pieces, now)) chunks.push(String(chunk))
  return chunks
}

function* numbers(count: number): Generator<string> {
  for (let index = 0; index < count; index++) yield String(index)
}

describe('Answers in slices', () => {
  it('lists and objects of pieces are JSON, empty ones too', async () => {
    const pieces = objectOf({
      list: listOf(['1', '2']),
      none: listOf([]),
      long: listOfLong([listOf(['1']), objectOf({})]),
      nothing: listOfLong([]),
      ...fieldsOf({ text: 'a"b', absent: undefined }),
    })
    expect(JSON.parse(await wholeText(pieces))).toEqual({
      list: [1, 2],
      none: [],
      long: [[1], {}],
      nothing: [],
      text: 'a"b',
    })
  })

  it('a slice ends when its time is over, and is never empty', async () => {
    let now = 0
    const chunks = await readAll(['a', '', 'b', 'c'], () => (now += 10))
    expect(chunks).toEqual(['a', 'b', 'c'])
  })

  it('a slice ends when it is long', async () => {
    const long = 'x'.repeat(100_000)
    const chunks = await readAll([long, long, long], () => 0)
    expect(chunks.map(({ length }) => length)).toEqual([200_000, 100_000])
  })

  it('others have their turn in between', async () => {
    let turns = 0
    let isOver = false
    const count = (): void => {
      turns++
      if (!isOver) setImmediate(count)
    }
    count()
    let now = 0
    await readAll(numbers(100), () => (now += 10))
    isOver = true
    expect(turns).toBeGreaterThan(50)
  })

  it('whoever does not read on does not make it go on', async () => {
    let made = 0
    function* endless(): Generator<string> {
      for (;;) {
        made++
        yield 'x'.repeat(1_000)
      }
    }
    const readable = inSlices(endless())
    readable.read(0)
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(made).toBeLessThan(1_000)
    readable.destroy()
  })

  it('trouble on the way breaks the answer off', async () => {
    function* broken(): Generator<string> {
      yield 'a'
      throw new Error('no more')
    }
    await expect(readAll(broken())).rejects.toThrow('no more')
    await expect(wholeText(broken())).rejects.toThrow('no more')
  })
})
