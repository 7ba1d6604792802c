import type { FrameworkInfo } from '../../messages/index.ts'
import { createMemory, inPhase, recordOf, type TenantMemory } from './memory.ts'
import type { SimulatedProcess } from './process.ts'
import type { Surroundings } from './surroundings.ts'
import { Tenant, type TenantParts } from './tenant.ts'
import type { SimulatedJob } from './workload.ts'

/** So long nobody would wait for a scheduler. */
const failoverTimeoutMs = 7 * 86_400_000

/** Frameworks are not all alike: some do not know of partitions, some do not outlive agents. */
const traits: readonly Partial<FrameworkInfo>[] = [
  {},
  { checkpoint: false },
  { capabilities: ['TASK_KILLING_STATE'] },
]

/** A framework of the world: its disk, and the instance of its scheduler that lives at present. */
export class TenantSeat {
  readonly name: string
  readonly memory: TenantMemory = createMemory()
  readonly #surroundings: Surroundings
  readonly #traits: Partial<FrameworkInfo>
  #address: string
  #instances = 0
  #process: SimulatedProcess
  #tenant: Tenant

  constructor(surroundings: Surroundings, index: number) {
    this.#surroundings = surroundings
    this.name = `framework-${index + 1}`
    this.#traits = traits[index % traits.length] ?? {}
    this.#address = `scheduler/${this.name}`
    this.#process = surroundings.begin(this.#address, this.name)
    this.#tenant = this.#start()
  }

  get process(): SimulatedProcess {
    return this.#process
  }

  /** Where its scheduler lives, or lived last. */
  get address(): string {
    return this.#address
  }

  /** Jobs that wait for resources. */
  get waiting(): number {
    return inPhase(this.memory, 'waiting').length
  }

  /** Jobs that have not ended. */
  get open(): number {
    return this.waiting + inPhase(this.memory, 'launched').length
  }

  take(job: SimulatedJob): void {
    this.memory.jobs.set(job.id, recordOf(job))
    this.#process.run(() => this.#tenant.wake())
  }

  /** The scheduler dies; its tasks do not. */
  crash(isNoticed: boolean): void {
    if (!this.#process.isAlive) return
    const { tell, kill } = this.#surroundings
    tell({ type: 'fault', kind: 'scheduler-crash', detail: this.name })
    kill(this.#process, isNoticed)
  }

  /** Another instance with the same disk: perhaps elsewhere. */
  restart(elsewhere = false): void {
    if (this.#process.isAlive) return
    const { tell, begin } = this.#surroundings
    if (elsewhere) {
      // As with Mesos, who registers last is the scheduler: nobody lets a dead one be the last.
      this.#surroundings.hangUp(this.#process)
      this.#address = `scheduler/${this.name}~${this.#instances}`
    }
    tell({ type: 'repair', kind: 'scheduler-crash', detail: `${this.name} at ${this.#address}` })
    this.#process = begin(this.#address, this.name)
    this.#tenant = this.#start()
  }

  #start(): Tenant {
    const { hosting, roles, ids, timeouts, streams, tell, linkOf, schedulerComputeMs } =
      this.#surroundings
    const instance = this.#instances++
    const { name } = this
    const parts: TenantParts = {
      host: { ...hosting(this.#process), role: roles.scheduler, address: this.#address },
      clock: this.#process,
      computeMs: schedulerComputeMs,
      info: {
        name: this.name,
        roles: [this.name],
        capabilities: ['PARTITION_AWARE', 'TASK_KILLING_STATE'],
        failoverTimeoutMs,
        ...this.#traits,
      },
      seed: ids.seed(),
      link: linkOf(this.#process),
      timeouts,
      memory: this.memory,
      behaviour: streams.behaviour,
      shown: (status) => tell({ type: 'shown', to: name, instance, status }),
      failed: (reason) => tell({ type: 'broken', by: this.#address, reason }),
    }
    return this.#process.begin(() => new Tenant(parts))
  }
}
