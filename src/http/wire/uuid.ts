import { bytesAt, WireError } from './json.ts'

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const uuidBytes = 16
/** Nobody who makes UUIDs makes bytes that begin so. */
const textMark = 'text:'

/**
 * An id of ours as Mesos carries it: the 16 bytes of the UUID in base64. An id that is no UUID, as
 * simulations and tests use, becomes the bytes of its text behind a mark.
 */
export function uuidToWire(uuid: string): string {
  if (!uuidPattern.test(uuid)) return Buffer.from(textMark + uuid).toString('base64')
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64')
}

/** The id again. Anything but a UUID of RFC 4122 is a WireError, as in Mesos, or such a text. */
export function uuidFromWire(base64: unknown, path: string): string {
  const bytes = Buffer.from(bytesAt(base64, path), 'base64')
  if (bytes.length === uuidBytes) {
    const uuid = dashed(bytes.toString('hex'))
    if (uuidPattern.test(uuid)) return uuid
  }
  const text = bytes.toString('utf8')
  if (text.startsWith(textMark)) return text.slice(textMark.length)
  throw new WireError(`${path} must be the 16 bytes of a UUID (RFC 4122) in base64`)
}

function dashed(hex: string): string {
  const [time, middle, high] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16)]
  return `${time}-${middle}-${high}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
