import { createSecureContext } from 'node:tls'
import type { Clock } from '../../actors/ports.ts'
import { readAcls } from '../../http/security/acls.ts'
import { type Authorizer, LocalAuthorizer } from '../../http/security/authorizer.ts'
import { type Authenticator, BasicAuthenticator } from '../../http/security/basic.ts'
import { type Credentials, readCredentials } from '../../http/security/credentials.ts'
import { Gatekeeper } from '../../http/security/gatekeeper.ts'
import { RateLimiter, readRateLimits } from '../../http/security/rate-limits.ts'
import type { TlsOptions } from '../../http/server/http-server.ts'
import type { Realm } from '../../http/server/route.ts'
import { InvalidInputError } from '../../model/errors.ts'
import { readGiven } from './given-file.ts'
import { isLoopback } from './token.ts'

/** Who may reach a master over HTTP. Files may be given as their text, when that is JSON. */
export interface SecurityOptions {
  /** Principals and their secrets, in one of Mesos' forms. */
  readonly credentials?: string
  /** Schedulers show a principal and its secret (HTTP Basic). Default false. */
  readonly authenticateFrameworks?: boolean
  /** So does whoever asks the operators' API and endpoints. Default false. */
  readonly authenticateOperators?: boolean
  /** Who may do what, in Mesos' form. By default everybody everything. */
  readonly acls?: string
  /** How many calls a second each principal may make, in Mesos' form. By default any number. */
  readonly rateLimits?: string
  /** The server's key and certificate (chain), as files of PEM. By default none: plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

/** What the options come to. */
export interface Security {
  readonly gatekeeper: Gatekeeper
  readonly authorizer: Authorizer | undefined
  readonly tls: TlsOptions | undefined
}

/** Reads what the options name. Throws InvalidInputError, with no secret in its sentence. */
export function securityOf(options: SecurityOptions, clock: Pick<Clock, 'now'>): Security {
  const { rateLimits, tls } = options
  if (tls !== undefined && (tls.key === '' || tls.cert === '')) {
    throw new InvalidInputError('tls: a key needs its certificate, and a certificate its key')
  }
  const limits = rateLimits === undefined ? undefined : readRateLimits(textOf(rateLimits, 'limits'))
  return {
    gatekeeper: new Gatekeeper({
      authenticators: authenticatorsOf(options),
      ...(limits && { limiter: new RateLimiter(limits, clock) }),
    }),
    authorizer: authorizerOf(options),
    tls: tls && tlsOf(tls),
  }
}

function tlsOf(files: NonNullable<SecurityOptions['tls']>): TlsOptions {
  const tls = { key: readGiven(files.key, 'key'), cert: readGiven(files.cert, 'certificate') }
  try {
    createSecureContext(tls)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const what = `the key ${files.key} and the certificate ${files.cert} cannot be used together`
    throw new InvalidInputError(`tls: ${what}: ${why}; give both as PEM`)
  }
  return tls
}

/** Refuses an address that other machines reach, unless callers over HTTP say who they are. */
export function checkReach(ip: string, options: SecurityOptions, insecure: boolean): void {
  const { authenticateFrameworks = false, authenticateOperators = false } = options
  if (isLoopback(ip) || insecure || (authenticateFrameworks && authenticateOperators)) return
  const advice = 'authenticate frameworks and operators, or say insecure'
  throw new InvalidInputError(
    `a master on ${ip} would carry out anybody's calls over HTTP; ${advice}`,
  )
}

function authenticatorsOf(options: SecurityOptions): ReadonlyMap<Realm, Authenticator> {
  const { authenticateFrameworks = false, authenticateOperators = false } = options
  // Also where nobody has to show them: a mistake in them should be seen when they are given.
  const credentials = credentialsOf(options)
  if (!authenticateFrameworks && !authenticateOperators) return new Map()
  if (credentials === undefined) {
    throw new InvalidInputError('nobody can show who they are without credentials; give their file')
  }
  const basic = new BasicAuthenticator(credentials)
  const realms: Realm[] = [
    ...(authenticateFrameworks ? (['mesos-master-scheduler'] as const) : []),
    ...(authenticateOperators
      ? (['mesos-master-readonly', 'mesos-master-readwrite'] as const)
      : []),
  ]
  return new Map(realms.map((realm) => [realm, basic]))
}

/** Who may do what; nothing when everybody may everything. Throws InvalidInputError. */
export function authorizerOf({ acls }: Pick<SecurityOptions, 'acls'>): Authorizer | undefined {
  return acls === undefined ? undefined : new LocalAuthorizer(readAcls(textOf(acls, 'ACLs')))
}

/** Who may show what. Throws InvalidInputError, with no secret in its sentence. */
export function credentialsOf({
  credentials,
}: Pick<SecurityOptions, 'credentials'>): Credentials | undefined {
  return credentials === undefined ? undefined : readCredentials(textOf(credentials, 'credentials'))
}

/** The text of a file, or the text itself: JSON begins with a bracket, and no path does. */
function textOf(given: string, what: string): string {
  return /^\s*[{[]/.test(given) ? given : readGiven(given, what)
}
