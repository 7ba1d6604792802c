/** The last so many items that were added, oldest first. */
export class Ring<Item> implements Iterable<Item> {
  readonly #max: number
  readonly #items: Item[] = []
  /** Where the oldest item is, once the ring is full. */
  #start = 0

  constructor(max: number) {
    this.#max = max
  }

  /** Adds an item, which pushes the oldest one out of a ring that is full. */
  add(item: Item): void {
    if (this.#max <= 0) return
    if (this.#items.length < this.#max) {
      this.#items.push(item)
      return
    }
    this.#items[this.#start] = item
    this.#start = (this.#start + 1) % this.#max
  }

  *[Symbol.iterator](): Iterator<Item> {
    yield* this.#items.slice(this.#start)
    yield* this.#items.slice(0, this.#start)
  }
}
