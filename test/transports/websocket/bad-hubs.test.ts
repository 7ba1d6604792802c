import { expect, it, onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Envelope } from '../../../src/messages/index.ts'
import { startSpoke, until } from './support.ts'

/** A master's place where somebody says what he likes once he was greeted. */
async function startLiar(...frames: (object | string)[]) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    server.once('connection', (socket: WebSocket) => {
      socket.once('message', () => {
        for (const frame of frames) {
          socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
        }
      })
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    })
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return { place: `127.0.0.1:${address.port}`, closed }
}

const welcome = { type: 'welcome', refused: [] }
const heartbeat = { from: 'master', to: 'scheduler/a', message: { type: 'lifecycle.heartbeat' } }

const cases: [string, (object | string)[], RegExp][] = [
  ['speaks no JSON', [welcome, [heartbeat], 'what?'], /a frame is not JSON/],
  ['welcomes it twice', [welcome, [heartbeat], welcome], /says welcome twice/],
  [
    'sends an unknown message',
    [welcome, [heartbeat, { ...heartbeat, message: { type: 'task.dance' } }]],
    /a scheduler has no message task\.dance/,
  ],
  [
    'sends a broken body',
    [welcome, [heartbeat, { ...heartbeat, message: { type: 'lifecycle.error' } }]],
    /lifecycle\.error/,
  ],
]
for (const [what, frames, reason] of cases) {
  it(`WebSocket spoke: a master that ${what} loses its link, and what it said before counts`, async () => {
    const { place, closed } = await startLiar(...frames)
    const { spoke, marks } = startSpoke(place, { limits: { reconnectMinMs: 60_000 } })
    const got: Envelope[] = []
    spoke.subscribe('scheduler/a', (envelopes) => got.push(...envelopes))
    expect(await closed).toEqual({ code: 4400, reason: expect.stringMatching(reason) })
    await until('what was said is heard', () => got.length > 0)
    expect(got).toEqual([heartbeat])
    expect(marks[0]).toEqual({ name: 'link.rejected', detail: expect.stringMatching(reason) })
  })
}
