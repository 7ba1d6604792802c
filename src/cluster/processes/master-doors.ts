import type { Server } from 'node:http'
import { hostname } from 'node:os'
import type { Clock, Ids, Transport } from '../../actors/ports.ts'
import { apiRoute } from '../../http/operator/api.ts'
import { History } from '../../http/operator/history.ts'
import {
  type MasterFacts,
  masterInfo,
  type OperatorPorts,
  type Request as OperatorRequest,
} from '../../http/operator/ports.ts'
import { Subscribers } from '../../http/operator/subscribers.ts'
import { SchedulerDoor } from '../../http/scheduler/scheduler-door.ts'
import { HttpFront } from '../../http/server/front.ts'
import { createHttpServer } from '../../http/server/http-server.ts'
import {
  healthRoute,
  mesosVersion,
  redirectRoute,
  versionRoute,
} from '../../http/server/plain-routes.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { MasterReport } from '../../model/master/reports.ts'
import type { Mark } from '../../model/turn.ts'

/** The master behind the doors. */
export interface BehindDoors {
  /** Where it listens: `127.0.0.1:5050`. */
  readonly place: string
  readonly masterId: string
  readonly transport: Transport
  readonly clock: Clock
  readonly ids: Ids
  /** Asks the master for what operators may want; rejects when it is refused. */
  readonly ask: (request: OperatorRequest) => Promise<void>
  /** Its book, for reading. */
  readonly ledger: () => Ledger
}

/** What answers over HTTP on the port of a master. */
export class MasterDoors {
  /** Whoever made the doors listens with it, and closes it. */
  readonly server: Server
  readonly #front: HttpFront
  #schedulers: SchedulerDoor | undefined
  #history: History | undefined
  #subscribers: Subscribers | undefined

  constructor(onMark: (mark: Mark) => void) {
    this.#front = new HttpFront({
      routes: [healthRoute, versionRoute],
      onTrouble: ({ message }) => onMark({ name: 'http.trouble', detail: message }),
    })
    this.server = createHttpServer(this.#front)
  }

  /** Opens what needs the master, in the turn in which it listens. */
  open({ place, masterId, transport, clock, ids, ask, ledger }: BehindDoors): void {
    const facts = factsOf(masterId, place, clock.now())
    const schedulers = new SchedulerDoor({ transport, ids, ledger, masterInfo: masterInfo(facts) })
    const history = new History(ledger, clock, {
      completedTasksMax: ledger().completedTasksMax,
    })
    const ports: OperatorPorts = { facts, ledger, history, ask, clock }
    const subscribers = new Subscribers(ports)
    this.#schedulers = schedulers
    this.#history = history
    this.#subscribers = subscribers
    this.#front.add([redirectRoute(place), schedulers.route, apiRoute(ports, subscribers)])
  }

  /** The master tells what its book will not remember. */
  take(report: MasterReport): void {
    this.#history?.take(report)
    if (report.type === 'frameworkRemoved') this.#schedulers?.frameworkRemoved(report.frameworkId)
  }

  /** Ends all answers that go on, and then all connections. */
  close(closed: () => void): void {
    this.#schedulers?.close('the master was closed')
    this.#subscribers?.close()
    this.server.close(closed)
    // What was written last is on its way by then.
    setImmediate(() => this.server.closeAllConnections())
  }
}

function factsOf(id: string, place: string, startedAtMs: number): MasterFacts {
  const [, ip = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(place) ?? []
  return {
    id,
    hostname: hostname(),
    ip,
    port: Number(port),
    version: mesosVersion,
    startedAtMs,
    flags: {},
  }
}
