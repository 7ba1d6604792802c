/** Bounds of one link, in bytes and milliseconds. */
export interface LinkLimits {
  /** A frame that is larger breaks the link. */
  readonly frameBytesMax: number
  /** What may wait for a peer that does not read; more breaks the link. */
  readonly bufferedBytesMax: number
  /** Envelopes of one turn are parted into frames of about this size. */
  readonly frameBytesUsual: number
  /** Each side asks the other for a sign of life this often. */
  readonly heartbeatIntervalMs: number
  /** So many heartbeats in a row may pass without a word before the link is dead. */
  readonly heartbeatsMissedMax: number
  /** A peer that was asked because somebody else wants its address must answer within this time. */
  readonly probeTimeoutMs: number
  /** How long a new connection has to say who it is. */
  readonly greetingTimeoutMs: number
  /** How long an old one has to answer a goodbye. */
  readonly goodbyeTimeoutMs: number
  /** A lost link is tried again after a random part of this time, then of twice as long, … */
  readonly reconnectMinMs: number
  /** … but at least this often. */
  readonly reconnectMaxMs: number
}

const mb = 2 ** 20

export const defaultLimits: LinkLimits = {
  frameBytesMax: 64 * mb,
  bufferedBytesMax: 64 * mb,
  frameBytesUsual: mb,
  heartbeatIntervalMs: 5_000,
  heartbeatsMissedMax: 3,
  probeTimeoutMs: 1_000,
  greetingTimeoutMs: 5_000,
  goodbyeTimeoutMs: 1_000,
  reconnectMinMs: 200,
  reconnectMaxMs: 5_000,
}
