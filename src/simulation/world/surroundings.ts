import type { createCountingIds } from '../../actors/ids.ts'
import type { Link, Transport } from '../../actors/ports.ts'
import type { Roles } from '../../actors/roles.ts'
import type { VirtualClock } from '../../actors/virtual-clock.ts'
import type { Address } from '../../messages/index.ts'
import type { Timeouts } from '../../model/timeouts.ts'
import type { Mark } from '../../model/turn.ts'
import type { Happening } from '../happenings.ts'
import type { RandomStream } from '../random-stream.ts'
import type { SimulatedDisk } from './disk.ts'
import type { Faults } from './faults.ts'
import type { SimulatedProcess } from './process.ts'

/** What every process of the world is made with. */
export interface Surroundings {
  readonly clock: VirtualClock
  readonly roles: Roles
  readonly ids: ReturnType<typeof createCountingIds>
  readonly timeouts: Timeouts
  readonly schedulerComputeMs: number
  readonly streams: { readonly faults: RandomStream; readonly behaviour: RandomStream }
  readonly faults: () => Faults
  tell(happening: Happening): void
  /** A process that lives on a machine, whose clock it goes by. */
  begin(name: string, hostname: string): SimulatedProcess
  /** The way of a process to the master. */
  linkOf(process: SimulatedProcess): Link
  /** An empty disk. */
  disk(): SimulatedDisk
  /** What an actor in this process is hosted with. */
  hosting(process: SimulatedProcess): {
    readonly clock: SimulatedProcess
    readonly transport: Transport
    readonly onMark: (mark: Mark, address: Address) => void
  }
  /** Ends the process and all that lives in it; its links break, which may be noticed. */
  kill(process: SimulatedProcess, isNoticed: boolean): void
  /** What is on its way between the process and the master never arrives. */
  hangUp(process: SimulatedProcess): void
}
