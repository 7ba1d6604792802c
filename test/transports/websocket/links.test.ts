import { describe, expect, it, onTestFinished } from 'vitest'
import WebSocket from 'ws'
import { RealClock } from '../../../src/actors/real-clock.ts'
import type { Envelope } from '../../../src/messages/index.ts'
import { linkPath, protocolVersion } from '../../../src/transports/websocket/frames.ts'
import { declineOf } from '../contract.ts'
import { startHub, startRoad, startSpoke, token, turns, until } from './support.ts'

const exitOf = (address: string) => ({
  from: address,
  message: { type: 'lifecycle.exited', address },
})

async function stage(limits = {}) {
  const started = await startHub({ limits })
  const heard: Envelope[] = []
  started.hub.subscribe('master', (envelopes) => heard.push(...envelopes))
  const road = await startRoad(started.place)
  return { ...started, heard, road }
}

describe('WebSocket link: when it breaks', () => {
  it('the master hears of the end of each address, after all that came before', async () => {
    const { hub, heard, road, marks } = await stage()
    const { spoke, news } = startSpoke(road.place, { limits: { reconnectMinMs: 60_000 } })
    for (const address of ['agent/a', 'scheduler/a', 'operator/a']) {
      spoke.subscribe(address, () => {})
    }
    await until('it is linked', () => hub.seats.length === 3 && spoke.isOpen)
    spoke.send(declineOf('scheduler/a', 1))
    await until('the master hears', () => heard.length === 1)
    road.cut()
    await until('the link is lost', () => hub.seats.length === 0)
    await turns()
    expect(heard).toMatchObject([
      declineOf('scheduler/a', 1),
      exitOf('agent/a'),
      exitOf('scheduler/a'),
    ])
    expect(marks.map(({ name }) => name)).toEqual(['link.lost'])
    await until('the spoke knows', () => !spoke.isOpen)
    expect(news.at(-1)).toMatchObject({ type: 'down', denied: false })
  })

  it('it is made anew, its addresses have their places, and their actors are told', async () => {
    const { hub, heard, road } = await stage()
    const { spoke } = startSpoke(road.place, { limits: { reconnectMinMs: 1 } })
    const got: Envelope[] = []
    spoke.subscribe('scheduler/a', (envelopes) => got.push(...envelopes))
    let opened = 0
    let closed = 0
    const leave = spoke.watch('scheduler/a', { opened: () => opened++, closed: () => closed++ })
    await until('it is linked', () => opened === 1)
    road.cut()
    await until('it is linked again', () => opened === 2)
    spoke.send(declineOf('scheduler/a', 2))
    await until('the master hears', () => heard.length === 2)
    expect(heard).toMatchObject([exitOf('scheduler/a'), declineOf('scheduler/a', 2)])
    hub.send({ from: 'master', to: 'scheduler/a', message: { type: 'lifecycle.heartbeat' } })
    await until('it hears the master', () => got.length === 1)
    expect(closed).toBe(1)
    leave()
    road.cut()
    await until('it is linked a third time', () => spoke.isOpen && hub.seats.length === 1)
    expect({ opened, closed }).toEqual({ opened: 2, closed: 1 })
  })

  it('what is said meanwhile is lost, on both sides', async () => {
    const { hub, heard, road } = await stage()
    const { spoke } = startSpoke(road.place, { limits: { reconnectMinMs: 50 } })
    const got: Envelope[] = []
    spoke.subscribe('scheduler/a', (envelopes) => got.push(...envelopes))
    await until('it is linked', () => spoke.isOpen)
    road.cut()
    await until('both know', () => !spoke.isOpen && hub.seats.length === 0)
    const before = spoke.undeliverable
    spoke.send(declineOf('scheduler/a', 1))
    hub.send({ from: 'master', to: 'scheduler/a', message: { type: 'lifecycle.heartbeat' } })
    expect(spoke.undeliverable).toBe(before + 1)
    await until('it is linked again', () => spoke.isOpen)
    spoke.send(declineOf('scheduler/a', 2))
    await until('the master hears', () => heard.length === 2)
    expect(heard[1]).toEqual(declineOf('scheduler/a', 2))
    expect(got).toEqual([])
  })

  it('a process comes back to a master that was started anew', async () => {
    const first = await startHub()
    const { spoke, news } = startSpoke(first.place, { limits: { reconnectMinMs: 1 } })
    spoke.subscribe('agent/a', () => {})
    await until('it is linked', () => spoke.isOpen)
    first.hub.close()
    await new Promise((resolve) => first.server.close(resolve))
    await until('it knows', () => news.some(({ type }) => type === 'down'))
    const second = await startHub({ port: Number(first.place.split(':')[1]) })
    await until('it is linked again', () => second.hub.seats.includes('agent/a'))
  })

  it('nobody is at home yet: it is tried again, each time later', async () => {
    const delays: number[] = []
    const clock = new RealClock()
    const { setTimer } = clock
    clock.setTimer = (callback, delayMs) => {
      delays.push(delayMs)
      return setTimer.call(clock, callback, Math.min(delayMs, 1))
    }
    const { news } = startSpoke('127.0.0.1:1', { clock })
    await until('it was tried often', () => news.length >= 9)
    expect(news[0]).toEqual({ type: 'down', reason: 'nobody listens there', denied: false })
    expect(delays.slice(0, 8)).toEqual([150, 300, 600, 1_200, 2_400, 3_750, 3_750, 3_750])
  })
})

