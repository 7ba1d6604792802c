import { leastOf, type Measures, mayHold } from '../../model/resources/measures.ts'

const capacityMin = 8

/** A search for what an offer may hold. */
export interface Search {
  /** What is left of the offer. */
  room: Measures
  /** How many looks at nodes of the tree it took, and may take. */
  looks: number
  looksMax: number
  /** Set when not every item had its turn. */
  isCut: boolean
}

/**
 * Items in the order of their turns, with a tree over their needs: each node knows the least that
 * any item below it needs, so that a search skips, at one look, all that needs more than is left.
 *
 * Items keep their slots until they leave or go to the end; when the slots are used up, those that
 * are left move together.
 */
export class Turns<Item> {
  #capacity = capacityMin
  #end = 0
  #items: (Item | undefined)[] = []
  /** Heap order: 1 is the root, the children of n are 2n and 2n + 1, leaves are the last half. */
  #nodes: (Measures | undefined)[] = []
  readonly #slots = new Map<Item, number>()
  /** Where the next search begins: where the last one was cut off. */
  #start = 0

  get size(): number {
    return this.#slots.size
  }

  has(item: Item): boolean {
    return this.#slots.has(item)
  }

  /** Puts an item at the end, from wherever it was. */
  toEnd(item: Item, needs: Measures): void {
    if (this.#slots.get(item) === this.#end - 1) return
    this.delete(item)
    if (this.#end === this.#capacity) this.#moveTogether()
    const slot = this.#end++
    this.#slots.set(item, slot)
    this.#items[slot] = item
    this.#set(slot, needs)
  }

  delete(item: Item): void {
    const slot = this.#slots.get(item)
    if (slot === undefined) return
    this.#slots.delete(item)
    this.#items[slot] = undefined
    this.#set(slot, undefined)
  }

  /**
   * Visits each item in turn that the room may hold, as it is when its turn comes. The visitor may
   * delete items, but not move them. A search that is cut off is taken up by the next one.
   */
  visit(search: Search, visitor: (item: Item) => void): void {
    const start = this.#start
    if (start > 0) search.isCut = true
    this.#start = 0
    for (let slot = this.#next(start, search); slot >= 0; slot = this.#next(slot + 1, search)) {
      const item = this.#items[slot]
      if (item !== undefined) visitor(item)
    }
  }

  /** The first slot from here on whose item the room may hold; -1 when there is none. */
  #next(from: number, search: Search): number {
    if (from >= this.#end) return -1
    let node = from === 0 ? 1 : this.#capacity + from
    for (;;) {
      if (search.looks >= search.looksMax) {
        search.isCut = true
        this.#start = this.#firstSlotBelow(node)
        return -1
      }
      search.looks++
      const needs = this.#nodes[node]
      if (needs !== undefined && mayHold(search.room, needs)) {
        if (node >= this.#capacity) return node - this.#capacity
        node *= 2
        continue
      }
      // What is right of a right child is right of its parent; right of the root is nothing.
      while (node % 2 === 1) node = (node - 1) / 2
      if (node === 0) return -1
      node++
    }
  }

  #firstSlotBelow(node: number): number {
    let leaf = node
    while (leaf < this.#capacity) leaf *= 2
    return leaf - this.#capacity
  }

  #set(slot: number, needs: Measures | undefined): void {
    let node = this.#capacity + slot
    this.#nodes[node] = needs
    while (node > 1) {
      node = node % 2 === 1 ? (node - 1) / 2 : node / 2
      const least = leastBelow(this.#nodes[2 * node], this.#nodes[2 * node + 1])
      if (areSame(this.#nodes[node], least)) return
      this.#nodes[node] = least
    }
  }

  /** Doubled when half is not enough, so that moving is rare however the items come and go. */
  #moveTogether(): void {
    const left: [Item, Measures | undefined][] = []
    for (const [slot, item] of this.#items.entries()) {
      if (item !== undefined) left.push([item, this.#nodes[this.#capacity + slot]])
    }
    if (left.length * 2 > this.#capacity) this.#capacity *= 2
    else if (left.length * 8 < this.#capacity) {
      this.#capacity = Math.max(capacityMin, this.#capacity / 2)
    }
    this.#start = 0
    this.#end = left.length
    this.#items = left.map(([item]) => item)
    this.#nodes = new Array<Measures | undefined>(2 * this.#capacity).fill(undefined)
    for (const [slot, [item, needs]] of left.entries()) {
      this.#slots.set(item, slot)
      this.#nodes[this.#capacity + slot] = needs
    }
    for (let node = this.#capacity - 1; node > 0; node--) {
      this.#nodes[node] = leastBelow(this.#nodes[2 * node], this.#nodes[2 * node + 1])
    }
  }
}

function leastBelow(left: Measures | undefined, right: Measures | undefined): Measures | undefined {
  if (left === undefined) return right
  return right === undefined ? left : leastOf(left, right)
}

function areSame(left: Measures | undefined, right: Measures | undefined): boolean {
  if (left === right) return true
  if (left === undefined || right === undefined) return false
  for (const key in left) if (left[key] !== right[key]) return false
  for (const key in right) if (!(key in left)) return false
  return true
}
