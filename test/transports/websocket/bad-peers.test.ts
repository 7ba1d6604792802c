import { get } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import WebSocket from 'ws'
import type { Envelope } from '../../../src/messages/index.ts'
import { linkPath, protocolVersion } from '../../../src/transports/websocket/frames.ts'
import { declineOf } from '../contract.ts'
import { startHub, startSpoke, type TestHub, token, turns, until } from './support.ts'

const authorization = `Bearer ${token}`

/** A peer that says what it likes. */
class Stranger {
  readonly socket: WebSocket
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>

  constructor({ place }: TestHub, headers: Record<string, string> = { authorization }) {
    this.socket = new WebSocket(`ws://${place}${linkPath}`, { headers })
    this.socket.on('error', () => {})
    onTestFinished(() => this.socket.terminate())
    this.closed = new Promise((resolve) =>
      this.socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    )
  }

  async say(...frames: (string | object | Buffer)[]): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) {
      await new Promise((resolve) => this.socket.once('open', resolve))
    }
    for (const frame of frames) {
      const isRaw = typeof frame === 'string' || Buffer.isBuffer(frame)
      this.socket.send(isRaw ? frame : JSON.stringify(frame))
    }
    return this
  }
}

function hello(...addresses: string[]): object {
  return { type: 'hello', version: protocolVersion, instance: 'stranger', addresses }
}

/** A hub with a master that listens, and a good spoke with one scheduler. */
async function stage() {
  const started = await startHub({ limits: { frameBytesMax: 100_000 } })
  const heard: Envelope[] = []
  started.hub.subscribe('master', (envelopes) => heard.push(...envelopes))
  const { spoke } = startSpoke(started.place)
  spoke.subscribe('scheduler/good', () => {})
  await until('the good one is linked', () => started.hub.seats.includes('scheduler/good'))
  return { ...started, heard, spoke }
}

