import { createServer, type Server } from 'node:http'
import { connect, createServer as createRelay, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { createCountingIds } from '../../../src/actors/ids.ts'
import type { Clock } from '../../../src/actors/ports.ts'
import { RealClock } from '../../../src/actors/real-clock.ts'
import { EnvelopeChecker } from '../../../src/messages/checker.ts'
import type { Mark } from '../../../src/model/turn.ts'
import { type HubOptions, WebSocketHub } from '../../../src/transports/websocket/hub.ts'
import {
  type LinkNews,
  type SpokeOptions,
  WebSocketSpoke,
} from '../../../src/transports/websocket/spoke.ts'

export const token = 'a-token-for-tests'

const ids = createCountingIds()

/** A hub on a port of its own, with what it tells its operator. */
export interface TestHub {
  readonly hub: WebSocketHub
  readonly server: Server
  /** `127.0.0.1:PORT` */
  readonly place: string
  readonly marks: Mark[]
}

/** A process elsewhere, with what it is told about its link. */
export interface TestSpoke {
  readonly spoke: WebSocketSpoke
  readonly news: LinkNews[]
  readonly marks: Mark[]
}

export async function startHub(
  options: Partial<HubOptions> & { readonly port?: number } = {},
): Promise<TestHub> {
  const { port = 0, ...rest } = options
  const server = createServer((_request, response) =>
    response.end('the server answers others, too'),
  )
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const marks: Mark[] = []
  const hub = new WebSocketHub({
    clock: new RealClock(),
    server,
    token,
    check: new EnvelopeChecker(),
    onMark: (mark) => marks.push(mark),
    ...rest,
  })
  onTestFinished(() => {
    hub.close()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return { hub, server, marks, place: `127.0.0.1:${address.port}` }
}

export function startSpoke(
  master: string,
  options: Partial<SpokeOptions> & { readonly clock?: Clock } = {},
): TestSpoke {
  const news: LinkNews[] = []
  const marks: Mark[] = []
  const spoke = new WebSocketSpoke({
    clock: new RealClock(),
    master,
    token: () => token,
    instance: `process-${ids.short()}`,
    random: () => 0.5,
    check: new EnvelopeChecker(),
    onMark: (mark) => marks.push(mark),
    onNews: (item) => news.push(item),
    ...options,
  })
  onTestFinished(() => spoke.close())
  return { spoke, news, marks }
}

/** A road between spoke and hub that can be cut, or stand still as if a cable were pulled. */
export async function startRoad(place: string) {
  const [, port] = place.split(':')
  const sockets = new Set<Socket>()
  const server = createRelay((near) => {
    const far = connect(Number(port), '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  const freeze = (): void => {
    for (const socket of sockets) socket.unpipe().pause()
  }
  const close = (): void => {
    cut()
    server.close()
  }
  onTestFinished(close)
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the road has no port')
  return { place: `127.0.0.1:${address.port}`, cut, freeze, close }
}

/** Waits for a condition that no event tells, and fails with a sentence when it does not come. */
export async function until(what: string, isSo: () => boolean, withinMs = 5_000): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`in vain waited for this: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** Some turns of the event loop. */
export async function turns(count = 10): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
