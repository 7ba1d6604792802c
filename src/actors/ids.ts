import { randomInt, randomUUID } from 'node:crypto'
import { customAlphabet } from 'nanoid'
import type { Ids } from './ports.ts'

/** Random ids, for production. Short ones avoid signs that are easily mistaken for another. */
export function createRandomIds(): Ids {
  const short = customAlphabet('23456789abcdefghjkmnpqrstuvwxyz', 8)
  return { short: () => short(), uuid: () => randomUUID(), seed: () => randomInt(2 ** 32) }
}

/**
 * Ids that count up, for worlds that must be the same each time. UUIDs count in front, because
 * whoever numbers updates under one counts at its end.
 */
export function createCountingIds(): Ids {
  let count = 0
  const next = (): number => ++count
  return {
    short: () => `m${next()}`,
    uuid: () => `${next().toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
    seed: () => next(),
  }
}