describe('WebSocket hub: a peer that breaks a rule is refused, and nobody else', () => {
  const ping = { from: 'scheduler/x', to: 'agent/a', message: { type: 'lifecycle.ping' } }
  const cases: [string, (string | object | Buffer)[], number, RegExp][] = [
    ['speaks no JSON', ['what?'], 4400, /a frame is not JSON/],
    ['sends bytes', [Buffer.from('[]')], 4400, /a frame is binary/],
    ['does not say hello', [[declineOf('scheduler/x', 1)]], 4400, /did not say hello first/],
    ['says hello twice', [hello(), hello()], 4400, /says hello twice/],
    ['says something unknown', [hello(), { type: 'dance' }], 4400, /neither envelopes nor known/],
    [
      'is of an older version',
      [{ ...hello('scheduler/x'), version: 0 }],
      4426,
      /speaks version 0 of the link, this master version 1/,
    ],
    [
      'sends no envelope',
      [hello('scheduler/x'), [{ from: 'x' }]],
      4400,
      /has no from, to and mess/,
    ],
    ['sends nothing at all as an envelope', [hello('scheduler/x'), [null]], 4400, /has no from/],
    [
      'sends a message of an unknown type',
      [hello('scheduler/x'), [{ ...ping, to: 'master', message: { type: 'task.dance' } }]],
      4400,
      /a master has no message task\.dance/,
    ],
    [
      'sends a message with a broken body',
      [
        hello('scheduler/x'),
        [{ ...declineOf('scheduler/x', 1), message: { type: 'allocation.decline', offerIds: 7 } }],
      ],
      4400,
      /allocation\.decline\/offerIds/,
    ],
    [
      'writes to nowhere',
      [hello('scheduler/x'), [{ ...ping, to: 'moon' }]],
      4400,
      /moon is no address/,
    ],
    [
      'speaks as the master',
      [
        hello('scheduler/x'),
        [{ ...ping, from: 'master', message: { type: 'lifecycle.shutdown', message: '' } }],
      ],
      4403,
      /master does not live there/,
    ],
    [
      'speaks as another scheduler',
      [hello('scheduler/x'), [declineOf('scheduler/good', 1)]],
      4403,
      /scheduler\/good does not live there/,
    ],
    [
      'reports the end of somebody else',
      [
        hello('scheduler/x'),
        [
          {
            from: 'scheduler/x',
            to: 'master',
            message: { type: 'lifecycle.exited', address: 'scheduler/good', reason: 'so there' },
          },
        ],
      ],
      4403,
      /reports the end of scheduler\/good/,
    ],
    [
      'says what only a master says',
      [hello('scheduler/x'), [{ ...ping, message: { type: 'lifecycle.ping', connected: true } }]],
      4400,
      /lifecycle\.ping to agent\/a does not come from scheduler\/x/,
    ],
  ]
  for (const [what, frames, code, reason] of cases) {
    it(`one that ${what}`, async () => {
      const world = await stage()
      const { hub, heard, marks, spoke } = world
      const stranger = await new Stranger(world).say(...frames)
      expect(await stranger.closed).toEqual({ code, reason: expect.stringMatching(reason) })
      expect(marks.find(({ name }) => name === 'link.rejected')?.detail).toMatch(reason)
      expect(hub.seats).toEqual(['scheduler/good'])
      spoke.send(declineOf('scheduler/good', 7))
      await until('the good one is heard', () =>
        heard.some(({ from }) => from === 'scheduler/good'),
      )
      const own = heard.filter(({ message }) => message.type !== 'lifecycle.exited')
      expect(own).toEqual([declineOf('scheduler/good', 7)])
    })
  }

  it('one that sends a frame that is too large', async () => {
    const world = await stage()
    const stranger = await new Stranger(world).say(hello('scheduler/x'), 'x'.repeat(100_001))
    expect(await stranger.closed).toMatchObject({ code: 1009 })
    await until('the master is told', () => world.heard.length > 0)
    expect(world.heard[0]).toMatchObject({
      from: 'scheduler/x',
      message: { type: 'lifecycle.exited' },
    })
    expect(world.marks.at(-1)).toMatchObject({ name: 'link.lost' })
  })

  it('what it said before it broke the rule counts, what follows does not', async () => {
    const world = await stage()
    const good = declineOf('scheduler/x', 1)
    const bad = { ...good, message: { type: 'task.dance' } }
    const late = declineOf('scheduler/x', 2)
    await new Stranger(world).say(hello('scheduler/x'), [good, bad, late], [late])
    await until('the master is told', () => world.heard.length > 1)
    expect(world.heard).toMatchObject([good, { message: { type: 'lifecycle.exited' } }])
  })

  it('one that never says who it is', async () => {
    const { place } = await startHub({ limits: { greetingTimeoutMs: 20 } })
    const stranger = new Stranger({ ...(await stage()), place })
    expect(await stranger.closed).toEqual({ code: 4408, reason: 'it did not say who it is' })
  })

  for (const address of ['master', 'moon/x', 'scheduler/', 'operator', 'scheduler/a/..']) {
    it(`one that wants to live at ${address} does not`, async () => {
      const world = await stage()
      const stranger = await new Stranger(world).say(hello(address))
      const frame = await new Promise((resolve) => stranger.socket.once('message', resolve))
      expect(JSON.parse(String(frame))).toEqual({
        type: 'welcome',
        refused: [{ address, reason: expect.stringMatching(/\w+/) }],
      })
      expect(world.hub.seats).toEqual(['scheduler/good'])
    })
  }

  it('one that speaks for an address that it was refused is not heard, and stays', async () => {
    const world = await stage()
    const stranger = await new Stranger(world).say(
      hello('scheduler/good', 'scheduler/x'),
      [declineOf('scheduler/good', 1)],
      [declineOf('scheduler/x', 2)],
    )
    await until('it is heard as itself', () => world.heard.length > 0)
    expect(world.heard).toEqual([declineOf('scheduler/x', 2)])
    expect(stranger.socket.readyState).toBe(WebSocket.OPEN)
  })
})

