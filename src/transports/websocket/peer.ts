import type WebSocket from 'ws'
import type { Clock } from '../../actors/ports.ts'
import type { Address, Envelope } from '../../messages/index.ts'
import type { EnvelopeCheck } from '../memory.ts'
import {
  closeCodes,
  type Frame,
  type FromHub,
  type FromSpoke,
  type Hello,
  problemWithSeat,
  protocolVersion,
  start,
} from './frames.ts'
import { inspect } from './inspect.ts'
import type { LinkLimits } from './limits.ts'
import { Wire } from './wire.ts'

/** What a peer needs of its hub. */
export interface PeerParts {
  readonly socket: WebSocket
  readonly clock: Clock
  readonly limits: LinkLimits
  readonly check: EnvelopeCheck
  /** The cluster of the master, when it keeps that. */
  readonly clusterId: string | undefined
  readonly parse: (text: string | undefined) => Frame<FromSpoke>
  /** It said who it is; an older connection of the same process is over by the end of the call. */
  readonly greeted: (peer: Peer) => void
  /** Gives it an address, or says why not. */
  readonly seat: (address: Address, peer: Peer) => string | undefined
  readonly unseat: (address: Address, peer: Peer) => void
  readonly received: (envelope: Envelope) => void
  /** It broke a rule, and the link with it. */
  readonly rejected: (peer: Peer, problem: string) => void
  /** The link is over, for whatever reason. */
  readonly ended: (peer: Peer, reason: string) => void
}

/** One process at the other end of a link, as the hub sees it. */
export class Peer {
  /** The random id of the process; empty until it said hello. */
  instance = ''
  readonly wire: Wire
  readonly #parts: PeerParts
  readonly #seats = new Set<Address>()
  /** Addresses that somebody else has: what is said in their name is dropped, and no offence. */
  readonly #refused = new Set<Address>()

  constructor(parts: PeerParts) {
    this.#parts = parts
    const { socket, clock, limits } = parts
    const patience = clock.setTimer(
      () => this.wire.end(closeCodes.silent, 'it did not say who it is'),
      limits.greetingTimeoutMs,
    )
    this.wire = new Wire({
      socket,
      clock,
      limits,
      received: (text) => this.#receive(text),
      ended: (reason) => {
        clock.clearTimer(patience)
        parts.ended(this, reason)
      },
    })
    socket.once('message', () => clock.clearTimer(patience))
  }

  /** The addresses that it hosts. */
  get seats(): readonly Address[] {
    return [...this.#seats]
  }

  #receive(text: string | undefined): void {
    const frame = this.#parts.parse(text)
    if (frame.kind === 'problem') return this.#reject(closeCodes.badFrame, frame.problem)
    if (frame.kind === 'control') return this.#obey(frame.control)
    if (this.instance === '') return this.#reject(closeCodes.badFrame, 'it did not say hello first')
    for (const value of frame.envelopes) {
      if (this.wire.isOver) return
      this.#pass(value)
    }
  }

  #obey(control: FromSpoke): void {
    if (control.type === 'hello') return this.#greet(control)
    if (this.instance === '') return this.#reject(closeCodes.badFrame, 'it did not say hello first')
    const { address } = control
    if (control.type === 'leave') {
      this.#refused.delete(address)
      if (this.#seats.delete(address)) this.#parts.unseat(address, this)
      return
    }
    const reason = this.#seat(address)
    this.#tell(
      reason === undefined ? { type: 'joined', address } : { type: 'refused', address, reason },
    )
  }

  #greet({ version, instance, addresses, clusterId }: Hello): void {
    if (this.instance !== '') return this.#reject(closeCodes.badFrame, 'it says hello twice')
    if (version !== protocolVersion) {
      const problem = `it speaks version ${version} of the link, this master version ${protocolVersion}`
      return this.#reject(closeCodes.version, problem)
    }
    const { clusterId: ours } = this.#parts
    if (ours !== undefined && clusterId !== undefined && clusterId !== ours) {
      const problem = `it belongs to the cluster ${start(clusterId)}, this master to ${start(ours)}`
      return this.#reject(closeCodes.foreignCluster, problem)
    }
    this.instance = instance
    this.#parts.greeted(this)
    const refused = addresses.flatMap((address) => {
      const reason = this.#seat(address)
      return reason === undefined ? [] : [{ address, reason }]
    })
    this.#tell({ type: 'welcome', refused })
  }

  #seat(address: Address): string | undefined {
    if (this.#seats.has(address)) return undefined
    const reason = problemWithSeat(address) ?? this.#parts.seat(address, this)
    if (reason === undefined) {
      this.#seats.add(address)
      this.#refused.delete(address)
    } else this.#refused.add(address)
    return reason
  }

  #pass(value: unknown): void {
    const { check, received } = this.#parts
    const speaks = (from: Address): boolean => this.#seats.has(from) || this.#refused.has(from)
    const inspected = inspect(value, check, speaks)
    if ('problem' in inspected) return this.#reject(inspected.code, inspected.problem)
    if (this.#seats.has(inspected.envelope.from)) received(inspected.envelope)
  }

  #reject(code: number, problem: string): void {
    this.#parts.rejected(this, problem)
    this.wire.end(code, problem)
  }

  #tell(control: FromHub): void {
    this.wire.tell(control)
  }
}
