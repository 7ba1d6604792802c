import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { RealClock } from '../../src/actors/real-clock.ts'

/** Resolves when the callback that it makes has run. */
function once(): { callback: () => void; ran: Promise<void> } {
  let callback = (): void => {}
  const ran = new Promise<void>((resolve) => {
    callback = resolve
  })
  return { callback, ran }
}

describe('RealClock: turns', () => {
  it('run in the order of the calls, never on the caller’s stack', async () => {
    const clock = new RealClock()
    const log: string[] = []
    const last = once()
    clock.soon(() => log.push('first'))
    clock.soon(() => {
      log.push('second')
      clock.soon(() => {
        log.push('fourth')
        last.callback()
      })
    })
    clock.soon(() => log.push('third'))
    log.push('caller')
    await last.ran
    expect(log).toEqual(['caller', 'first', 'second', 'third', 'fourth'])
  })

  it('go on after one that throws', async () => {
    const clock = new RealClock()
    const last = once()
    const thrown = new Promise((resolve) => {
      const before = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException')
      process.once('uncaughtException', (error) => {
        for (const listener of before) process.on('uncaughtException', listener)
        resolve(error)
      })
    })
    clock.soon(() => {
      throw new Error('broken turn')
    })
    clock.soon(last.callback)
    expect(await thrown).toMatchObject({ message: 'broken turn' })
    await last.ran
  })

  it('that keep coming let timers and sockets through', async () => {
    const clock = new RealClock()
    const timer = once()
    let stop = false
    let turns = 0
    const again = (): void => {
      turns++
      if (!stop) clock.soon(again)
    }
    again()
    setTimeout(timer.callback, 1)
    await timer.ran
    stop = true
    expect(turns).toBeGreaterThan(0)
  })

  it('that are many are done in slices, in order, with timers in between', async () => {
    const clock = new RealClock()
    const done: number[] = []
    const last = once()
    let seenByTimer = -1
    // Not sooner: on a busy machine it would fire before any of them.
    clock.soon(() => {
      setTimeout(() => {
        seenByTimer = done.length
      }, 1)
    })
    const count = 50
    for (let index = 0; index < count; index++) {
      clock.soon(() => {
        const until = performance.now() + 2
        while (performance.now() < until);
        done.push(index)
        if (index === count - 1) last.callback()
      })
    }
    await last.ran
    expect(done).toEqual(Array.from({ length: count }, (_, index) => index))
    expect(seenByTimer).toBeGreaterThan(0)
    expect(seenByTimer).toBeLessThan(count)
  })
})

describe('RealClock: timers', () => {
  it('fire in the order of their delays, and now() has moved on by as much', async () => {
    const clock = new RealClock()
    const log: string[] = []
    const last = once()
    const since = clock.now()
    clock.setTimer(() => {
      log.push('late')
      last.callback()
    }, 20)
    clock.setTimer(() => log.push('early'), 5)
    clock.setTimer(() => log.push('now'), 0)
    await last.ran
    expect(log).toEqual(['now', 'early', 'late'])
    // Node's timers may fire up to a millisecond early by the wall clock.
    expect(clock.now() - since).toBeGreaterThanOrEqual(19)
  })

  it('of no delay keep their order among the turns', async () => {
    const clock = new RealClock()
    const log: string[] = []
    const last = once()
    clock.soon(() => log.push('turn'))
    clock.setTimer(() => log.push('timer'), 0)
    clock.soon(() => log.push('next turn'))
    clock.soon(last.callback)
    await last.ran
    expect(log).toEqual(['turn', 'timer', 'next turn'])
  })

  it('of more than 25 days wait for all of them, although Node cannot', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const clock = new RealClock()
    const log: string[] = []
    const days = 24 * 3_600 * 1_000
    clock.setTimer(() => log.push('60 days'), 60 * days)
    const cancelled = clock.setTimer(() => log.push('cancelled'), 60 * days)
    vi.advanceTimersByTime(59 * days)
    clock.clearTimer(cancelled)
    expect(log).toEqual([])
    vi.advanceTimersByTime(1 * days)
    expect(log).toEqual(['60 days'])
  })

  it('that are cancelled do not fire, with a delay or without', async () => {
    const clock = new RealClock()
    const log: string[] = []
    const last = once()
    const timers = [0, 1].map((delay) => clock.setTimer(() => log.push(`${delay}`), delay))
    for (const timer of timers) clock.clearTimer(timer)
    clock.setTimer(last.callback, 5)
    await last.ran
    expect(log).toEqual([])
  })
})
