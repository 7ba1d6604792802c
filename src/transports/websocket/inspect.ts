import { type Address, type Envelope, roleOf } from '../../messages/index.ts'
import type { EnvelopeCheck } from '../memory.ts'
import { closeCodes, start } from './frames.ts'

/** An envelope of which only the outer form is known. */
interface RawEnvelope {
  readonly from: Address
  readonly to: Address
  readonly message: { readonly type: string }
}

/** What came in: an envelope, or why it is none, with the code to close the link with. */
export type Inspected =
  | { readonly envelope: Envelope }
  | { readonly problem: string; readonly code: number }

/**
 * Looks at what came over a link before anybody acts on it. `speaks` says whether the peer may
 * speak for an address.
 */
export function inspect(
  value: unknown,
  check: EnvelopeCheck,
  speaks: (address: Address) => boolean,
): Inspected {
  if (!isRaw(value)) {
    return bad(`an envelope has no from, to and message: ${start(JSON.stringify(value))}`)
  }
  const { from, to, message } = value
  const stranger = [from, to].find((address) => !isAddress(address))
  if (stranger !== undefined) return bad(`${start(stranger)} is no address`)
  if (!speaks(from)) {
    const problem = `${start(from)} does not live there, but ${start(message.type)} comes from it`
    return { problem, code: closeCodes.foreignSender }
  }
  if (!isSound(value, check)) return bad(check.problemWith(value) ?? '')
  if (value.message.type === 'lifecycle.exited' && value.message.address !== from) {
    const problem = `${start(from)} reports the end of ${start(value.message.address)}`
    return { problem, code: closeCodes.foreignSender }
  }
  return { envelope: { from, to, message: value.message } }
}

function bad(problem: string): Inspected {
  return { problem, code: closeCodes.badFrame }
}

function isRaw(value: unknown): value is RawEnvelope {
  if (typeof value !== 'object' || value === null) return false
  if (!('from' in value && 'to' in value && 'message' in value)) return false
  const { from, to, message } = value
  if (typeof from !== 'string' || typeof to !== 'string') return false
  if (typeof message !== 'object' || message === null || !('type' in message)) return false
  return typeof message.type === 'string'
}

function isSound(value: RawEnvelope, check: EnvelopeCheck): value is Envelope {
  return check.problemWith(value) === undefined
}

function isAddress(address: Address): boolean {
  try {
    roleOf(address)
    return true
  } catch {
    return false
  }
}
