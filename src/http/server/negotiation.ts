import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from './answers.ts'

const protobuf = 'application/x-protobuf'

/** Refuses a body that is not said to be JSON: 400 when nothing is said, else 415. */
export function expectJson(headers: IncomingHttpHeaders): void {
  const type = headers['content-type']
  if (type === 'application/json') return
  if (type === undefined) throw new Refusal(400, "The header 'Content-Type' is missing.")
  const why =
    type === protobuf
      ? 'Only JSON is spoken here, no protobuf: send the header'
      : `The header 'Content-Type' is ${JSON.stringify(type)}; send exactly`
  throw new Refusal(415, `${why} 'Content-Type: application/json'.`)
}

/** Refuses (406) a caller whose header 'Accept' excludes JSON. */
export function expectAcceptsJson(headers: IncomingHttpHeaders): void {
  const { accept } = headers
  if (accept === undefined || accepts(accept, 'application/json')) return
  throw new Refusal(
    406,
    "The header 'Accept' does not allow 'application/json', and nothing else is spoken here.",
  )
}

/** Whether an `Accept` header allows a media type, itself or by a wildcard. */
export function accepts(accept: string, type: string): boolean {
  const family = `${type.slice(0, type.indexOf('/'))}/*`
  return accept.split(',').some((entry) => {
    const [range = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase())
    const isNamed = range === type || range === family || range === '*/*' || range === ''
    return isNamed && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
  })
}
