import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Signals } from '../../../src/frameworks/jobs/signals.ts'

describe('Signals: callbacks of one signal', () => {
  it('share a listener, and are called once each, in order', () => {
    const signals = new Signals()
    const controller = new AbortController()
    const log: string[] = []
    for (const name of ['a', 'b', 'c']) signals.add(controller.signal, () => log.push(name))
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    controller.abort()
    controller.abort()
    expect(log).toEqual(['a', 'b', 'c'])
  })

  it('are not called when they were removed, and the last one takes the listener along', () => {
    const signals = new Signals()
    const controller = new AbortController()
    const log: string[] = []
    const [one, two] = ['one', 'two'].map((name) => () => void log.push(name))
    if (one === undefined || two === undefined) throw new Error('unreachable')
    signals.add(controller.signal, one)
    signals.add(controller.signal, two)
    signals.remove(controller.signal, one)
    signals.remove(controller.signal, one)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    signals.remove(controller.signal, two)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    controller.abort()
    expect(log).toEqual([])
  })

  it('are called at once when it has aborted already', () => {
    const signals = new Signals()
    const log: string[] = []
    signals.add(AbortSignal.abort(), () => log.push('called'))
    expect(log).toEqual(['called'])
  })

  it('may remove themselves and each other while they are called', () => {
    const signals = new Signals()
    const controller = new AbortController()
    const { signal } = controller
    const log: string[] = []
    const second = (): void => void log.push('second')
    signals.add(signal, () => {
      log.push('first')
      signals.remove(signal, second)
    })
    signals.add(signal, second)
    controller.abort()
    expect(log).toEqual(['first'])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('without a signal there is nothing to wait for', () => {
    const signals = new Signals()
    const callback = (): void => {
      throw new Error('nobody aborts')
    }
    signals.add(undefined, callback)
    signals.remove(undefined, callback)
  })
})
