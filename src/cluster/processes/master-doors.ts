import type { Server } from 'node:http'
import { hostname } from 'node:os'
import type { Clock, Ids, Transport } from '../../actors/ports.ts'
import { apiRoute } from '../../http/operator/api.ts'
import { History } from '../../http/operator/history.ts'
import { type MasterFacts, masterInfo, type Request } from '../../http/operator/ports.ts'
import { Subscribers } from '../../http/operator/subscribers.ts'
import { SchedulerDoor } from '../../http/scheduler/scheduler-door.ts'
import { HttpFront } from '../../http/server/front.ts'
import { createHttpServer } from '../../http/server/http-server.ts'
import type { HttpLimits } from '../../http/server/limits.ts'
import {
  healthRoute,
  mesosVersion,
  redirectRoute,
  versionRoute,
} from '../../http/server/plain-routes.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { MasterReport } from '../../model/master/reports.ts'
import type { Mark } from '../../model/turn.ts'

/** How a master answers over HTTP. */
export interface MasterHttpOptions extends Partial<HttpLimits> {}

/** The master behind the doors. */
export interface BehindDoors {
  /** Where it listens: `127.0.0.1:5050`. */
  readonly place: string
  readonly masterId: string
  readonly transport: Transport
  readonly clock: Clock
  readonly ids: Ids
  /** Its book, for reading. */
  readonly ledger: () => Ledger
  /** Resolves when what an operator asks for counts; rejects when it is refused. */
  readonly ask: (request: Request) => Promise<void>
}

interface Opened {
  readonly history: History
  readonly schedulers: SchedulerDoor
  readonly subscribers: Subscribers
}

/** What answers over HTTP on the port of a master. */
export class MasterDoors {
  /** Whoever made the doors listens with it, and closes it. */
  readonly server: Server
  readonly #front: HttpFront
  #opened: Opened | undefined
  /** What the master reported before there was anybody to hear it. */
  #early: MasterReport[] = []

  constructor(limits: MasterHttpOptions, onMark: (mark: Mark) => void) {
    this.#front = new HttpFront({
      routes: [healthRoute, versionRoute],
      limits,
      onTrouble: ({ message }) => onMark({ name: 'http.trouble', detail: message }),
    })
    this.server = createHttpServer(this.#front)
  }

  /** Opens what needs the master, in the turn in which it listens. */
  open({ place, masterId, transport, ids, ...behind }: BehindDoors): void {
    const { clock, ledger } = behind
    const facts = factsOf(masterId, place, clock.now())
    const history = new History(ledger, clock)
    const ports = { ...behind, facts, history }
    const subscribers = new Subscribers(ports)
    const schedulers = new SchedulerDoor({
      transport,
      clock,
      ids,
      ledger,
      masterInfo: masterInfo(facts),
    })
    this.#opened = { history, schedulers, subscribers }
    this.#front.add([redirectRoute(place), schedulers.route, apiRoute(ports, subscribers)])
    for (const report of this.#early.splice(0)) this.take(report)
  }

  /** Hears what the master reports, in order. */
  take(report: MasterReport): void {
    if (this.#opened === undefined) return void this.#early.push(report)
    const { history, schedulers } = this.#opened
    history.take(report)
    if (report.type === 'frameworkRemoved') schedulers.frameworkRemoved(report.frameworkId)
  }

  /** Ends all answers that go on, and then all connections. */
  close(closed: () => void): void {
    this.#opened?.schedulers.close('the master was closed')
    this.#opened?.subscribers.close()
    this.server.close(closed)
    // What was written last is on its way by then.
    setImmediate(() => this.server.closeAllConnections())
  }
}

function factsOf(id: string, place: string, startedAtMs: number): MasterFacts {
  const [, ip = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(place) ?? []
  const name = hostname()
  return {
    id,
    hostname: name,
    ip,
    port: Number(port),
    version: mesosVersion,
    startedAtMs,
    flags: {},
  }
}
