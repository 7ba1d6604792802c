import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Refusal } from '../server/answers.ts'
import type { Identity, Realm } from '../server/route.ts'
import type { Credentials } from './credentials.ts'

/** Finds out who calls by what they show. */
export interface Authenticator {
  /** `shown` is the header `Authorization`. Throws a Refusal (401) when it proves nothing. */
  identify(shown: string | undefined, realm: Realm): Identity
}

/** HTTP Basic, against a list of secrets. How long a comparison takes tells nothing of them. */
export class BasicAuthenticator implements Authenticator {
  readonly #key = randomBytes(32)
  readonly #digests: ReadonlyMap<string, Buffer>
  readonly #nobody = randomBytes(32)

  constructor(credentials: Credentials) {
    this.#digests = new Map(
      [...credentials].map(([principal, secret]) => [principal, this.#digest(secret)]),
    )
  }

  identify(shown: string | undefined, realm: Realm): Identity {
    const [, encoded] = /^basic +([\w+/=-]+) *$/i.exec(shown ?? '') ?? []
    if (encoded === undefined) throw denied(realm)
    const text = Buffer.from(encoded, 'base64').toString('utf8')
    const colon = text.indexOf(':')
    const principal = text.slice(0, Math.max(0, colon))
    // An unknown principal takes as long as a known one.
    const expected = this.#digests.get(principal) ?? this.#nobody
    if (!timingSafeEqual(this.#digest(text.slice(colon + 1)), expected)) throw denied(realm)
    return { value: principal }
  }

  #digest(secret: string): Buffer {
    return createHmac('sha256', this.#key).update(secret).digest()
  }
}

function denied(realm: Realm): Refusal {
  return new Refusal(401, 'Who are you? Show the principal and its secret.', {
    'www-authenticate': `Basic realm="${realm}"`,
  })
}