describe('WebSocket hub: at the door', () => {
  const doors: [string, Record<string, string>, number, RegExp][] = [
    ['without a token', {}, 401, /asks for a token/],
    ['with a wrong token', { authorization: 'Bearer no' }, 401, /not that of this master/],
    ['from a page in a browser', { authorization, origin: 'http://evil.example' }, 403, /browsers/],
  ]
  for (const [how, headers, status, reason] of doors) {
    it(`nobody comes in ${how}`, async () => {
      const world = await startHub()
      const stranger = new Stranger(world, headers)
      const [seen, text] = await new Promise<[number | undefined, string]>((resolve) => {
        stranger.socket.once('unexpected-response', (_request, response) => {
          response.once('data', (bytes) => resolve([response.statusCode, String(bytes)]))
        })
      })
      expect(seen).toBe(status)
      expect(text).toMatch(reason)
      expect(world.marks).toMatchObject([{ name: 'link.denied' }])
    })
  }

  it('everybody comes in where no token is asked for, except pages in browsers', async () => {
    const hub = await startHub({ token: undefined })
    const { spoke } = startSpoke(hub.place, { token: () => undefined })
    await until('it is linked', () => spoke.isOpen)
    const stranger = new Stranger(hub, { origin: 'http://evil.example' })
    expect(await stranger.closed).toMatchObject({ code: 1006 })
  })

  it('a token that changed during the attempt is tried again, and denies nothing', async () => {
    const hub = await startHub()
    const tokens = ['that-of-an-earlier-master', token]
    const { spoke, news } = startSpoke(hub.place, {
      token: () => (tokens.length > 1 ? tokens.shift() : tokens[0]),
      limits: { reconnectMinMs: 10 },
    })
    await until('it is linked', () => spoke.isOpen)
    expect(news).toMatchObject([{ type: 'down', denied: false }, { type: 'open' }])
  })

  it('other requests of the same server are answered as before', async () => {
    const { place } = await startHub()
    const text = await new Promise((resolve) =>
      get(`http://${place}/`, (response) =>
        response.once('data', (bytes) => resolve(String(bytes))),
      ),
    )
    expect(text).toBe('the server answers others, too')
    const elsewhere = new WebSocket(`ws://${place}/elsewhere`)
    const error = await new Promise((resolve) => elsewhere.once('error', resolve))
    expect(String(error)).toContain('404')
  })
})

describe('WebSocket hub: a peer that does not read', () => {
  it('is cut off at the bound; others are unharmed, and the master is told last', async () => {
    const started = await startHub({ limits: { bufferedBytesMax: 2_000_000 } })
    const { hub, marks, place } = started
    const heard: Envelope[] = []
    hub.subscribe('master', (envelopes) => heard.push(...envelopes))
    const { spoke } = startSpoke(place)
    const got: Envelope[] = []
    spoke.subscribe('scheduler/good', (envelopes) => got.push(...envelopes))
    const stranger = await new Stranger(started).say(hello('scheduler/x'))
    await until('both are seated', () => hub.seats.length === 2)
    stranger.socket.pause()
    const text = 'x'.repeat(100_000)
    let sent = 0
    while (hub.seats.includes('scheduler/x') && sent < 1_000) {
      const message = { type: 'lifecycle.error', message: text } as const
      hub.send({ from: 'master', to: 'scheduler/x', message })
      sent++
      await turns(2)
    }
    expect(sent).toBeLessThan(500)
    expect(marks).toContainEqual({
      name: 'link.lost',
      detail: 'scheduler/x: it does not read: more than 2000000 bytes wait for it',
    })
    hub.send({ from: 'master', to: 'scheduler/good', message: { type: 'lifecycle.heartbeat' } })
    await until('the good one hears', () => got.length === 1)
    expect(heard).toMatchObject([{ from: 'scheduler/x', message: { type: 'lifecycle.exited' } }])
  })
})
