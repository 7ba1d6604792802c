import type { Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { type FrontOptions, HttpFront } from '../../../src/http/server/front.ts'
import { createHttpServer } from '../../../src/http/server/http-server.ts'

/** A server on a free port until the test is over. */
export function serve(options: FrontOptions): Promise<Place> {
  return listening(createHttpServer(new HttpFront(options)))
}

interface Place {
  readonly port: number
  readonly url: string
}

/** Lets a server listen on a free port until the test is over. */
export async function listening(server: Server): Promise<Place> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(
    () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  )
  const { port } = server.address() as AddressInfo
  return { port, url: `http://127.0.0.1:${port}` }
}

/** A connection that shows every byte of what comes back. */
export class Wire {
  readonly socket: Socket
  #text = ''
  #isClosed = false
  readonly #waiters = new Set<() => void>()

  constructor(port: number, socket: Socket = connect(port, '127.0.0.1')) {
    this.socket = socket
    this.socket.setNoDelay(true)
    this.socket.on('data', (chunk) => {
      this.#text += chunk.toString('latin1')
      this.#tell()
    })
    this.socket.on('error', () => {})
    this.socket.on('close', () => {
      this.#isClosed = true
      this.#tell()
    })
    onTestFinished(() => void this.socket.destroy())
  }

  get text(): string {
    return this.#text
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  send(text: string): this {
    this.socket.write(text)
    return this
  }

  /** Resolves when what came back matches; rejects when the connection ends without. */
  until(isReached: (text: string) => boolean): Promise<string> {
    return new Promise((reached, failed) => {
      const look = (): void => {
        if (isReached(this.#text)) reached(this.#text)
        else if (this.#isClosed) failed(new Error(`the connection ended after: ${this.#text}`))
        else return
        this.#waiters.delete(look)
      }
      this.#waiters.add(look)
      look()
    })
  }

  /** Resolves when the other side has closed the connection. */
  closed(): Promise<string> {
    return new Promise((reached) => {
      const look = (): void => {
        if (!this.#isClosed) return
        this.#waiters.delete(look)
        reached(this.#text)
      }
      this.#waiters.add(look)
      look()
    })
  }

  #tell(): void {
    for (const waiter of [...this.#waiters]) waiter()
  }
}

/** A request as text, with a body if there is one. */
export function request(method: string, path: string, body = '', headers = ''): string {
  const length = body === '' ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: x\r\n${headers}${length}\r\n${body}`
}
