import type { Ledger } from '../../model/ledger/ledger.ts'
import type { FrameworkRecord } from '../../model/ledger/records.ts'
import { Refusal } from '../server/answers.ts'
import type { HttpRequest, Identity } from '../server/route.ts'
import type { Session } from './session.ts'

/** Longest `Mesos-Stream-Id` that is looked at, in bytes (Mesos: src/master/http.cpp). */
const streamIdBytesMax = 128

/** The header by which a scheduler shows which subscription its calls belong to. */
export const streamIdHeader = 'mesos-stream-id'

/** On whose behalf a call is made. */
export interface Calling {
  readonly framework: FrameworkRecord
  readonly session: Session
}

/**
 * The framework on whose behalf a call may be made: it is there, the caller is its principal, and
 * its current subscription, one of those given by address, is the caller's. Throws a Refusal
 * otherwise (Mesos: src/master/http.cpp, _scheduler, in its order).
 */
export function callingFramework(
  ledger: Ledger,
  sessions: ReadonlyMap<string, Session>,
  frameworkId: string,
  { headers, identity }: Pick<HttpRequest, 'headers' | 'identity'>,
): Calling {
  const framework = ledger.frameworks.get(frameworkId)
  if (framework === undefined) throw new Refusal(400, `Framework ${frameworkId} is not known.`)
  checkPrincipal(framework, identity)
  if (framework.state !== 'connected') {
    throw new Refusal(403, `Framework ${frameworkId} is ${framework.state}; subscribe again.`)
  }
  const session = sessions.get(framework.address)
  if (session === undefined) {
    throw new Refusal(403, `Framework ${frameworkId} is not connected over HTTP.`)
  }
  checkStreamId(headers[streamIdHeader], session)
  return { framework, session }
}

function checkStreamId(shown: string | string[] | undefined, { streamId }: Session): void {
  if (typeof shown !== 'string') {
    throw new Refusal(400, "All calls but SUBSCRIBE must have the header 'Mesos-Stream-Id'.")
  }
  if (Buffer.byteLength(shown) > streamIdBytesMax) {
    throw new Refusal(400, `The stream id is longer than ${streamIdBytesMax} bytes.`)
  }
  if (shown !== streamId) {
    throw new Refusal(400, 'The stream id is not that of the current subscription.')
  }
}

/** Refuses (400) a caller who is not the framework's principal. */
function checkPrincipal({ id, info }: FrameworkRecord, identity: Identity | undefined): void {
  if (identity === undefined || identity.value === info.principal) return
  throw new Refusal(400, `${identity.value} is not the principal of framework ${id}.`)
}
