import type { Clock, Timer } from '../../actors/ports.ts'
import type { VirtualClock } from '../../actors/virtual-clock.ts'

export interface ProcessWatch {
  /** Work of the process is about to be done: until it is, time is what its own clock says. */
  entering(process: SimulatedProcess): void
  left(): void
  /** A timer of the process is about to fire; its number among those of the world. */
  firing(process: SimulatedProcess, timer: number): void
  /** The step that the timer caused was taken. */
  fired(process: SimulatedProcess): void
}

/** How the clock of a machine goes wrong: it is ahead, and fast (above one) or slow. */
export interface Skew {
  readonly aheadMs: number
  readonly rate: number
}

export const trueTime: Skew = { aheadMs: 0, rate: 1 }

/**
 * A process of the simulated world, as the clock that its actors are given. It can be stopped for
 * a while, slowed down, and killed: then nothing of it ever runs again.
 */
export class SimulatedProcess implements Clock {
  readonly name: string
  readonly #clock: VirtualClock
  readonly #watch: ProcessWatch
  readonly #skew: Skew
  readonly #timers = new Set<number>()
  #state: 'running' | 'paused' | 'killed' = 'running'
  /** What waits until it is neither paused nor busy: one queue, so that none overtakes. */
  #queue: (() => void)[] = []
  #isNextDue = false
  /** How long each piece of its work takes. */
  #workMs = 0
  /** Until when it works on what came before. */
  #busyUntilMs = 0

  constructor(name: string, clock: VirtualClock, watch: ProcessWatch, skew: Skew = trueTime) {
    this.name = name
    this.#clock = clock
    this.#watch = watch
    this.#skew = skew
  }

  get isAlive(): boolean {
    return this.#state !== 'killed'
  }

  get isPaused(): boolean {
    return this.#state === 'paused'
  }

  now(): number {
    const { aheadMs, rate } = this.#skew
    return rate === 1 && aheadMs === 0
      ? this.#clock.now()
      : Math.floor(this.#clock.now() * rate) + aheadMs
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    if (!this.isAlive) return { id: 0 }
    const timer = this.#clock.setTimer(() => {
      this.run(() => {
        if (!this.#timers.delete(timer.id)) return
        this.#watch.firing(this, timer.id)
        callback()
        this.#watch.fired(this)
      })
    }, this.#trueDelay(delayMs))
    this.#timers.add(timer.id)
    return timer
  }

  clearTimer(timer: Timer): void {
    if (this.#timers.delete(timer.id)) this.#clock.clearTimer(timer)
  }

  soon(callback: () => void): void {
    this.#clock.soon(() => this.run(callback))
  }

  /** Does the work as soon as the process can: later when it is busy, never when it is dead. */
  run(work: () => void): void {
    if (this.#state === 'killed') return
    const isFree = this.#state === 'running' && this.#queue.length === 0 && this.#workMs === 0
    if (isFree && this.#busyUntilMs <= this.#clock.now()) return this.begin(work)
    this.#queue.push(work)
    this.#planNext()
  }

  /** From now on each piece of work takes so long; 0 for no time at all. */
  slowDown(workMs: number): void {
    this.#workMs = workMs
  }

  /** It computes for so long, and hears nothing meanwhile. */
  compute(ms: number): void {
    this.#busyUntilMs = Math.max(this.#busyUntilMs, this.#clock.now()) + ms
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused'
  }

  /** Goes on, first with what came meanwhile. */
  resume(): void {
    if (this.#state !== 'paused') return
    this.#state = 'running'
    this.#planNext()
  }

  kill(): void {
    this.#state = 'killed'
    this.#queue = []
    for (const id of this.#timers) this.#clock.clearTimer({ id })
    this.#timers.clear()
  }

  /** The first of what waits is done when what came before it is, and the next one after it. */
  #planNext(): void {
    if (this.#isNextDue || this.#state !== 'running' || this.#queue.length === 0) return
    this.#busyUntilMs = Math.max(this.#busyUntilMs, this.#clock.now()) + this.#workMs
    this.#awaitNext()
  }

  #awaitNext(): void {
    this.#isNextDue = true
    this.#clock.setTimer(() => this.#doNext(), this.#busyUntilMs - this.#clock.now())
  }

  #doNext(): void {
    this.#isNextDue = false
    if (this.#state !== 'running') return
    if (this.#busyUntilMs > this.#clock.now()) return this.#awaitNext()
    const work = this.#queue.shift()
    if (work !== undefined) this.begin(work)
    this.#planNext()
  }

  /** How long it takes until its own clock has gone on by so much. */
  #trueDelay(delayMs: number): number {
    const { rate } = this.#skew
    return rate === 1 ? delayMs : Math.ceil(delayMs / rate)
  }

  /** Does the work now, by its own clock. */
  begin<Result>(work: () => Result): Result {
    this.#watch.entering(this)
    const result = work()
    this.#watch.left()
    return result
  }
}
