import type { HostOptions } from '../actors/host.ts'
import { createRandomIds } from '../actors/ids.ts'
import { Inspection, type Inspector } from '../actors/inspection.ts'
import type { Clock, Ids, Transport } from '../actors/ports.ts'
import { RealClock } from '../actors/real-clock.ts'
import { createRoles, type Roles } from '../actors/roles.ts'
import { timeoutsWith } from '../machines/support/delays.ts'
import type { AllocationPolicy } from '../model/allocation/policy.ts'
import type { Timeouts } from '../model/timeouts.ts'
import type { Mark } from '../model/turn.ts'

/** What every process of a cluster may be told, wherever its master is. */
export interface ProcessOptions {
  /** Changes to the protocol's timeouts, in milliseconds. */
  readonly timeouts?: Partial<Timeouts>
  /** Watches every actor from the start. */
  readonly inspect?: Inspector
  /** For tests and simulations: time, and where ids come from. */
  readonly clock?: Clock
  readonly ids?: Ids
}

/** What the actors of one process are made with and share. */
export class Hosting {
  readonly clock: Clock
  readonly ids: Ids
  readonly timeouts: Timeouts
  readonly roles: Roles
  readonly inspection = new Inspection()
  readonly #marks = new Map<string, number>()
  readonly #onMark: ((mark: Mark) => void) | undefined

  constructor(options: ProcessOptions, policy?: AllocationPolicy, onMark?: (mark: Mark) => void) {
    this.clock = options.clock ?? new RealClock()
    this.ids = options.ids ?? createRandomIds()
    this.timeouts = timeoutsWith(options.timeouts ?? {})
    this.roles = createRoles(this.clock, policy)
    this.#onMark = onMark
    if (options.inspect !== undefined) this.inspection.inspect(options.inspect)
  }

  /** What every actor on this transport is hosted with. */
  on(
    transport: Transport,
  ): Required<Pick<HostOptions, 'clock' | 'transport' | 'inspection' | 'onMark'>> {
    const { clock, inspection } = this
    return { clock, transport, inspection, onMark: this.note }
  }

  /** Counts it; that a policy was not believed is said once, because it is somebody's bug. */
  readonly note = (mark: Mark): void => {
    const { name, detail } = mark
    const count = this.#marks.get(name) ?? 0
    this.#marks.set(name, count + 1)
    if (name === 'allocation.rejected' && count === 0) {
      process.emitWarning(`${detail}; the policy drf decides instead`, 'PolicyWarning')
    }
    this.#onMark?.(mark)
  }

  marks(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#marks)
  }
}
