import type { Server } from 'node:http'
import { networkInterfaces } from 'node:os'
import type { Clock, Door, Transport } from '../../actors/ports.ts'
import { ExecutorDoor } from '../../http/executor/door.ts'
import { type AgentState, executorRoute } from '../../http/executor/route.ts'
import { HttpFront } from '../../http/server/front.ts'
import { createHttpServer } from '../../http/server/http-server.ts'
import { healthRoute, versionRoute } from '../../http/server/plain-routes.ts'
import type { Address, Endpoint } from '../../messages/index.ts'
import { InvalidInputError } from '../../model/errors.ts'

/** Where an agent answers its executors and operators over HTTP. */
export interface AgentHttpOptions {
  /** 0, the default, takes any that is free. */
  readonly port?: number
  /** The address of this machine to listen at; by default only this machine can reach it. */
  readonly ip?: string
}

/** Who is behind the doors. */
export interface Insider {
  readonly address: Address
  readonly transport: Transport
  readonly clock: Clock
  readonly state: AgentState
}

/** What answers over HTTP on the port of an agent. */
export class AgentDoors {
  /** Where executors and operators reach it. */
  readonly endpoint: Endpoint
  readonly #server: Server
  readonly #front: HttpFront

  /** Listens; rejects with InvalidInputError when it cannot. */
  static async listen({ port = 0, ip = '127.0.0.1' }: AgentHttpOptions): Promise<AgentDoors> {
    const front = new HttpFront({ routes: [healthRoute, versionRoute] })
    const server = createHttpServer(front)
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) =>
        reject(new InvalidInputError(`http: cannot listen at ${ip}:${port}: ${error.message}`)),
      )
      server.listen(port, ip, resolve)
    })
    const place = server.address()
    const taken = typeof place === 'object' && place !== null ? place.port : port
    return new AgentDoors(server, front, { ip: reachable(ip), port: taken })
  }

  private constructor(server: Server, front: HttpFront, endpoint: Endpoint) {
    this.#server = server
    this.#front = front
    this.endpoint = endpoint
  }

  /** Lets executors of this agent in from now on. */
  open({ address: agent, transport, clock, state }: Insider): Door {
    const door = new ExecutorDoor({ agent, transport, clock, endpoint: this.endpoint })
    this.#front.add([executorRoute(door, state)])
    return door
  }

  /** Ends all that is under way; resolves when the port is free. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }
}

/** Whoever listens everywhere is reached at some address that is not only this machine's. */
function reachable(ip: string): string {
  if (ip !== '0.0.0.0' && ip !== '::') return ip
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}
