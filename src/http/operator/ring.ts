/** The last so many items that were added, oldest first. */
export class Ring<Item> implements Iterable<Item> {
  readonly #max: number
  readonly #items: Item[] = []
  /** Where the oldest item is, once the ring is full. */
  #start = 0

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#items.length
  }

  /** Adds an item; returns the one that it pushed out, if any. */
  add(item: Item): Item | undefined {
    if (this.#max <= 0) return item
    if (this.#items.length < this.#max) {
      this.#items.push(item)
      return undefined
    }
    const oldest = this.#items[this.#start]
    this.#items[this.#start] = item
    this.#start = (this.#start + 1) % this.#max
    return oldest
  }

  *[Symbol.iterator](): Iterator<Item> {
    yield* this.#items.slice(this.#start)
    yield* this.#items.slice(0, this.#start)
  }
}
