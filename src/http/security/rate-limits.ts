import type { Clock } from '../../actors/ports.ts'
import { InvalidInputError } from '../../model/errors.ts'
import { isObject } from '../wire/json.ts'

/** How many calls a second a caller may make, and how many at once. */
export interface RateLimit {
  readonly qps: number
  /** As many as one second's, and at least one, if nothing is said. */
  readonly capacity: number
}

export interface RateLimits {
  /** By principal; nothing means no limit. */
  readonly byPrincipal: ReadonlyMap<string, RateLimit | undefined>
  /** What all others share. */
  readonly shared: RateLimit | undefined
}

/**
 * Reads limits in Mesos' form: `{"limits": [{"principal": "a", "qps": 10, "capacity": 100}],
 * "aggregate_default_qps": 50}`. Throws InvalidInputError.
 */
export function readRateLimits(text: string): RateLimits {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (error) {
    throw new InvalidInputError(`the rate limits are not JSON: ${String(error)}`)
  }
  if (!isObject(data)) throw new InvalidInputError('the rate limits are no object of JSON')
  const { limits = [], aggregate_default_qps, aggregate_default_capacity } = data
  if (!Array.isArray(limits)) throw new InvalidInputError('the rate limits: limits is no list')
  const byPrincipal = new Map<string, RateLimit | undefined>()
  for (const [index, entry] of limits.entries()) {
    const path = `limits[${index}]`
    if (!isObject(entry) || typeof entry.principal !== 'string') {
      throw new InvalidInputError(`the rate limits: ${path} has no principal`)
    }
    byPrincipal.set(entry.principal, limitOf(entry.qps, entry.capacity, path))
  }
  const shared = limitOf(aggregate_default_qps, aggregate_default_capacity, 'aggregate_default')
  return { byPrincipal, shared }
}

function limitOf(qps: unknown, capacity: unknown, path: string): RateLimit | undefined {
  if (qps === undefined) return undefined
  if (typeof qps !== 'number' || !(qps > 0)) {
    throw new InvalidInputError(`the rate limits: qps of ${path} is no number above zero`)
  }
  if (capacity === undefined) return { qps, capacity: Math.max(1, Math.ceil(qps)) }
  if (typeof capacity === 'number' && capacity >= 1) return { qps, capacity }
  throw new InvalidInputError(`the rate limits: capacity of ${path} is less than one`)
}

/** Counts the calls of each caller against their limit. */
export class RateLimiter {
  readonly #limits: RateLimits
  readonly #clock: Pick<Clock, 'now'>
  readonly #buckets = new Map<string, Bucket>()
  readonly #shared: Bucket | undefined

  constructor(limits: RateLimits, clock: Pick<Clock, 'now'>) {
    this.#limits = limits
    this.#clock = clock
    this.#shared = limits.shared && new Bucket(limits.shared, clock.now())
  }

  /**
   * Takes a call into account; says in how many milliseconds it may be made again, or zero when it
   * may be made now.
   */
  take(principal: string | undefined): number {
    return this.#bucketOf(principal)?.take(this.#clock.now()) ?? 0
  }

  #bucketOf(principal: string | undefined): Bucket | undefined {
    const { byPrincipal } = this.#limits
    if (principal === undefined || !byPrincipal.has(principal)) return this.#shared
    const known = this.#buckets.get(principal)
    const limit = byPrincipal.get(principal)
    if (known !== undefined || limit === undefined) return known
    const bucket = new Bucket(limit, this.#clock.now())
    this.#buckets.set(principal, bucket)
    return bucket
  }
}

const msPerSecond = 1_000

/** Fills up with time, and gives one token to each call. */
class Bucket {
  readonly #limit: RateLimit
  #tokens: number
  #filledAtMs: number

  constructor(limit: RateLimit, nowMs: number) {
    this.#limit = limit
    this.#tokens = limit.capacity
    this.#filledAtMs = nowMs
  }

  take(nowMs: number): number {
    const { qps, capacity } = this.#limit
    const gained = (Math.max(0, nowMs - this.#filledAtMs) * qps) / msPerSecond
    this.#tokens = Math.min(capacity, this.#tokens + gained)
    this.#filledAtMs = nowMs
    if (this.#tokens < 1) return ((1 - this.#tokens) / qps) * msPerSecond
    this.#tokens--
    return 0
  }
}
