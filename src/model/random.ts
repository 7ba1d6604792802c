/**
 * The next pseudo-random number in [0, 1) and the seed after it (mulberry32). Actors keep their
 * seed in their book, so that the same seed gives the same delays.
 */
export function nextRandom(seed: number): { readonly value: number; readonly seed: number } {
  const next = (seed + 0x6d2b79f5) | 0
  let bits = Math.imul(next ^ (next >>> 15), 1 | next)
  bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
  return { value: ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296, seed: next }
}

/**
 * A random delay below base · 2^attempt, and never above the bound (Mesos' registration backoff).
 */
export function backoff(
  book: { seed: number },
  attempt: number,
  baseMs: number,
  maxMs: number,
): number {
  const { value, seed } = nextRandom(book.seed)
  book.seed = seed
  return Math.round(value * Math.min(maxMs, baseMs * 2 ** attempt))
}
