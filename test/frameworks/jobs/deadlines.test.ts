import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../src/actors/virtual-clock.ts'
import { Deadlines } from '../../../src/frameworks/jobs/deadlines.ts'

/** A clock that counts the timers that were set. */
class CountingClock extends VirtualClock {
  timers = 0

  override setTimer(callback: () => void, delayMs: number) {
    this.timers++
    return super.setTimer(callback, delayMs)
  }
}

function deadlines() {
  const clock = new CountingClock(1_000)
  const told: string[] = []
  const waits = new Deadlines<string>(clock, (atMs, items) => {
    told.push(`${clock.now()}: ${[...items].join(' ')} (${atMs})`)
  })
  return { clock, told, waits }
}

describe('Deadlines', () => {
  it('are told when they come, all of one moment together and with one timer', () => {
    const { clock, told, waits } = deadlines()
    for (let index = 0; index < 1_000; index++) waits.add(3_000, index % 2 === 0 ? 'A' : 'B')
    waits.add(2_000, 'C')
    expect(clock.timers).toBe(2)
    clock.advance(1_999)
    expect(told).toEqual(['2000: C (2000)'])
    clock.advance(1)
    expect(told).toEqual(['2000: C (2000)', '3000: A B (3000)'])
  })

  it('that were cleared never come, and later ones do', () => {
    const { clock, told, waits } = deadlines()
    waits.add(2_000, 'A')
    waits.clear()
    waits.add(3_000, 'B')
    clock.advance(10_000)
    expect(told).toEqual(['3000: B (3000)'])
  })

  it('may be set again from the moment itself', () => {
    const clock = new VirtualClock()
    const told: number[] = []
    const waits = new Deadlines<string>(clock, (atMs, items) => {
      told.push(atMs)
      if (atMs < 30) for (const item of items) waits.add(atMs + 10, item)
    })
    waits.add(10, 'A')
    clock.advance(100)
    expect(told).toEqual([10, 20, 30])
  })
})
