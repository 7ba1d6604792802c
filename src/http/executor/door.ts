import type { Door, Seat } from '../../actors/ports.ts'
import { type Address, type Endpoint, pidOf, placeOf } from '../../messages/index.ts'
import type { ExecutorTokens } from '../security/executor-tokens.ts'
import { ExecutorSeat, type SeatParts } from './seat.ts'

export interface ExecutorDoorParts extends Omit<SeatParts, 'heartbeatIntervalMs'> {
  /** Where this agent answers. */
  readonly endpoint: Endpoint
  readonly heartbeatIntervalMs?: number
  /** Signs what they show; without it nobody asks who they are. */
  readonly tokens?: Pick<ExecutorTokens, 'sign'> | undefined
}

/** How often an agent shows an executor that it lives, as in Mesos: every 30 minutes. */
const heartbeatIntervalMs = 1_800_000

/** Lets in the executors of one agent that are programs, over HTTP. */
export class ExecutorDoor implements Door {
  readonly #parts: SeatParts
  readonly #endpoint: Endpoint
  readonly #tokens: Pick<ExecutorTokens, 'sign'> | undefined
  readonly #seats = new Map<Address, ExecutorSeat>()
  /** The seats by framework and executor: no id has a slash. */
  readonly #named = new Map<string, ExecutorSeat>()

  constructor({ endpoint, tokens, ...parts }: ExecutorDoorParts) {
    this.#endpoint = endpoint
    this.#tokens = tokens
    this.#parts = { heartbeatIntervalMs, ...parts }
  }

  open(seat: Seat): Readonly<Record<string, string>> {
    const opened = new ExecutorSeat(seat, this.#parts)
    this.#seats.set(seat.address, opened)
    this.#named.set(nameOf(seat), opened)
    const { frameworkId: fid, executorId: eid, containerId: cid = '' } = seat
    const token = this.#tokens?.sign({ fid, eid, cid })
    return {
      MESOS_AGENT_ENDPOINT: placeOf(this.#endpoint),
      MESOS_SLAVE_PID: pidOf(this.#endpoint),
      ...(token !== undefined && { MESOS_EXECUTOR_AUTHENTICATION_TOKEN: token }),
    }
  }

  close(address: Address): void {
    const closed = this.#seats.get(address)
    if (closed === undefined) return
    this.#seats.delete(address)
    const name = nameOf(closed.seat)
    if (this.#named.get(name) === closed) this.#named.delete(name)
    closed.close()
  }

  /** Milliseconds since the epoch: statuses need not say when they began. */
  now(): number {
    return this.#parts.clock.now()
  }

  find(frameworkId: string, executorId: string): ExecutorSeat | undefined {
    return this.#named.get(nameOf({ frameworkId, executorId }))
  }
}

function nameOf({ frameworkId, executorId }: Pick<Seat, 'frameworkId' | 'executorId'>): string {
  return `${frameworkId}/${executorId}`
}