describe('WebSocket link: half open', () => {
  const limits = { heartbeatIntervalMs: 20, heartbeatsMissedMax: 3 }

  it('both sides find out by the heartbeat', async () => {
    const { hub, heard, road, marks } = await stage(limits)
    const { spoke } = startSpoke(road.place, { limits: { ...limits, reconnectMinMs: 60_000 } })
    spoke.subscribe('agent/a', () => {})
    await until('it is linked', () => hub.seats.length === 1)
    road.freeze()
    await until('both know', () => !spoke.isOpen && hub.seats.length === 0)
    await turns()
    expect(heard).toMatchObject([exitOf('agent/a')])
    expect(marks).toEqual([{ name: 'link.lost', detail: 'agent/a: it was silent for 60 ms' }])
  })

  it('one that has nothing to say lives on', async () => {
    const { hub, road } = await stage(limits)
    const { spoke, news } = startSpoke(road.place, { limits })
    spoke.subscribe('agent/a', () => {})
    await until('it is linked', () => spoke.isOpen)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(news.map(({ type }) => type)).toEqual(['open'])
    expect(hub.seats).toEqual(['agent/a'])
  })

  it('the same process takes its places at once', async () => {
    const { hub, heard, road, place } = await stage()
    const instance = 'the same'
    const first = startSpoke(road.place, { instance, limits: { reconnectMinMs: 60_000 } })
    first.spoke.subscribe('agent/a', () => {})
    await until('it is linked', () => hub.seats.length === 1)
    road.freeze()
    const second = startSpoke(place, { instance })
    second.spoke.subscribe('agent/a', () => {})
    await until('it is linked anew', () => second.spoke.isOpen)
    expect(second.news).toEqual([{ type: 'open' }])
    expect(hub.seats).toEqual(['agent/a'])
    await turns()
    expect(heard).toMatchObject([exitOf('agent/a')])
  })

  it('another process gets the place of a dead one soon, because that one is asked', async () => {
    const { hub, heard, road, place, marks } = await stage({ probeTimeoutMs: 30 })
    const first = startSpoke(road.place, { limits: { reconnectMinMs: 60_000 } })
    first.spoke.subscribe('agent/a', () => {})
    await until('it is linked', () => hub.seats.length === 1)
    road.freeze()
    const { spoke, news } = startSpoke(place, { limits: { probeTimeoutMs: 30 } })
    let opened = 0
    spoke.watch('agent/a', { opened: () => opened++, closed: () => {} })
    spoke.subscribe('agent/a', () => {})
    await until('it has the place', () => opened === 1)
    expect(news).toContainEqual({
      type: 'refused',
      address: 'agent/a',
      reason: 'agent/a is taken by another process',
      times: 1,
    })
    await turns()
    expect(heard).toMatchObject([exitOf('agent/a')])
    expect(marks.map(({ name }) => name)).toContain('link.lost')
  })
})

