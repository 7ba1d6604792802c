import type { Server } from 'node:http'
import { HttpFront } from '../../http/server/front.ts'
import { createHttpServer } from '../../http/server/http-server.ts'
import { healthRoute, redirectRoute, versionRoute } from '../../http/server/plain-routes.ts'

/** What answers over HTTP on the port of a master. */
export class MasterDoors {
  /** Whoever made the doors listens with it, and closes it. */
  readonly server: Server
  readonly #front: HttpFront

  constructor() {
    this.#front = new HttpFront({ routes: [healthRoute, versionRoute] })
    this.server = createHttpServer(this.#front)
  }

  /** Opens what needs the master; it listens at the place given. */
  open(place: string): void {
    this.#front.add([redirectRoute(place)])
  }
}
