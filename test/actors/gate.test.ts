import { describe, expect, it } from 'vitest'
import { Gate } from '../../src/actors/gate.ts'
import type { StoredChanges } from '../../src/actors/ports.ts'

/** A gate whose storage is done when the test says so. */
function gated() {
  const writes: { changes: StoredChanges; done: (error?: Error) => void }[] = []
  const released: string[] = []
  const failures: string[] = []
  const book: Record<string, number> = {}
  const gate = new Gate<string>({
    storage: {
      write: (changes, done) => writes.push({ changes, done }),
      close: async () => {},
    },
    recordOf: (key) => book[key],
    release: (output) => released.push(output),
    fail: (error) => failures.push(error.message),
  })
  const change = (key: string, value: number): void => {
    book[key] = value
    gate.note([key])
  }
  return { gate, writes, released, failures, change }
}

describe('Gate', () => {
  it('lets out at once what nothing unsafe was noted before', () => {
    const { gate, released, writes } = gated()
    gate.pass('hello')
    expect([released, writes]).toEqual([['hello'], []])
  })

  it('holds back what is said until what it is based on is safe', () => {
    const { gate, released, writes, change } = gated()
    change('a', 1)
    gate.pass('acknowledged')
    expect(released).toEqual([])
    writes[0]?.done()
    expect(released).toEqual(['acknowledged'])
  })

  it('keeps the order: what is said later waits as well, though it changed nothing', () => {
    const { gate, released, writes, change } = gated()
    change('a', 1)
    gate.pass('first')
    gate.pass('second')
    writes[0]?.done()
    expect(released).toEqual(['first'])
    writes[1]?.done()
    expect(released).toEqual(['first', 'second'])
  })

  it('gathers what happens during one write for the next, each key once, as it is then', () => {
    const { gate, released, writes, change } = gated()
    change('a', 1)
    gate.pass('one')
    for (const n of [2, 3, 4]) {
      change('a', n)
      change(`b${n}`, n)
      gate.pass(`more ${n}`)
    }
    expect(writes).toHaveLength(1)
    writes[0]?.done()
    expect(writes).toHaveLength(2)
    expect([...(writes[1]?.changes ?? [])]).toEqual([
      ['a', 4],
      ['b2', 2],
      ['b3', 3],
      ['b4', 4],
    ])
    expect(released).toEqual(['one'])
    writes[1]?.done()
    expect(released).toEqual(['one', 'more 2', 'more 3', 'more 4'])
  })

  it('lets nothing out after a write that failed, and says so once', () => {
    const { gate, released, writes, failures, change } = gated()
    change('a', 1)
    gate.pass('one')
    gate.pass('two')
    writes[0]?.done(new Error('disk full'))
    change('b', 1)
    gate.pass('three')
    expect([released, failures, writes.length]).toEqual([[], ['disk full'], 1])
  })

  it('lets nothing out after it was closed', () => {
    const { gate, released, writes, change } = gated()
    change('a', 1)
    gate.pass('one')
    gate.close()
    writes[0]?.done()
    expect(released).toEqual([])
  })
})
