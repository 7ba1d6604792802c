import type { Server } from 'node:http'
import { hostname } from 'node:os'
import type { Ids, Transport } from '../../actors/ports.ts'
import { SchedulerDoor } from '../../http/scheduler/scheduler-door.ts'
import { HttpFront } from '../../http/server/front.ts'
import { createHttpServer } from '../../http/server/http-server.ts'
import {
  healthRoute,
  mesosVersion,
  redirectRoute,
  versionRoute,
} from '../../http/server/plain-routes.ts'
import type { Json } from '../../http/wire/json.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { Mark } from '../../model/turn.ts'

/** The master behind the doors. */
export interface BehindDoors {
  /** Where it listens: `127.0.0.1:5050`. */
  readonly place: string
  readonly masterId: string
  readonly transport: Transport
  readonly ids: Ids
  /** Its book, for reading. */
  readonly ledger: () => Ledger
}

/** What answers over HTTP on the port of a master. */
export class MasterDoors {
  /** Whoever made the doors listens with it, and closes it. */
  readonly server: Server
  readonly #front: HttpFront
  #schedulers: SchedulerDoor | undefined

  constructor(onMark: (mark: Mark) => void) {
    this.#front = new HttpFront({
      routes: [healthRoute, versionRoute],
      onTrouble: ({ message }) => onMark({ name: 'http.trouble', detail: message }),
    })
    this.server = createHttpServer(this.#front)
  }

  /** Opens what needs the master, in the turn in which it listens. */
  open({ place, masterId, transport, ids, ledger }: BehindDoors): void {
    const masterInfo = masterInfoOf(masterId, place)
    this.#schedulers = new SchedulerDoor({ transport, ids, ledger, masterInfo })
    this.#front.add([redirectRoute(place), this.#schedulers.route])
  }

  /** A framework is gone for good. */
  frameworkRemoved(frameworkId: string): void {
    this.#schedulers?.frameworkRemoved(frameworkId)
  }

  /** Ends all answers that go on, and then all connections. */
  close(closed: () => void): void {
    this.#schedulers?.close('the master was closed')
    this.server.close(closed)
    // What was written last is on its way by then.
    setImmediate(() => this.server.closeAllConnections())
  }
}

/** What Mesos tells of its master. */
function masterInfoOf(id: string, place: string): Json {
  const [, ip = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(place) ?? []
  const name = hostname()
  return {
    id,
    ip: ip.split('.').reduceRight((number, byte) => number * 256 + (Number(byte) || 0), 0),
    port: Number(port),
    pid: `master@${place}`,
    hostname: name,
    version: mesosVersion,
    address: { hostname: name, ip, port: Number(port) },
    capabilities: [{ type: 'AGENT_UPDATE' }, { type: 'AGENT_DRAINING' }, { type: 'QUOTA_V2' }],
  }
}
