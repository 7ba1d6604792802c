import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

/** Headers that concern the offer to speak another protocol. */
const offers = /^(?:upgrade|connection|http2-settings)$/i

/**
 * Some clients offer HTTP/2 with each request (`Upgrade: h2c`) and are content with HTTP/1.1. A
 * server that has WebSockets would hand these to whoever upgrades: they are begun again as what
 * they are besides. Links of other processes, at the path given, are left to whoever makes them.
 */
export function declineUpgrades(server: Server, linkPath: string): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if ((request.url ?? '').split('?')[0] === linkPath) return
    socket.unshift(Buffer.concat([Buffer.from(withoutOffers(request), 'latin1'), head]))
    // What a TLS server hears of a connection first is its handshake, which this one has behind it.
    server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', socket)
  })
}

function withoutOffers({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2)
    if (!offers.test(name)) lines.push(`${name}: ${value}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}
