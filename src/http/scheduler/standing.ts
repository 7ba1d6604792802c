import type { IncomingHttpHeaders } from 'node:http'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { FrameworkRecord } from '../../model/ledger/records.ts'
import { Refusal } from '../server/answers.ts'
import type { Identity } from '../server/route.ts'
import { addressOf } from './session.ts'

/** Longest `Mesos-Stream-Id` that is looked at, in bytes (Mesos: src/master/http.cpp). */
const streamIdBytesMax = 128

/** The header by which a scheduler shows which subscription its calls belong to. */
export const streamIdHeader = 'mesos-stream-id'

/**
 * The framework on whose behalf a call may be made: it is there, the caller is its principal, and
 * its current subscription is the caller's. Throws a Refusal otherwise (Mesos:
 * src/master/http.cpp, _scheduler, in its order).
 */
export function callingFramework(
  ledger: Ledger,
  frameworkId: string,
  headers: IncomingHttpHeaders,
  identity: Identity | undefined,
): FrameworkRecord {
  const framework = ledger.frameworks.get(frameworkId)
  if (framework === undefined) throw new Refusal(400, `Framework ${frameworkId} is not known.`)
  checkPrincipal(framework, identity)
  if (framework.state !== 'connected') {
    throw new Refusal(403, `Framework ${frameworkId} is ${framework.state}; subscribe again.`)
  }
  const streamId = headers[streamIdHeader]
  if (typeof streamId !== 'string') {
    throw new Refusal(400, "All calls but SUBSCRIBE must have the header 'Mesos-Stream-Id'.")
  }
  if (Buffer.byteLength(streamId) > streamIdBytesMax) {
    throw new Refusal(400, `The stream id is longer than ${streamIdBytesMax} bytes.`)
  }
  if (framework.address !== addressOf(streamId)) {
    throw new Refusal(400, `The stream id is not that of the subscription of ${frameworkId}.`)
  }
  return framework
}

/** Refuses (400) a caller who is not the framework's principal. */
export function checkPrincipal(
  { id, info }: FrameworkRecord,
  identity: Identity | undefined,
): void {
  if (identity === undefined || identity.value === info.principal) return
  throw new Refusal(400, `${identity.value} is not the principal of framework ${id}.`)
}
