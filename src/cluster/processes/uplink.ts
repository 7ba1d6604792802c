import { EnvelopeChecker } from '../../messages/checker.ts'
import type { Address } from '../../messages/index.ts'
import { ClosedError } from '../../model/errors.ts'
import type { LinkTls } from '../../transports/websocket/dial.ts'
import { type LinkNews, WebSocketSpoke } from '../../transports/websocket/spoke.ts'
import type { Hosting } from '../hosting.ts'
import { readGiven } from './given-file.ts'
import { tokenFromNeighbour } from './neighbours.ts'
import { hostOf, isSecure, placeOf, portOf } from './place.ts'
import { givenToken, isLoopback, type TokenOptions } from './token.ts'

export type { LinkNews } from '../../transports/websocket/spoke.ts'

/** Where a process finds its master. */
export interface UplinkOptions extends TokenOptions {
  /**
   * A file of certificates (PEM) to trust when the master is reached over `https://`. By default
   * those that Node trusts.
   */
  readonly tlsCa?: string
  /** Hears how the link stands: open, down and why, or whose address is taken. */
  readonly onLink?: (news: LinkNews) => void
}

export const uplinkKeys: readonly string[] = [
  'token',
  'tokenFile',
  'onLink',
  'tlsCa',
  'timeouts',
  'inspect',
  'clock',
  'ids',
]

/** So often in a row an address is refused before its owner gives up: its last process lives. */
const refusalsMax = 3

/** Links up with a master, and hears of what goes wrong. Throws InvalidInputError. */
export function linkUp(
  master: string,
  hosting: Hosting,
  options: UplinkOptions,
  parts: {
    readonly isPrivate?: (address: Address) => boolean
    /** The cluster that it belongs to: no master of another one wants it. */
    readonly clusterId?: () => string | undefined
    readonly onNews: (news: LinkNews) => void
  },
): WebSocketSpoke {
  const { clock, ids, note } = hosting
  const { isPrivate, clusterId, onNews } = parts
  const place = placeOf(master)
  return new WebSocketSpoke({
    clock,
    master: place,
    ...(isSecure(master) && { tls: tlsOf(options) }),
    token: tokenFor(place, options),
    instance: ids.uuid(),
    random: () => ids.seed() / 2 ** 32,
    check: new EnvelopeChecker(),
    ...(isPrivate !== undefined && { isPrivate }),
    ...(clusterId !== undefined && { clusterId }),
    onMark: note,
    onNews: (news) => {
      onNews(news)
      options.onLink?.(news)
    },
  })
}

function tlsOf({ tlsCa }: UplinkOptions): LinkTls {
  return tlsCa === undefined ? {} : { ca: readGiven(tlsCa, 'trusted certificates') }
}

/** What is shown at a place: what was given, or what a master of this user has left there. */
function tokenFor(place: string, options: TokenOptions): () => string | undefined {
  const given = givenToken(options)
  if (given !== undefined || !isLoopback(hostOf(place))) return () => given
  return () => tokenFromNeighbour(portOf(place))
}

/** Whether news mean that it makes no sense to go on waiting; the error that says why. */
export function hopeless(master: string, news: LinkNews): ClosedError | undefined {
  if (news.type === 'down' && news.denied) {
    return new ClosedError(`the master at ${master} does not want it: ${news.reason}`)
  }
  if (news.type === 'refused' && news.times >= refusalsMax) {
    return new ClosedError(`the master at ${master} refuses ${news.address}: ${news.reason}`)
  }
  return undefined
}
