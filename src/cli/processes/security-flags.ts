import type { Command } from 'commander'
import type { SecurityOptions } from '../../cluster/processes/security.ts'

/** What the flags say about who may reach a master over HTTP. */
export interface SecurityGiven {
  readonly credentials?: string
  readonly authenticateFrameworks?: boolean
  readonly authenticateOperators?: boolean
  readonly acls?: string
  readonly rateLimits?: string
  readonly tlsKey?: string
  readonly tlsCert?: string
}

/** Adds the flags about who may reach a master over HTTP. */
export function withSecurityFlags(command: Command): Command {
  return command
    .option('--credentials <file>', 'principals and their secrets, as JSON or line by line')
    .option('--authenticate-frameworks', 'schedulers show a principal and its secret over HTTP')
    .option('--authenticate-operators', 'so does whoever asks as an operator')
    .option('--acls <file>', 'who may do what, as JSON')
    .option('--rate-limits <file>', 'how many calls a second each principal may make, as JSON')
    .option('--tls-key <file>', 'key of the server (PEM): it answers over HTTPS only')
    .option('--tls-cert <file>', 'certificate of the server (PEM)')
}

/** What the flags mean; nothing when there are none. */
export function securityOptionsOf(given: SecurityGiven): SecurityOptions | undefined {
  const { credentials, authenticateFrameworks, authenticateOperators } = given
  const { acls, rateLimits, tlsKey, tlsCert } = given
  const options: SecurityOptions = {
    ...(credentials !== undefined && { credentials }),
    ...(authenticateFrameworks !== undefined && { authenticateFrameworks }),
    ...(authenticateOperators !== undefined && { authenticateOperators }),
    ...(acls !== undefined && { acls }),
    ...(rateLimits !== undefined && { rateLimits }),
    // One without the other is refused where both are read.
    ...((tlsKey ?? tlsCert) !== undefined && { tls: { key: tlsKey ?? '', cert: tlsCert ?? '' } }),
  }
  return Object.keys(options).length === 0 ? undefined : options
}
