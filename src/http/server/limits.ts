/** Bounds of one HTTP server, in bytes and milliseconds. */
export interface HttpLimits {
  /** A head that is larger is refused (431). */
  readonly headerBytesMax: number
  /** A body that is larger, as sent or inflated, is refused (413). */
  readonly bodyBytesMax: number
  /** How long the head of a request may take (408): nobody holds a connection by trickling. */
  readonly headersTimeoutMs: number
  /** How long a whole request may take (408). Answers may take for ever. */
  readonly requestTimeoutMs: number
  /** So many requests of one connection may wait for the answer to an earlier one. */
  readonly requestsWaitingMax: number
  /**
   * How long a connection without a request stays. Clients of Mesos keep one for all their calls,
   * and Mesos never closes it: a short time here would cross with calls.
   */
  readonly idleTimeoutMs: number
  /** Whoever reads a streaming answer so slowly that this much waits for it is cut off. */
  readonly unreadBytesMax: number
}

const mb = 2 ** 20

export const defaultHttpLimits: HttpLimits = {
  headerBytesMax: 16 * 2 ** 10,
  bodyBytesMax: 32 * mb,
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 60_000,
  requestsWaitingMax: 1_000,
  idleTimeoutMs: 15 * 60_000,
  unreadBytesMax: 16 * mb,
}
