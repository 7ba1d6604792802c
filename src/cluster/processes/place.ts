import { InvalidInputError } from '../../model/errors.ts'

/** Where a master listens by default, as in Mesos. */
export const masterPort = 5050

/**
 * `host`, `host:port` or `[v6]:port`, with the port; also of a URL that leads there. Throws
 * InvalidInputError.
 */
export function placeOf(master: string): string {
  const [, host, port = String(masterPort)] =
    (typeof master === 'string' &&
      /^(?:https?:\/\/)?(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?\/?$/i.exec(master)) ||
    []
  const isPlace = host !== undefined && !/^\d+$/.test(host)
  if (isPlace && Number(port) > 0 && Number(port) < 65_536) return `${host}:${port}`
  throw new InvalidInputError(
    `the master is ${JSON.stringify(master)}; expected host:port, such as 127.0.0.1:${masterPort}`,
  )
}

/** Whether a master is to be reached over TLS: it is named by a URL that says so. */
export function isSecure(master: string): boolean {
  return /^https:/i.test(master)
}

/** The port of a place that `placeOf` returned. */
export function portOf(place: string): number {
  return Number(place.slice(place.lastIndexOf(':') + 1))
}

/** The host of a place that `placeOf` returned, without brackets. */
export function hostOf(place: string): string {
  return place.slice(0, place.lastIndexOf(':')).replace(/^\[|\]$/g, '')
}
