import { nextRandom } from '../../dist/model/random.js'

/**
 * Numbers that a seed decides, for what has to be the same again.
 *
 * @param {number} first the seed
 */
export function randomOf(first) {
  let seed = first | 0
  /** From 0 to below 1. */
  const next = () => {
    const drawn = nextRandom(seed)
    seed = drawn.seed
    return drawn.value
  }
  /** @param {number} least @param {number} most a whole number, both included */
  const between = (least, most) => least + Math.floor(next() * (most - least + 1))
  /**
   * @template Item
   * @param {readonly Item[]} items
   * @returns {Item}
   */
  const pick = (items) => items[between(0, items.length - 1)]
  /** @param {Readonly<Record<string, number>>} weights by name; returns one of the names */
  const weighted = (weights) => {
    let left = next() * Object.values(weights).reduce((sum, weight) => sum + weight, 0)
    for (const [name, weight] of Object.entries(weights)) {
      left -= weight
      if (left < 0) return name
    }
    return Object.keys(weights)[0]
  }
  return { next, between, pick, weighted }
}
