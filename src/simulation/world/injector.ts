import { MASTER } from '../../messages/index.ts'
import type { Happening } from '../happenings.ts'
import type { RandomStream } from '../random-stream.ts'
import type { AgentDeath } from './agent-machine.ts'
import type { Faults } from './faults.ts'
import type { SimulatedProcess } from './process.ts'
import type { World } from './world.ts'

/** How long a fault lasts; longer than the master's patience with an agent, at times. */
const downtimeMs = { from: 500, to: 60_000 }
const partitionMs = { from: 1_000, to: 120_000 }
/** The longest that a slow process takes for one thing. */
const slowMaxMs = 500
const pauseMs = { from: 500, to: 40_000 }

/** Chance that the master notices at once that somebody died. */
const noticeChance = 0.5
/** Chance that a partition cuts one direction only. */
const oneWayChance = 0.5
/** Chance that a scheduler comes back at another address. */
const elsewhereChance = 0.3

/** Makes faults happen, each kind at its own random times, until it is stopped. */
export class Injector {
  readonly #world: World
  readonly #stream: RandomStream
  readonly #tell: (happening: Happening) => void
  #isOver = false

  constructor(world: World, faults: Faults, tell: (happening: Happening) => void) {
    this.#world = world
    this.#stream = world.streams.faults
    this.#tell = tell
    this.#every(faults.partitionMeanMs, () => this.#partition())
    this.#every(faults.linkMeanMs, () => this.#breakLink())
    this.#every(faults.pauseMeanMs, () => this.#pause())
    this.#every(faults.slowMeanMs, () => this.#slowDown())
    this.#every(faults.schedulerCrashMeanMs, () => this.#crashScheduler())
    this.#every(faults.agentCrashMeanMs, () => this.#crashAgent('agent-crash'))
    this.#every(faults.agentLossMeanMs, () => this.#crashAgent('agent-loss'))
    this.#every(faults.agentRestartMeanMs, () => this.#crashAgent('agent-restart'))
    const { masterCrashMeanMs, masterLossMeanMs } = faults
    const masterMeanMs = world.master.hasDisk ? masterCrashMeanMs : masterLossMeanMs
    this.#every(masterMeanMs, () => this.#crashMaster())
  }

  stop(): void {
    this.#isOver = true
  }

  #every(meanMs: number, happen: () => void): void {
    if (meanMs <= 0) return
    this.#after(this.#stream.exponential(meanMs), () => {
      happen()
      this.#every(meanMs, happen)
    })
  }

  #after(ms: number, work: () => void): void {
    this.#world.clock.setTimer(() => {
      if (!this.#isOver) work()
    }, ms)
  }

  #duration({ from, to }: { from: number; to: number }): number {
    return Math.min(to, from + this.#stream.exponential((from + to) / 4))
  }

  #partition(): void {
    const { conditions } = this.#world
    const process = this.#stream.pick(this.#world.processes)
    if (process === undefined) return
    const { name } = process
    const isOneWay = this.#stream.chance(oneWayChance)
    const isInward = this.#stream.chance(0.5)
    const ways: (readonly [string, string])[] = []
    if (!isOneWay || isInward) ways.push([MASTER, name])
    if (!isOneWay || !isInward) ways.push([name, MASTER])
    const detail = ways.map(([from, to]) => `${from} → ${to}`).join(', ')
    for (const [from, to] of ways) conditions.cut(from, to)
    this.#tell({ type: 'fault', kind: 'partition', detail })
    this.#after(this.#duration(partitionMs), () => {
      for (const [from, to] of ways) conditions.mend(from, to)
      this.#tell({ type: 'repair', kind: 'partition', detail })
    })
  }

  #breakLink(): void {
    const process = this.#stream.pick(this.#living())
    if (process === undefined) return
    this.#tell({ type: 'fault', kind: 'link', detail: process.name })
    this.#world.breakLink(process)
  }

  #slowDown(): void {
    const process = this.#stream.pick([...this.#living(), this.#world.master.process])
    if (process === undefined || !process.isAlive) return
    process.slowDown(this.#stream.integer(1, slowMaxMs))
    this.#tell({ type: 'fault', kind: 'slow', detail: process.name })
    this.#after(this.#duration(pauseMs), () => {
      process.slowDown(0)
      this.#tell({ type: 'repair', kind: 'slow', detail: process.name })
    })
  }

  #living(): SimulatedProcess[] {
    return this.#world.processes.filter(({ isAlive }) => isAlive)
  }

  #pause(): void {
    const process = this.#stream.pick(this.#living())
    if (process === undefined || process.isPaused) return
    process.pause()
    this.#tell({ type: 'fault', kind: 'pause', detail: process.name })
    this.#after(this.#duration(pauseMs), () => {
      process.resume()
      this.#tell({ type: 'repair', kind: 'pause', detail: process.name })
    })
  }

  #crashScheduler(): void {
    const seat = this.#stream.pick(this.#world.tenants)
    if (seat === undefined || !seat.process.isAlive) return
    seat.crash(this.#stream.chance(noticeChance))
    const isElsewhere = this.#stream.chance(elsewhereChance)
    this.#after(this.#duration(downtimeMs), () => seat.restart(isElsewhere))
  }

  #crashAgent(how: AgentDeath): void {
    const machine = this.#stream.pick(this.#world.agents)
    if (machine === undefined || !machine.process.isAlive) return
    machine.crash(how, this.#stream.chance(noticeChance))
    this.#after(this.#duration(downtimeMs), () => machine.restart())
  }

  #crashMaster(): void {
    this.#world.master.crash()
    this.#after(this.#duration(downtimeMs), () => this.#world.restartMaster())
  }
}
