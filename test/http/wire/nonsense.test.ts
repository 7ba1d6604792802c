import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSchedulerCall } from '../../../src/http/wire/calls.ts'
import { readExecutorCall } from '../../../src/http/wire/executor-calls.ts'
import { readExecutorEvent } from '../../../src/http/wire/executor-events.ts'
import { parseBody, WireError } from '../../../src/http/wire/json.ts'
import { RecordDecoder } from '../../../src/http/wire/record-io.ts'
import { readSchedulerEvent } from '../../../src/http/wire/scheduler-events.ts'
import { samples } from './samples.ts'

/** Whatever is sent is read or refused by a sentence; nothing else is ever thrown. */
function isReadOrRefused(read: () => unknown): boolean {
  try {
    read()
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    expect(error.message).not.toBe('')
  }
  return true
}

const nonsense = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, {}, [], '', 'Infinity', -1, 1e308, 1e-320, '__proto__', [null], [[]]),
)

/** The places of a value: each can be replaced by something else. */
function placesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, part) => sum + placesIn(part), 1)
}

/** The same with one place replaced. */
function spoilt(value: unknown, place: number, by: unknown): unknown {
  if (place === 0) return by
  if (typeof value !== 'object' || value === null) return value
  let left = place - 1
  const parts = Object.entries(value).map(([key, part]) => {
    const size = placesIn(part)
    const isHere = left >= 0 && left < size
    const changed = isHere ? spoilt(part, left, by) : part
    left -= size
    return [key, changed] as const
  })
  return Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts)
}

const readers: readonly [string, (value: unknown) => unknown][] = [
  ['a scheduler’s call', readSchedulerCall],
  ['an executor’s call', readExecutorCall],
  ['an event for a scheduler', readSchedulerEvent],
  ['an event for an executor', readExecutorEvent],
]

describe('Nonsense', () => {
  it.each(readers)('as %s is read or refused', (_what, read) => {
    fc.assert(fc.property(nonsense, (value) => isReadOrRefused(() => read(value))))
  })

  it('is none of the samples: one reader at least takes each of them, without a problem', () => {
    for (const sample of samples) {
      const isTaken = readers.some(([, read]) => {
        try {
          const value = read(sample)
          return value !== undefined && !JSON.stringify(value).includes('"problem"')
        } catch {
          return false
        }
      })
      expect(isTaken, JSON.stringify(sample)).toBe(true)
    }
  })

  it.each(samples)('in one place of $type is read or refused', (call) => {
    const place = fc.nat(placesIn(call) - 1)
    fc.assert(
      fc.property(place, nonsense, (where, by) => {
        const value = spoilt(call, where, by)
        return readers.every(([, read]) => isReadOrRefused(() => read(value)))
      }),
      { numRuns: 60 },
    )
  })

  it('as bytes is JSON or refused', () => {
    const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array))
    const texts = fc.json().map((text) => Buffer.from(text))
    fc.assert(fc.property(fc.oneof(bytes, texts), (body) => isReadOrRefused(() => parseBody(body))))
  })

  it('as a stream is records or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (chunk) =>
        isReadOrRefused(() => new RecordDecoder().push(chunk)),
      ),
    )
  })

  it('leaves no task behind that was not checked: what cannot be is a problem or refused', () => {
    const [launch] = samples
    const place = fc.nat(placesIn(launch) - 1)
    fc.assert(
      fc.property(place, (where) => {
        const call = spoilt(launch, where, { value: { toString: 1 } })
        return isReadOrRefused(() => JSON.stringify(readSchedulerCall(call)))
      }),
    )
  })
})
