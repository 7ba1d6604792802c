import type { Clock, Timer } from '../../actors/ports.ts'
import type { VirtualClock } from '../../actors/virtual-clock.ts'

export interface ProcessWatch {
  /** A timer of the process is about to fire; its number among those of the world. */
  firing(process: SimulatedProcess, timer: number): void
  /** The step that the timer caused was taken. */
  fired(process: SimulatedProcess): void
}

/**
 * A process of the simulated world, as the clock that its actors are given. It can be stopped for
 * a while, and killed: then nothing of it ever runs again.
 */
export class SimulatedProcess implements Clock {
  readonly name: string
  readonly #clock: VirtualClock
  readonly #watch: ProcessWatch
  readonly #timers = new Set<number>()
  #state: 'running' | 'paused' | 'killed' = 'running'
  /** What came while it was paused. */
  #backlog: (() => void)[] = []

  constructor(name: string, clock: VirtualClock, watch: ProcessWatch) {
    this.name = name
    this.#clock = clock
    this.#watch = watch
  }

  get isAlive(): boolean {
    return this.#state !== 'killed'
  }

  get isPaused(): boolean {
    return this.#state === 'paused'
  }

  now(): number {
    return this.#clock.now()
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
    }, delayMs)
    this.#timers.add(timer.id)
    return timer
  }

  clearTimer(timer: Timer): void {
    if (this.#timers.delete(timer.id)) this.#clock.clearTimer(timer)
  }

  soon(callback: () => void): void {
    this.#clock.soon(() => this.run(callback))
  }

  /** Does the work now; later when the process is paused, never when it is dead. */
  run(work: () => void): void {
    if (this.#state === 'running') work()
    else if (this.#state === 'paused') this.#backlog.push(work)
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused'
  }

  /** Goes on, first with what came meanwhile. */
  resume(): void {
    if (this.#state !== 'paused') return
    this.#state = 'running'
    const backlog = this.#backlog
    this.#backlog = []
    for (const work of backlog) this.#clock.soon(() => this.run(work))
  }

  kill(): void {
    this.#state = 'killed'
    this.#backlog = []
    for (const id of this.#timers) this.#clock.clearTimer({ id })
    this.#timers.clear()
  }
}
