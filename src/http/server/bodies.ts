import type { IncomingMessage } from 'node:http'
import { gunzip } from 'node:zlib'
import { Refusal } from './answers.ts'

const nothing = Buffer.alloc(0)

/** Refuses a body that need not be read to know that it cannot be taken. */
export function checkBodyHead({ headers }: IncomingMessage, bytesMax: number): void {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && !/^(?:x-)?gzip$|^identity$|^$/i.test(encoding)) {
    throw new Refusal(415, `The body is encoded as ${encoding}; send it as it is, or as gzip.`)
  }
  if (Number(headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax)
}

/**
 * Reads the body of a request, then calls back once, with the body or with what is wrong with it.
 * It never calls back when the caller hangs up before the end.
 */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
  done: (body: Buffer | Refusal) => void,
): void {
  const chunks: Buffer[] = []
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= bytesMax) chunks.push(chunk)
    else if (bytes - chunk.length <= bytesMax) done(tooLarge(bytesMax))
  })
  request.on('end', () => {
    if (bytes > bytesMax) return
    const [first = nothing] = chunks
    const body = chunks.length > 1 ? Buffer.concat(chunks, bytes) : first
    if (/gzip/i.test(request.headers['content-encoding'] ?? '')) inflate(body, bytesMax, done)
    else done(body)
  })
}

function inflate(body: Buffer, bytesMax: number, done: (body: Buffer | Refusal) => void): void {
  gunzip(body, { maxOutputLength: bytesMax }, (error, inflated) => {
    if (error === null) return done(inflated)
    const isLarge = 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    done(isLarge ? tooLarge(bytesMax) : new Refusal(400, 'The body is said to be gzip and is not.'))
  })
}

function tooLarge(bytesMax: number): Refusal {
  // What is left of the body would be read only to be thrown away.
  return new Refusal(413, `The body is larger than ${bytesMax} bytes.`, { connection: 'close' })
}
