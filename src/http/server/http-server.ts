import { createServer, type Server, STATUS_CODES } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { HttpFront } from './front.ts'

/** A key and its certificate (chain), as PEM. */
export interface TlsOptions {
  readonly key: string | Buffer
  readonly cert: string | Buffer
}

/** How often connections are looked at that take too long, in milliseconds. */
const lookAfterMs = 2_000

/** A server that answers by a front; whoever made it listens and closes it. */
export function createHttpServer(front: HttpFront, tls?: TlsOptions): Server {
  const { limits } = front
  const options = {
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.idleTimeoutMs,
    connectionsCheckingInterval: Math.min(lookAfterMs, limits.headersTimeoutMs),
    // A peer that is gone without a word is found out though nobody writes.
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  }
  const server: Server =
    tls === undefined
      ? createServer(options, front.handle)
      : createTlsServer({ ...options, ...tls }, front.handle)
  server.on('clientError', (error: Error & { readonly code?: string }, socket) => {
    // Clients open connections before they need them: one that said nothing yet is only idle.
    if (error.code === tooSlow && isSilent(socket)) socket.setTimeout(limits.idleTimeoutMs)
    // In the middle of another answer nothing can be said.
    else if (!socket.writable || front.isAnswering(socket)) socket.destroy()
    else refuse(socket, error.code)
  })
  return server
}

const tooSlow = 'ERR_HTTP_REQUEST_TIMEOUT'

function isSilent(connection: Duplex): connection is Socket {
  return connection instanceof Socket && connection.bytesRead === 0
}

/** What cannot even be read as a request gets an answer, too, and the connection ends. */
function refuse(socket: Duplex, code: string | undefined): void {
  const [status, sentence] = complaints[code ?? ''] ?? [400, 'This is not HTTP/1.1.']
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'connection: close',
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(sentence)}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${sentence}`)
}

const complaints: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The head of the request is too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunks of the body carry too many extensions.'],
  [tooSlow]: [408, 'The request did not arrive in time.'],
}
