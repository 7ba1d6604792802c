import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Clock, Receive, Transport } from '../../actors/ports.ts'
import { type Address, type Envelope, MASTER } from '../../messages/index.ts'
import type { Mark } from '../../model/turn.ts'
import { type EnvelopeCheck, MemoryTransport, type Observer } from '../memory.ts'
import { closeCodes, linkPath, spokeFrames } from './frames.ts'
import { defaultLimits, type LinkLimits } from './limits.ts'
import { Peer } from './peer.ts'
import { denialOf } from './token.ts'

export interface HubOptions {
  readonly clock: Clock
  /** Answers other requests, too; whoever made it listens and closes it. */
  readonly server: Server
  /** What whoever links up must show; nothing when everybody may. */
  readonly token: string | undefined
  /** Checks everything that comes in. */
  readonly check: EnvelopeCheck
  readonly limits?: Partial<LinkLimits>
  /** Whose members may link up: whoever remembers another cluster is sent away. Default: all. */
  readonly clusterId?: string
  /** Hears what the operator should know: who was refused or lost, and why. */
  readonly onMark?: (mark: Mark) => void
}

/**
 * The road between the process of the master and all others: they link up by WebSocket, say which
 * addresses they host, and everything goes over the hub. Each link keeps the order, and loses what
 * is on it when it breaks; the master is told of the end of every address behind it.
 */
export class WebSocketHub implements Transport {
  readonly #options: HubOptions
  readonly #limits: LinkLimits
  readonly #local: MemoryTransport
  readonly #sockets: WebSocketServer
  readonly #parse = spokeFrames()
  readonly #peers = new Set<Peer>()
  readonly #seats = new Map<Address, Peer>()
  readonly #unflushed = new Set<Peer>()
  #isClosed = false

  constructor(options: HubOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#local = new MemoryTransport({ clock: options.clock })
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: this.#limits.frameBytesMax,
    })
    options.server.on('upgrade', this.#upgrade)
  }

  /** Messages to addresses where nobody lives (any more). */
  get undeliverable(): number {
    return this.#local.undeliverable
  }

  /** The addresses that other processes host. */
  get seats(): readonly Address[] {
    return [...this.#seats.keys()]
  }

  send(envelope: Envelope): void {
    if (this.#isClosed) return
    const peer = this.#seats.get(envelope.to)
    if (peer === undefined) return this.#local.send(envelope)
    this.#local.show(envelope)
    peer.wire.queue(envelope)
    // Before whatever the cluster has to do next: this has the longest way.
    if (this.#unflushed.size === 0) queueMicrotask(() => this.#flush())
    this.#unflushed.add(peer)
  }

  subscribe(address: Address, receive: Receive): () => void {
    if (this.#seats.has(address)) {
      throw new Error(
        `the address ${address} is taken by another process; every actor needs its own`,
      )
    }
    return this.#local.subscribe(address, receive)
  }

  /** Shows each envelope as it is delivered here or sent to another process. */
  observe(observer: Observer): () => void {
    return this.#local.observe(observer)
  }

  /** Says goodbye to everybody. The server goes on. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#options.server.off('upgrade', this.#upgrade)
    for (const peer of [...this.#peers]) peer.wire.end(closeCodes.goingAway, 'the master ends')
    this.#local.close()
  }

  #flush(): void {
    const peers = [...this.#unflushed]
    this.#unflushed.clear()
    for (const peer of peers) peer.wire.flush()
  }

  readonly #upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy())
    const { server, token } = this.#options
    const [path] = (request.url ?? '').split('?')
    if (path !== linkPath) {
      // Somebody else may answer there; if nobody does, the socket would stay open for ever.
      if (server.listenerCount('upgrade') === 1)
        deny(socket, 404, 'there is nothing to link up with')
      return
    }
    const denial = denialOf(request, token)
    if (denial !== undefined) {
      this.#mark('link.denied', `${placeOf(request)}: ${denial.reason}`)
      return deny(socket, denial.status, denial.reason)
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const { clock, check, clusterId } = this.#options
      const peer = new Peer({
        socket: webSocket,
        clock,
        check,
        clusterId,
        limits: this.#limits,
        parse: this.#parse,
        greeted: (greeted) => this.#takeOver(greeted),
        seat: (address, wanting) => this.#seat(address, wanting),
        unseat: (address) => this.#seats.delete(address),
        received: (envelope) => this.send(envelope),
        rejected: (rejected, problem) =>
          this.#mark('link.rejected', `${nameOf(rejected, request)}: ${problem}`),
        ended: (ended, reason) => this.#lose(ended, `${nameOf(ended, request)}: ${reason}`, reason),
      })
      this.#peers.add(peer)
    })
  }

  /** The same process linked up anew: its old link is over, and its places are free. */
  #takeOver(peer: Peer): void {
    for (const other of [...this.#peers]) {
      if (other !== peer && other.instance === peer.instance) {
        other.wire.end(closeCodes.replaced, 'the same process linked up anew')
      }
    }
  }

  #seat(address: Address, peer: Peer): string | undefined {
    const holder = this.#seats.get(address)
    if (holder === peer) return undefined
    if (holder !== undefined || this.#local.hosts(address)) {
      holder?.wire.probe()
      const reason = `${address} is taken by another process`
      this.#mark('link.refused', reason)
      return reason
    }
    this.#seats.set(address, peer)
    return undefined
  }

  /** In order after everything that came over the link before it broke. */
  #lose(peer: Peer, detail: string, reason: string): void {
    this.#peers.delete(peer)
    this.#unflushed.delete(peer)
    if (this.#isClosed) return
    if (peer.seats.length > 0) this.#mark('link.lost', detail)
    for (const address of peer.seats) {
      this.#seats.delete(address)
      if (!/^(?:agent|scheduler)\//.test(address)) continue
      const message = {
        type: 'lifecycle.exited',
        address,
        reason: `its link broke: ${reason}`,
      } as const
      this.#local.send({ from: address, to: MASTER, message })
    }
  }

  #mark(name: string, detail: string): void {
    this.#options.onMark?.({ name, detail })
  }
}

/** Who it is, for people: what it hosts, or where it called from. */
function nameOf(peer: Peer, request: IncomingMessage): string {
  return peer.seats.length > 0 ? peer.seats.slice(0, 3).join(', ') : placeOf(request)
}

function placeOf({ socket }: IncomingMessage): string {
  return `${socket.remoteAddress ?? 'somebody'}:${socket.remotePort ?? ''}`
}

function deny(socket: Duplex, status: number, reason: string): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(reason)}`,
    '',
    reason,
  ]
  socket.end(head.join('\r\n'))
}