describe('WebSocket link: an address that is taken', () => {
  it('by a live process stays its own, and what the other says in its name is dropped', async () => {
    const { hub, heard, place } = await stage({ probeTimeoutMs: 30 })
    const first = startSpoke(place)
    first.spoke.subscribe('scheduler/a', () => {})
    await until('it is linked', () => first.spoke.isOpen)
    const { spoke, news } = startSpoke(place, { limits: { probeTimeoutMs: 10 } })
    spoke.subscribe('scheduler/a', () => {})
    spoke.subscribe('scheduler/b', () => {})
    const refusals = () => news.filter(({ type }) => type === 'refused').length
    await until('it was refused often', () => refusals() >= 3)
    await until('it is linked, too', () => spoke.isOpen)
    spoke.send(declineOf('scheduler/a', 1))
    spoke.send(declineOf('scheduler/b', 2))
    first.spoke.send(declineOf('scheduler/a', 3))
    await until('the master hears', () => heard.length === 2)
    expect(new Set(heard.map(({ from }) => from))).toEqual(new Set(['scheduler/a', 'scheduler/b']))
    expect(heard).toContainEqual(declineOf('scheduler/a', 3))
    expect(hub.seats).toEqual(['scheduler/a', 'scheduler/b'])
  })

  it('by somebody in the master’s own process is refused, here and there', async () => {
    const { hub, place } = await stage()
    hub.subscribe('agent/here', () => {})
    const { spoke, news } = startSpoke(place)
    spoke.subscribe('agent/here', () => {})
    spoke.subscribe('agent/there', () => {})
    await until('it was refused', () => news.some(({ type }) => type === 'refused'))
    expect(hub.seats).toEqual(['agent/there'])
    expect(() => hub.subscribe('agent/there', () => {})).toThrow(/taken by another process/)
  })
})

describe('WebSocket link: everything of one turn', () => {
  it('to one process travels in one frame, in order', async () => {
    const { hub, place } = await stage()
    const socket = new WebSocket(`ws://${place}${linkPath}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    onTestFinished(() => socket.terminate())
    const frames: unknown[] = []
    socket.on('message', (text) => frames.push(JSON.parse(String(text))))
    const addresses = ['scheduler/a', 'scheduler/b']
    const hello = { type: 'hello', version: protocolVersion, instance: 'i', addresses }
    socket.once('open', () => socket.send(JSON.stringify(hello)))
    await until('it is welcome', () => frames.length === 1)
    const envelopes = [...addresses, ...addresses].map((to) => ({
      from: 'master',
      to,
      message: { type: 'lifecycle.heartbeat' } as const,
    }))
    for (const envelope of envelopes) hub.send(envelope)
    await until('it hears', () => frames.length > 1)
    await turns()
    expect(frames.slice(1)).toEqual([envelopes])
  })
})

describe('WebSocket link: leaving in good order', () => {
  it('last words arrive, in the name of an actor that has gone already', async () => {
    const { hub, heard, place } = await stage()
    const { spoke } = startSpoke(place)
    const leave = spoke.subscribe('scheduler/a', () => {})
    await until('it is linked', () => spoke.isOpen)
    leave()
    spoke.send(declineOf('scheduler/a', 1))
    spoke.close()
    await until('the master hears', () => heard.length === 1)
    await until('its place is free', () => hub.seats.length === 0)
    await turns()
    expect(heard).toEqual([declineOf('scheduler/a', 1)])
  })

  it('what a master says before it leaves arrives', async () => {
    const { hub, place } = await stage()
    const { spoke } = startSpoke(place)
    const got: Envelope[] = []
    spoke.subscribe('scheduler/a', (envelopes) => got.push(...envelopes))
    await until('it is linked', () => spoke.isOpen)
    hub.send({ from: 'master', to: 'scheduler/a', message: { type: 'lifecycle.heartbeat' } })
    hub.close()
    await until('it is heard', () => got.length === 1)
  })

  it('an address that is taken anew in the same turn keeps its place', async () => {
    const { hub, place } = await stage()
    const { spoke } = startSpoke(place)
    const leave = spoke.subscribe('agent/a', () => {})
    await until('it is linked', () => spoke.isOpen)
    leave()
    const got: Envelope[] = []
    spoke.subscribe('agent/a', (envelopes) => got.push(...envelopes))
    await turns()
    hub.send({
      from: 'master',
      to: 'agent/a',
      message: { type: 'lifecycle.ping', connected: true },
    })
    await until('the heir hears', () => got.length === 1)
    expect(hub.seats).toEqual(['agent/a'])
  })

  it('private addresses are not announced, and hear what is said in their process', async () => {
    const { hub, place } = await stage()
    const { spoke } = startSpoke(place, { isPrivate: (address) => address.startsWith('executor/') })
    const got: Envelope[] = []
    spoke.subscribe('agent/a', () => {})
    spoke.subscribe('executor/a/F/E', (envelopes) => got.push(...envelopes))
    await until('it is linked', () => spoke.isOpen)
    const message = { type: 'lifecycle.shutdownExecutor', gracePeriodMs: 1 } as const
    spoke.send({ from: 'agent/a', to: 'executor/a/F/E', message })
    await until('the executor hears', () => got.length === 1)
    expect(hub.seats).toEqual(['agent/a'])
  })
})
