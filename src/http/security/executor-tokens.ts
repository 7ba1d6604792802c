import { createHmac, timingSafeEqual } from 'node:crypto'
import { Refusal } from '../server/answers.ts'
import type { Identity, Realm } from '../server/route.ts'
import type { Authenticator } from './basic.ts'

/** Whom a token stands for: a framework, its executor, and the run of that. */
export type ExecutorClaims = Readonly<Record<'fid' | 'eid' | 'cid', string>>

const head = encoded({ alg: 'HS256', typ: 'JWT' })

/**
 * The tokens by which executors show who they are: JSON Web Tokens (RFC 7519) with Mesos' claims,
 * signed with a key that only their agent has. They hold as long as the run they name.
 */
export class ExecutorTokens implements Authenticator {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  sign(claims: ExecutorClaims): string {
    const signed = `${head}.${encoded(claims)}`
    return `${signed}.${this.#signatureOf(signed).toString('base64url')}`
  }

  /** Throws a Refusal (401) unless what is shown is a token that was signed here. */
  identify(shown: string | undefined, realm: Realm): Identity {
    const [, token = ''] = /^bearer +([\w.-]+) *$/i.exec(shown ?? '') ?? []
    const claims = this.#verified(token)
    if (claims !== undefined) return { claims }
    throw new Refusal(401, 'Executors show the token that they were started with.', {
      'www-authenticate': `Bearer realm="${realm}"`,
    })
  }

  #verified(token: string): Readonly<Record<string, string>> | undefined {
    const [first = '', body = '', signature = '', ...rest] = token.split('.')
    if (rest.length > 0 || first !== head) return undefined
    const expected = this.#signatureOf(`${first}.${body}`)
    const given = Buffer.from(signature, 'base64url')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
    // What was signed here is what was written here.
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
  }

  #signatureOf(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest()
  }
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
