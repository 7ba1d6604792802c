import { describe, expect, it, onTestFinished } from 'vitest'
import { RealClock } from '../../src/actors/real-clock.ts'
import { VirtualClock } from '../../src/actors/virtual-clock.ts'
import { EnvelopeChecker } from '../../src/messages/checker.ts'
import type { Envelope, Message } from '../../src/messages/index.ts'
import { MemoryTransport } from '../../src/transports/memory.ts'
import { declineOf, type Road, toMaster, transportContract } from './contract.ts'

function roadOf(check?: EnvelopeChecker) {
  const clock = new VirtualClock()
  const transport = new MemoryTransport({ clock, ...(check && { check }) })
  return { clock, transport, settle: async () => clock.settle() }
}

function contractRoad(check?: EnvelopeChecker): Road {
  const { transport, settle } = roadOf(check)
  return { near: transport, far: transport, talk: toMaster, settle }
}

const asItIsSent = 'takes a message as it is when it is sent'

transportContract({
  name: 'Memory',
  make: () => contractRoad(),
  skip: [
    { test: asItIsSent, reason: 'it passes references; machines never change what they sent' },
  ],
})
transportContract({ name: 'Memory, serializing', make: () => contractRoad(new EnvelopeChecker()) })
transportContract({
  name: 'Memory, on real time',
  make: () => {
    const transport = new MemoryTransport({ clock: new RealClock(), check: new EnvelopeChecker() })
    const settle = async (): Promise<void> => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    return { near: transport, far: transport, talk: toMaster, settle }
  },
})

describe('Memory transport: everything of one turn', () => {
  it('to one receiver arrives in one piece', () => {
    const { clock, transport } = roadOf()
    const sizes: number[] = []
    transport.subscribe('master', (envelopes) => sizes.push(envelopes.length))
    for (let round = 0; round < 3; round++) transport.send(declineOf('scheduler/a', round))
    clock.settle()
    transport.send(declineOf('scheduler/b', 4))
    clock.settle()
    expect(sizes).toEqual([3, 1])
  })

  it('to nobody is counted', () => {
    const { clock, transport } = roadOf()
    transport.send(declineOf('scheduler/a', 1))
    const leave = transport.subscribe('master', () => {})
    transport.send(declineOf('scheduler/a', 2))
    transport.send(declineOf('scheduler/a', 3))
    leave()
    clock.settle()
    expect(transport.undeliverable).toBe(3)
  })
})

describe('Memory transport: observers', () => {
  it('see each message as it is delivered, until they leave', () => {
    const { clock, transport } = roadOf()
    const seen: Envelope[] = []
    const leave = transport.observe((envelope) => seen.push(envelope))
    transport.subscribe('master', () => {})
    transport.send(declineOf('scheduler/a', 1))
    expect(seen).toEqual([])
    clock.settle()
    expect(seen).toEqual([declineOf('scheduler/a', 1)])
    leave()
    transport.send(declineOf('scheduler/a', 2))
    clock.settle()
    expect(seen).toHaveLength(1)
  })

  it('do not see what nobody received', () => {
    const { clock, transport } = roadOf()
    const seen: Envelope[] = []
    transport.observe((envelope) => seen.push(envelope))
    transport.send(declineOf('scheduler/a', 1))
    clock.settle()
    expect(seen).toEqual([])
  })

  it('that throw surface their error, and the message arrives all the same', async () => {
    const { clock, transport } = roadOf()
    const heard: Envelope[] = []
    const surfaced = nextUncaught()
    transport.observe(() => {
      throw new Error('the observer is broken')
    })
    transport.subscribe('master', (envelopes) => heard.push(...envelopes))
    transport.send(declineOf('scheduler/a', 1))
    clock.settle()
    expect(heard).toHaveLength(1)
    expect(await surfaced).toMatchObject({ message: 'the observer is broken' })
  })
})

describe('Memory transport: serializing', () => {
  it('passes no reference on', () => {
    const { clock, transport } = roadOf(new EnvelopeChecker())
    const heard: Envelope[] = []
    transport.subscribe('master', (envelopes) => heard.push(...envelopes))
    const sent = declineOf('scheduler/a', 1)
    transport.send(sent)
    if (sent.message.type === 'allocation.decline') sent.message.offerIds.push('O2')
    clock.settle()
    expect(heard).toEqual([declineOf('scheduler/a', 1)])
  })

  const bad: [string, Envelope, RegExp][] = [
    [
      'has a field that its schema does not know',
      envelopeOf('scheduler/a', 'master', { type: 'allocation.decline', offerIds: [], extra: 1 }),
      /allocation\.decline/,
    ],
    [
      'has a number that JSON cannot carry',
      envelopeOf('scheduler/a', 'master', {
        type: 'allocation.decline',
        offerIds: [],
        filters: { refuseSeconds: Number.NaN },
      }),
      /allocation\.decline\/filters\/refuseSeconds/,
    ],
    [
      'is of a type that its receiver does not know',
      envelopeOf('scheduler/a', 'master', { type: 'lifecycle.ping', connected: true }),
      /a master has no message lifecycle\.ping/,
    ],
    [
      'comes from somebody who never says such things',
      envelopeOf('agent/a', 'master', { type: 'allocation.decline', offerIds: [] }),
      /allocation\.decline to master does not come from agent\/a/,
    ],
  ]
  for (const [what, envelope, sentence] of bad) {
    it(`rejects a message that ${what}`, () => {
      const { transport } = roadOf(new EnvelopeChecker())
      transport.subscribe('master', () => {})
      expect(() => transport.send(envelope)).toThrow(/a message does not fit its schema/)
      expect(() => transport.send(envelope)).toThrow(sentence)
    })
  }
})

/** An envelope with any fields: what a bug would send. */
function envelopeOf(
  from: string,
  to: string,
  fields: Message & Readonly<Record<string, unknown>>,
): Envelope {
  return { from, to, message: fields }
}

/** The next error that nobody catches; this process survives it. */
function nextUncaught(): Promise<Error> {
  const before = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException')
    for (const listener of before) process.on('uncaughtException', listener)
  })
  return new Promise((resolve) => process.once('uncaughtException', resolve))
}

describe('Memory transport: like kinds of one sender that wait together', () => {
  const update = (taskId: string): Envelope => ({
    from: 'scheduler/a',
    to: 'master',
    message: { type: 'task.kill', kills: [{ taskId }] },
  })
  const delivered = (...envelopes: Envelope[]) => {
    const clock = new VirtualClock()
    const transport = new MemoryTransport({ clock })
    const heard: Envelope[] = []
    transport.subscribe('master', (some) => heard.push(...some))
    for (const envelope of envelopes) transport.send(envelope)
    clock.settle()
    return heard
  }

  it('are delivered as one, in order, and what was sent is as it was', () => {
    const [first, second, third] = [update('T1'), update('T2'), update('T3')]
    const [joined, ...others] = delivered(first, second, third)
    expect(joined?.message).toEqual({
      type: 'task.kill',
      kills: [{ taskId: 'T1' }, { taskId: 'T2' }, { taskId: 'T3' }],
    })
    expect(others).toEqual([])
    expect(first).toEqual(update('T1'))
  })

  it('stay apart when somebody else, or something else, comes between them', () => {
    const other: Envelope = { ...update('T2'), from: 'scheduler/b' }
    const revive: Envelope = { ...update(''), message: { type: 'allocation.revive' } }
    expect(delivered(update('T1'), other, update('T3'))).toHaveLength(3)
    expect(delivered(update('T1'), revive, revive, update('T3'))).toHaveLength(4)
  })
})
