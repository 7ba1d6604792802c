import type { Clock, Timer } from './ports.ts'

interface Due {
  readonly id: number
  readonly dueAt: number
  readonly callback: () => void
}

/** A turn that never ends is a loop between actors, not work. */
const turnsMax = 10_000_000

/** Fewer cancelled timers than this are never worth a clean-up. */
const cancelledMin = 1_000

/**
 * Time that passes only when told to. Timers fire one by one in the order of their due times (and
 * of their setting, when equal), with everything that follows from one done before the next.
 */
export class VirtualClock implements Clock {
  #now: number
  #nextTimer = 1
  readonly #heap: Due[] = []
  readonly #alive = new Set<number>()
  #soon: (() => void)[] = []

  constructor(startMs = 0) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const id = this.#nextTimer++
    this.#alive.add(id)
    push(this.#heap, { id, dueAt: this.#now + Math.max(0, delayMs), callback })
    return { id }
  }

  clearTimer({ id }: Timer): void {
    this.#alive.delete(id)
    if (this.#heap.length > 2 * this.#alive.size + cancelledMin) this.#forgetCancelled()
  }

  soon(callback: () => void): void {
    this.#soon.push(callback)
  }

  /** Runs every turn that is due now, and those that follow from them, until all is quiet. */
  settle(): void {
    this.#runSoon()
    while (this.#fireNext(this.#now)) this.#runSoon()
  }

  /** Lets time pass, with every timer on the way. */
  advance(ms: number): void {
    const until = this.#now + ms
    this.settle()
    while (this.#fireNext(until)) this.settle()
    this.#now = until
    this.settle()
  }

  /** Like `settle`, and also waits for promises that resolve without the help of real time. */
  async settled(): Promise<void> {
    do {
      this.settle()
      await new Promise((resolve) => setImmediate(resolve))
    } while (this.#soon.length > 0)
  }

  /** Cancelled timers stay in the heap until they are most of it: finding one costs too much. */
  #forgetCancelled(): void {
    const alive = this.#heap.filter(({ id }) => this.#alive.has(id))
    this.#heap.length = 0
    for (const due of alive) push(this.#heap, due)
  }

  #runSoon(): void {
    let turns = 0
    while (this.#soon.length > 0) {
      const callbacks = this.#soon
      this.#soon = []
      for (const callback of callbacks) callback()
      turns += callbacks.length
      if (turns > turnsMax) throw new Error('the actors do not come to rest: two of them loop')
    }
  }

  #fireNext(until: number): boolean {
    for (;;) {
      const next = this.#heap[0]
      if (next === undefined || next.dueAt > until) return false
      pop(this.#heap)
      if (!this.#alive.delete(next.id)) continue
      this.#now = Math.max(this.#now, next.dueAt)
      next.callback()
      return true
    }
  }
}

function isBefore(left: Due, right: Due): boolean {
  return left.dueAt < right.dueAt || (left.dueAt === right.dueAt && left.id < right.id)
}

function push(heap: Due[], due: Due): void {
  let index = heap.push(due) - 1
  while (index > 0) {
    const parent = (index - 1) >> 1
    if (!swapIfBefore(heap, index, parent)) return
    index = parent
  }
}

function pop(heap: Due[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  heap[0] = last
  let index = 0
  for (;;) {
    const left = 2 * index + 1
    const leftDue = heap[left]
    const rightDue = heap[left + 1]
    if (leftDue === undefined) return
    const child = rightDue !== undefined && isBefore(rightDue, leftDue) ? left + 1 : left
    if (!swapIfBefore(heap, child, index)) return
    index = child
  }
}

function swapIfBefore(heap: Due[], index: number, other: number): boolean {
  const one = heap[index]
  const two = heap[other]
  if (one === undefined || two === undefined || !isBefore(one, two)) return false
  heap[index] = two
  heap[other] = one
  return true
}
