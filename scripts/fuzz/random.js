/**
 * Numbers that a seed and the number of an input decide: each input can be made alone.
 *
 * @param {number} seed @param {number} index
 */
export function randomFor(seed, index) {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)) >>> 0
  /** From 0 to below 1 (the generator is mulberry32). */
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  /** @param {number} least @param {number} most a whole number, both included */
  const between = (least, most) => least + Math.floor(next() * (most - least + 1))
  /** @template Item @param {readonly Item[]} items @returns {Item} */
  const pick = (items) => items[between(0, items.length - 1)]
  /** @param {number} share from 0 to 1 */
  const chance = (share) => next() < share
  /** @template Item @param {readonly (readonly [number, Item])[]} choices @returns {Item} */
  const weighted = (choices) => {
    let left = next() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, item] of choices) {
      left -= weight
      if (left < 0) return item
    }
    return choices[0][1]
  }
  const bytes = (count) => Buffer.from(Array.from({ length: count }, () => between(0, 255)))
  return { next, between, pick, chance, weighted, bytes }
}
