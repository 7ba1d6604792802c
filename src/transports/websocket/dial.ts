import type { IncomingMessage } from 'node:http'
import WebSocket from 'ws'
import type { Clock } from '../../actors/ports.ts'
import { closeCodes, linkPath } from './frames.ts'
import type { LinkLimits } from './limits.ts'
import { bearer } from './token.ts'
import { Wire } from './wire.ts'

/** How a link over TLS is made. */
export interface LinkTls {
  /** Whose certificates are trusted (PEM), in place of those that Node trusts by itself. */
  readonly ca?: string
}

export interface DialOptions {
  /** `host:port`. */
  readonly master: string
  /** Over TLS, if there is something here. */
  readonly tls?: LinkTls | undefined
  readonly token: string | undefined
  readonly clock: Clock
  readonly limits: LinkLimits
  readonly opened: (wire: Wire) => void
  readonly received: (text: string | undefined, wire: Wire) => void
  /** Called once, whether it was ever open or not. `denied`: the master does not want it. */
  readonly ended: (reason: string, denied: boolean) => void
}

/** Longest explanation of a refusal that is read. */
const explanationCharactersMax = 500

/** Closed so, it makes no sense to come back unchanged. */
const denials: readonly number[] = [closeCodes.version, closeCodes.foreignCluster]

/** A close frame has no room for what to do about it. */
const foreignAdvice =
  '; link it up with a master of its own cluster, or start it in an empty work directory'

/** Tries once to link up with a master. */
export function dial(options: DialOptions): { readonly cancel: () => void } {
  const { master, tls, token, clock, limits, opened, received, ended } = options
  const socket = new WebSocket(`${tls === undefined ? 'ws' : 'wss'}://${master}${linkPath}`, {
    perMessageDeflate: false,
    handshakeTimeout: limits.greetingTimeoutMs,
    maxPayload: limits.frameBytesMax,
    followRedirects: false,
    ...tls,
    ...(token !== undefined && { headers: { authorization: bearer(token) } }),
  })
  let wire: Wire | undefined
  let isOver = false
  let denied = false
  let advice = ''
  const end = (reason: string): void => {
    if (isOver) return
    isOver = true
    ended(`${reason}${advice}`, denied)
  }
  socket.on('error', (error) => {
    if (wire === undefined) end(sentenceOf(error))
  })
  socket.on('unexpected-response', (_request, response) => {
    denied = (response.statusCode ?? 0) < 500
    void explanationOf(response).then((text) => {
      end(`the master answers ${response.statusCode}: ${text}`)
      socket.terminate()
    })
  })
  socket.on('close', (code) => {
    denied ||= denials.includes(code)
    if (code === closeCodes.foreignCluster) advice = foreignAdvice
  })
  socket.on('open', () => {
    wire = new Wire({
      socket,
      clock,
      limits,
      received: (text) => {
        if (wire !== undefined) received(text, wire)
      },
      ended: end,
    })
    opened(wire)
  })
  return {
    cancel: () => {
      if (wire !== undefined) return
      isOver = true
      socket.terminate()
    },
  }
}

async function explanationOf(response: IncomingMessage): Promise<string> {
  let text = ''
  response.setEncoding('utf8')
  try {
    for await (const part of response) {
      text += part
      if (text.length > explanationCharactersMax) break
    }
  } catch {
    // What there is of it must do.
  }
  return (
    text.slice(0, explanationCharactersMax).trim() || (response.statusMessage ?? 'without a word')
  )
}

function sentenceOf(error: Error): string {
  if ('code' in error && error.code === 'ECONNREFUSED') return 'nobody listens there'
  if ('code' in error && error.code === 'ENOTFOUND') return 'there is no host of that name'
  return error.message === '' ? error.name : error.message
}
