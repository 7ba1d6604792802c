import type { IncomingMessage } from 'node:http'
import { Refusal } from '../server/answers.ts'
import type { Identity, Realm, Route } from '../server/route.ts'
import type { Authenticator } from './basic.ts'
import type { RateLimiter } from './rate-limits.ts'

export interface GatekeeperParts {
  /** Who has to say who they are where, and how; where nothing is given, nobody. */
  readonly authenticators: ReadonlyMap<Realm, Authenticator>
  readonly limiter?: RateLimiter | undefined
}

const msPerSecond = 1_000

/** Looks at every request before it is read: who calls, and whether they call too often. */
export class Gatekeeper {
  readonly #parts: GatekeeperParts

  constructor(parts: GatekeeperParts) {
    this.#parts = parts
  }

  /** Throws a Refusal: 401 without proof, 403 for a caller without a name, 429 for too many. */
  identify({ realm }: Route, { headers }: IncomingMessage): Identity | undefined {
    const { authenticators, limiter } = this.#parts
    if (realm === undefined) return undefined
    const identity = authenticators.get(realm)?.identify(headers.authorization, realm)
    if (identity !== undefined && identity.value === undefined && !hasClaims(realm)) {
      throw new Refusal(403, 'A caller needs a name here; what was shown has claims only.')
    }
    const waitMs = limiter?.take(identity?.value) ?? 0
    if (waitMs > 0) {
      throw new Refusal(429, 'These are too many calls; make fewer of them.', {
        'retry-after': String(Math.ceil(waitMs / msPerSecond)),
      })
    }
    return identity
  }
}

/** Executors are known by what their tokens claim. */
function hasClaims(realm: Realm): boolean {
  return realm === 'mesos-agent-executor'
}
