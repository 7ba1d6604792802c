import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../src/actors/virtual-clock.ts'

function clockWithLog(startMs = 0) {
  const clock = new VirtualClock(startMs)
  const log: string[] = []
  /** A callback that notes its name and the time at which it runs. */
  const note = (name: string) => () => void log.push(`${name}@${clock.now()}`)
  return { clock, log, note }
}

describe('VirtualClock: time', () => {
  it('stands still until it is told to pass, and passes exactly', () => {
    const clock = new VirtualClock(1_000)
    expect(clock.now()).toBe(1_000)
    clock.advance(0.5)
    expect(clock.now()).toBe(1_000.5)
    clock.settle()
    expect(clock.now()).toBe(1_000.5)
  })
})

describe('VirtualClock: timers', () => {
  it('fire one by one at their own times, not all at the end', () => {
    const { clock, log, note } = clockWithLog()
    clock.setTimer(note('late'), 300)
    clock.setTimer(note('early'), 100)
    clock.setTimer(note('middle'), 200)
    clock.advance(1_000)
    expect(log).toEqual(['early@100', 'middle@200', 'late@300'])
    expect(clock.now()).toBe(1_000)
  })

  it('of one time fire in the order in which they were set', () => {
    const { clock, log, note } = clockWithLog()
    for (const name of ['a', 'b', 'c']) clock.setTimer(note(name), 100)
    clock.advance(100)
    expect(log).toEqual(['a@100', 'b@100', 'c@100'])
  })

  it('fire exactly when their time has come, and not a millisecond before', () => {
    const { clock, log, note } = clockWithLog()
    clock.setTimer(note('timer'), 100)
    clock.advance(99.9)
    expect(log).toEqual([])
    clock.advance(0.1)
    expect(log).toEqual(['timer@100'])
  })

  it('that set themselves anew fire every time within one advance', () => {
    const { clock, log, note } = clockWithLog()
    const tick = (): void => {
      note('tick')()
      clock.setTimer(tick, 1_000)
    }
    clock.setTimer(tick, 1_000)
    clock.advance(5_500)
    expect(log).toEqual(['tick@1000', 'tick@2000', 'tick@3000', 'tick@4000', 'tick@5000'])
  })

  it('that are cancelled do not fire, also when another timer cancels them', () => {
    const { clock, log, note } = clockWithLog()
    const cancelled = clock.setTimer(note('cancelled'), 100)
    const victim = clock.setTimer(note('victim'), 100)
    clock.clearTimer(cancelled)
    clock.clearTimer(cancelled)
    clock.setTimer(() => clock.clearTimer(victim), 50)
    clock.advance(200)
    expect(log).toEqual([])
  })

  it('of no or negative delay fire when the clock settles, without time passing', () => {
    const { clock, log, note } = clockWithLog(10)
    clock.setTimer(note('zero'), 0)
    clock.setTimer(note('negative'), -5)
    expect(log).toEqual([])
    clock.settle()
    expect(log).toEqual(['zero@10', 'negative@10'])
  })

  it('by the hundred thousand, most of them cancelled, fire in order', () => {
    const { clock } = clockWithLog()
    const fired: number[] = []
    for (let index = 0; index < 100_000; index++) {
      const delay = (index * 7_919) % 100_000
      const timer = clock.setTimer(() => fired.push(delay), delay)
      if (index % 100 !== 0) clock.clearTimer(timer)
    }
    clock.advance(100_000)
    expect(fired).toHaveLength(1_000)
    expect(fired).toEqual([...fired].sort((a, b) => a - b))
  })
})

describe('VirtualClock: turns', () => {
  it('run later, in the order of the calls, and before any timer of a later time', () => {
    const { clock, log, note } = clockWithLog()
    clock.setTimer(() => {
      note('timer')()
      clock.soon(note('follows'))
    }, 10)
    clock.setTimer(note('next timer'), 10)
    clock.soon(note('first'))
    clock.soon(note('second'))
    expect(log).toEqual([])
    clock.advance(10)
    expect(log).toEqual(['first@0', 'second@0', 'timer@10', 'follows@10', 'next timer@10'])
  })

  it('that follow from turns run before the clock is quiet', () => {
    const { clock, log, note } = clockWithLog()
    clock.soon(() => clock.soon(() => clock.soon(note('deep'))))
    clock.settle()
    expect(log).toEqual(['deep@0'])
  })
})

describe('VirtualClock: settled', () => {
  it('waits for promises, and for what follows from them', async () => {
    const { clock, log, note } = clockWithLog()
    clock.soon(() => {
      void Promise.resolve()
        .then(() => {})
        .then(() => clock.soon(() => void Promise.resolve().then(() => clock.soon(note('end')))))
    })
    await clock.settled()
    expect(log).toEqual(['end@0'])
  })
})
