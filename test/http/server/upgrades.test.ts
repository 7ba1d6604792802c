import { readFileSync } from 'node:fs'
import { connect } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { json } from '../../../src/http/server/answers.ts'
import { HttpFront } from '../../../src/http/server/front.ts'
import { createHttpServer } from '../../../src/http/server/http-server.ts'
import type { Route } from '../../../src/http/server/route.ts'
import { declineUpgrades } from '../../../src/http/server/upgrades.ts'
import { temporaryFolder } from '../../executors/harness.ts'
import { ownCertificate } from '../../support/certificate.ts'
import { listening, request, Wire } from './support.ts'

const echo: Route = {
  path: '/echo',
  methods: ['POST'],
  handle: ({ body }) => json({ body: body.toString() }),
}
const look: Route = { path: '/look', methods: ['GET'], handle: () => json({ seen: true }) }
const offer = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n'

/** Requests that offer HTTP/2 are answered, and so are those after them. */
async function passesOver(wire: Wire): Promise<void> {
  wire.send(request('POST', '/echo', 'one', offer))
  await wire.until((text) => text.includes('"one"'))
  wire.send(request('POST', '/echo', 'two', offer).slice(0, -2))
  wire.send('wo')
  await wire.until((text) => text.includes('"two"'))
  wire.send(request('GET', '/look', '', offer) + request('GET', '/look'))
  const text = await wire.until((so) => so.split('seen').length === 3)
  expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(Array(4).fill('HTTP/1.1 200'))
}

describe('HTTP server: other protocols', () => {
  it('an offer of HTTP/2 is passed over, and the request answered; so are those after it', async () => {
    const front = new HttpFront({ routes: [echo, look] })
    const server = createHttpServer(front)
    declineUpgrades(server, '/link')
    const linked: string[] = []
    server.on('upgrade', ({ url = '' }, socket) => {
      if (url !== '/link') return
      linked.push(url)
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    })
    const { port } = await listening(server)
    await passesOver(new Wire(port))
    const link = 'connection: Upgrade\r\nupgrade: websocket\r\n'
    const elsewhere = new Wire(port).send(request('GET', '/nowhere', '', link))
    await elsewhere.until((so) => so.includes(' 404 '))
    await new Wire(port).send(request('GET', '/link', '', link)).closed()
    expect(linked).toEqual(['/link'])
  })

  it('over TLS, too, an offer of HTTP/2 is passed over, and the handshake is not begun again', async () => {
    const { key, cert } = ownCertificate(temporaryFolder())
    const tls = { key: readFileSync(key), cert: readFileSync(cert) }
    const server = createHttpServer(new HttpFront({ routes: [echo, look] }), tls)
    declineUpgrades(server, '/link')
    const { port } = await listening(server)
    await passesOver(new Wire(port, connect({ port, host: '127.0.0.1', ca: tls.cert })))
  })
})
