import type { Server } from 'node:http'
import type { Clock, Ids } from '../../actors/ports.ts'
import { OperatorDoor } from '../../http/operator/operator-door.ts'
import { type MasterFacts, masterInfo as masterInfoOf } from '../../http/operator/ports.ts'
import { SchedulerDoor } from '../../http/scheduler/scheduler-door.ts'
import type { Authorizer } from '../../http/security/authorizer.ts'
import { HttpFront } from '../../http/server/front.ts'
import { createHttpServer } from '../../http/server/http-server.ts'
import type { HttpLimits } from '../../http/server/limits.ts'
import {
  healthRoute,
  mesosVersion,
  redirectRoute,
  versionRoute,
} from '../../http/server/plain-routes.ts'
import type { Route } from '../../http/server/route.ts'
import { declineUpgrades } from '../../http/server/upgrades.ts'
import type { OperatorRequest } from '../../messages/index.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { MasterReport } from '../../model/master/reports.ts'
import type { Mark } from '../../model/turn.ts'
import { linkPath } from '../../transports/websocket/frames.ts'
import type { WatchedTransport } from '../controls.ts'
import type { Security } from './security.ts'

/** How a master answers over HTTP. */
export interface MasterHttpOptions extends Partial<HttpLimits> {}

export interface MasterDoorsParts {
  readonly limits: Partial<HttpLimits>
  readonly security: Security
  readonly onMark: (mark: Mark) => void
  /** How clients are told to call the machine. */
  readonly hostname: string
}

/** The master behind the doors. */
export interface BehindDoors {
  /** Where it listens: `127.0.0.1:5050`. */
  readonly place: string
  readonly masterId: string
  readonly transport: WatchedTransport
  readonly ids: Ids
  readonly clock: Clock
  /** Its book, for reading. */
  readonly ledger: () => Ledger
  /** Resolves to its answer to an operator. */
  readonly ask: (request: OperatorRequest) => Promise<void>
  /** With what it was started, as operators may see it. */
  readonly flags: Readonly<Record<string, string>>
}

/** What answers over HTTP on the port of a master. */
export class MasterDoors {
  /** Whoever made the doors listens with it, and closes it. */
  readonly server: Server
  readonly #front: HttpFront
  readonly #hostname: string
  readonly #authorizer: Authorizer | undefined
  #schedulers: SchedulerDoor | undefined
  #operators: OperatorDoor | undefined

  constructor({ limits, security, onMark, hostname }: MasterDoorsParts) {
    const { gatekeeper, authorizer, tls } = security
    this.#authorizer = authorizer
    this.#hostname = hostname
    this.#front = new HttpFront({
      routes: [healthRoute, versionRoute],
      limits,
      identify: (route, request) => gatekeeper.identify(route, request),
      onTrouble: ({ message }) => onMark({ name: 'http.trouble', detail: message }),
    })
    this.server = createHttpServer(this.#front, tls)
    declineUpgrades(this.server, linkPath)
  }

  /** Opens what needs the master, in the turn in which it listens. */
  open(behind: BehindDoors): void {
    const { place, transport, clock, ids, ledger } = behind
    const facts = factsOf(behind, this.#hostname)
    const masterInfo = masterInfoOf(facts)
    const authorizer = this.#authorizer && { authorizer: this.#authorizer }
    const parts = { transport, clock, ids, ledger, masterInfo, ...authorizer }
    this.#schedulers = new SchedulerDoor({
      ...parts,
      answered: (frameworkId, call) => this.#operators?.noteAnswered(frameworkId, call),
    })
    const { completedTasksMax } = ledger()
    this.#operators = new OperatorDoor({ ...behind, facts, ...authorizer }, { completedTasksMax })
    transport.observe(this.#operators.note)
    const routes = [redirectRoute(place), this.#schedulers.route, ...this.#operators.routes]
    this.#front.add([...routes, ...[healthRoute, ...routes].flatMap(underMaster)])
  }

  /** Takes a report of the master, in the order of the turns. */
  take(report: MasterReport): void {
    this.#operators?.take(report)
    if (report.type === 'frameworkRemoved') this.#schedulers?.frameworkRemoved(report.frameworkId)
  }

  /** Ends all answers that go on, and then all connections. */
  close(closed: () => void): void {
    this.#schedulers?.close('the master was closed')
    this.#operators?.close()
    this.server.close(closed)
    // What was written last is on its way by then.
    setImmediate(() => this.server.closeAllConnections())
  }
}

/** What Mesos' processes other than its master answer to. */
const elsewhere = /^\/(?:metrics|files)(?:\/|$)/

/** Mesos' master is one of several processes behind a port: its paths have a longer form, too. */
function underMaster(route: Route): Route[] {
  return elsewhere.test(route.path) ? [] : [{ ...route, path: `/master${route.path}` }]
}

function factsOf({ masterId, place, clock, flags }: BehindDoors, hostname: string): MasterFacts {
  const [, ip = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(place) ?? []
  return {
    id: masterId,
    hostname,
    ip,
    port: Number(port),
    version: mesosVersion,
    startedAtMs: clock.now(),
    flags,
  }
}
