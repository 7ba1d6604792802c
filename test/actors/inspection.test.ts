import { describe, expect, it } from 'vitest'
import type { InspectionEvent } from 'xstate'
import { Inspection } from '../../src/actors/inspection.ts'
import { aviary } from './support.ts'

/** What an inspector saw: `alive agent/1` and the like, and the events that moved it. */
function watcher() {
  const seen: string[] = []
  const inspect = (event: InspectionEvent): void => {
    const { id } = Object.assign({ id: '?' }, event.actorRef)
    if (event.type === '@xstate.actor') seen.push(`actor ${id}`)
    if (event.type === '@xstate.event') seen.push(`${event.event.type} to ${id}`)
    if (event.type === '@xstate.snapshot') seen.push(`${stateOf(event.snapshot)} ${id}`)
  }
  return { seen, inspect }
}

function stateOf(snapshot: object): string {
  return 'value' in snapshot ? String(snapshot.value) : 'unknown'
}

describe('Inspection: an inspector', () => {
  it('that comes late is shown the actors that live, and then what they do', () => {
    const { clock, host, inspection } = aviary()
    const parrot = host('agent/1').start()
    host('agent/2').start()
    parrot.post({ type: 'wait', ms: 1 })
    clock.settle()
    const { seen, inspect } = watcher()
    inspection.inspect(inspect)
    expect(seen).toEqual(['actor agent/1', 'waiting agent/1', 'actor agent/2', 'alive agent/2'])
    seen.length = 0
    clock.advance(1_000)
    expect(seen.at(-1)).toBe('alive agent/1')
    expect(seen).toHaveLength(2)
  })

  it('sees new actors as they come, from their beginning', () => {
    const { host, inspection } = aviary()
    const { seen, inspect } = watcher()
    inspection.inspect(inspect)
    host('agent/1').start()
    expect(seen.slice(0, 2)).toEqual(['actor agent/1', 'alive agent/1'])
    expect(seen).toContain('xstate.init to agent/1')
  })

  it('sees the last state of an actor that ends, and nothing of it afterwards', () => {
    const { clock, host, inspection } = aviary()
    const { seen, inspect } = watcher()
    const parrot = host('agent/1').start()
    inspection.inspect(inspect)
    parrot.post({ type: 'end' })
    clock.settle()
    expect(seen.at(-1)).toBe('gone agent/1')
    const late = watcher()
    inspection.inspect(late.inspect)
    expect(late.seen).toEqual([])
  })

  it('that leaves sees no more', () => {
    const { clock, host, inspection } = aviary()
    const { seen, inspect } = watcher()
    const parrot = host('agent/1').start()
    const leave = inspection.inspect(inspect)
    leave()
    leave()
    seen.length = 0
    parrot.post({ type: 'wait', ms: 1 })
    clock.settle()
    host('agent/2').start()
    expect(seen).toEqual([])
  })

  it('may be an observer object, and one of several', () => {
    const { clock, host, inspection } = aviary()
    const [one, other] = [watcher(), watcher()]
    const parrot = host('agent/1').start()
    const leave = inspection.inspect({ next: one.inspect })
    inspection.inspect(other.inspect)
    leave()
    parrot.post({ type: 'wait', ms: 1 })
    clock.settle()
    expect(one.seen).toEqual(['actor agent/1', 'alive agent/1'])
    expect(other.seen).toContain('wait to agent/1')
  })

  it('may be attached twice; each attachment ends by itself', () => {
    const { host, inspection } = aviary()
    const { seen, inspect } = watcher()
    const leave = inspection.inspect(inspect)
    inspection.inspect(inspect)
    leave()
    host('agent/1')
    expect(seen).toEqual(['actor agent/1', 'alive agent/1'])
  })
})

describe('Inspection: without a watcher', () => {
  it('an actor that ends after its watcher left shows nothing', () => {
    const inspection = new Inspection()
    const subscriptions: string[] = []
    const { host } = aviary()
    const parrot = host('agent/1', { inspection }).start()
    const { inspect } = watcher()
    const leave = inspection.inspect((event) => {
      subscriptions.push(event.type)
      inspect(event)
    })
    leave()
    subscriptions.length = 0
    parrot.stop('not needed')
    expect(subscriptions).toEqual([])
  })
})
