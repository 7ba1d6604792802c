import { assert } from '../../model/assert.ts'

/** Worlds per chunk: memory grows by this much at a time. */
const chunkSize = 2 ** 15

/**
 * All worlds that were found, each a row of numbers, with the step that led there first. Rows are
 * compared in full, so two worlds are never taken for one.
 */
export class WorldStore {
  readonly width: number
  readonly #chunks: Int32Array[] = []
  readonly #steps: Int32Array[] = []
  #size = 0
  /** Numbers of worlds plus one, by the hash of their rows; 0 is a free place. */
  #places = new Int32Array(2 ** 16)

  constructor(width: number) {
    this.width = width
  }

  get size(): number {
    return this.#size
  }

  /** Adds a row, unless it is known; says whether it was new. */
  add(row: Int32Array, parent: number, action: number): boolean {
    if (this.#size * 2 >= this.#places.length) this.#grow()
    const mask = this.#places.length - 1
    let place = hashOf(row, 0, this.width) & mask
    for (let known = this.#places[place] ?? 0; known !== 0; known = this.#places[place] ?? 0) {
      if (this.#isRow(known - 1, row)) return false
      place = (place + 1) & mask
    }
    const number = this.#size++
    if (number % chunkSize === 0) {
      this.#chunks.push(new Int32Array(chunkSize * this.width))
      this.#steps.push(new Int32Array(chunkSize * 2))
    }
    this.#chunk(number).set(row, (number % chunkSize) * this.width)
    this.#steps[Math.floor(number / chunkSize)]?.set([parent, action], (number % chunkSize) * 2)
    this.#places[place] = number + 1
    return true
  }

  /** Copies the row of a world. */
  read(number: number, into: Int32Array): void {
    const from = (number % chunkSize) * this.width
    into.set(this.#chunk(number).subarray(from, from + this.width))
  }

  /** From which world, and by which action, it was reached first; −1 is the start. */
  stepTo(number: number): { readonly parent: number; readonly action: number } {
    const steps = this.#steps[Math.floor(number / chunkSize)]
    const at = (number % chunkSize) * 2
    return { parent: steps?.[at] ?? -1, action: steps?.[at + 1] ?? 0 }
  }

  #chunk(number: number): Int32Array {
    const chunk = this.#chunks[Math.floor(number / chunkSize)]
    assert(chunk !== undefined, () => `there is no world ${number}`)
    return chunk
  }

  #isRow(number: number, row: Int32Array): boolean {
    const chunk = this.#chunk(number)
    const from = (number % chunkSize) * this.width
    for (let at = 0; at < this.width; at++) if (chunk[from + at] !== row[at]) return false
    return true
  }

  #grow(): void {
    const places = new Int32Array(this.#places.length * 2)
    const mask = places.length - 1
    for (let number = 0; number < this.#size; number++) {
      const from = (number % chunkSize) * this.width
      let place = hashOf(this.#chunk(number), from, this.width) & mask
      while (places[place] !== 0) place = (place + 1) & mask
      places[place] = number + 1
    }
    this.#places = places
  }
}

/** Murmur3's mixing (A. Appleby, public domain), over whole numbers. */
function hashOf(row: Int32Array, from: number, width: number): number {
  let hash = width
  for (let at = from; at < from + width; at++) {
    let part = Math.imul(row[at] ?? 0, 0xcc9e2d51)
    part = (part << 15) | (part >>> 17)
    hash ^= Math.imul(part, 0x1b873593)
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
