import { Host } from '../../actors/host.ts'
import { createCountingIds } from '../../actors/ids.ts'
import type { Transport } from '../../actors/ports.ts'
import { createRoles, type Roles } from '../../actors/roles.ts'
import { VirtualClock } from '../../actors/virtual-clock.ts'
import { timeoutsWith } from '../../machines/support/delays.ts'
import { type Address, type Envelope, MASTER } from '../../messages/index.ts'
import type { Ledger, LedgerOptions } from '../../model/ledger/ledger.ts'
import type { Timeouts } from '../../model/timeouts.ts'
import type { Mark } from '../../model/turn.ts'
import type { Happening, Witness } from '../happenings.ts'
import { RandomStream } from '../random-stream.ts'
import { AgentMachine } from './agent-machine.ts'
import { Conditions } from './conditions.ts'
import type { Faults } from './faults.ts'
import { SimulatedNetwork } from './network.ts'
import { SimulatedProcess } from './process.ts'
import { TenantSeat } from './tenant-seat.ts'
import { createWorkload } from './workload.ts'

export interface WorldOptions {
  readonly seed: number
  readonly agents: number
  readonly frameworks: number
  readonly tasks: number
  readonly faults: Faults
  /** All jobs arrive within this time. */
  readonly arrivalsMs: number
  readonly witness: Witness
  /** The master has taken a step. */
  readonly onMasterStep?: () => void
  /** For tests of properties: what arrives in place of a message that is about to be delivered. */
  readonly tamper?: (envelope: Envelope) => readonly Envelope[]
}

/** In worlds with more agents messages are not decoded: what small ones prove need not be paid for. */
const decodingMax = 20

/** What every process of the world is made with. */
export interface Surroundings {
  readonly clock: VirtualClock
  readonly roles: Roles
  readonly ids: ReturnType<typeof createCountingIds>
  readonly timeouts: Timeouts
  readonly streams: { readonly faults: RandomStream; readonly behaviour: RandomStream }
  readonly faults: () => Faults
  tell(happening: Happening): void
  begin(name: string): SimulatedProcess
  /** What an actor in this process is hosted with. */
  hosting(process: SimulatedProcess): {
    readonly clock: SimulatedProcess
    readonly transport: Transport
    readonly onMark: (mark: Mark, address: Address) => void
  }
  /** Ends the process and all that lives in it; its links break, which may be noticed. */
  kill(process: SimulatedProcess, isNoticed: boolean): void
}

/**
 * The production machines and hosts on virtual time: one master, agents that come and go, and
 * tenants that have work. Nothing here waits for promises.
 */
export class World {
  readonly clock = new VirtualClock()
  readonly timeouts = timeoutsWith({})
  readonly conditions: Conditions
  readonly agents: readonly AgentMachine[]
  readonly tenants: readonly TenantSeat[]
  readonly streams: Surroundings['streams']
  readonly #options: WorldOptions
  readonly #network: SimulatedNetwork
  readonly #master: Host
  readonly #broken = new Set<string>()
  #faults: Faults

  constructor(options: WorldOptions) {
    this.#options = options
    const { seed, faults, tamper } = options
    this.#faults = faults
    this.streams = {
      faults: new RandomStream(seed, 'faults'),
      behaviour: new RandomStream(seed, 'behaviour'),
    }
    this.conditions = new Conditions(new RandomStream(seed, 'network'), faults)
    this.#network = new SimulatedNetwork({
      clock: this.clock,
      fateOf: (from, to) => this.conditions.fateOf(from, to),
      tell: this.#tell,
      isDecoding: options.agents <= decodingMax,
      settled: (to) => this.#stepped(to),
      ...(tamper !== undefined && { tamper }),
    })
    const surroundings = this.#surroundings()
    this.#master = this.#startMaster(surroundings)
    this.agents = Array.from(
      { length: options.agents },
      (_, index) => new AgentMachine(surroundings, `agent-${index + 1}`),
    )
    this.tenants = Array.from(
      { length: options.frameworks },
      (_, index) => new TenantSeat(surroundings, `framework-${index + 1}`),
    )
    this.#bringWork()
  }

  get ledger(): Ledger {
    return this.#master.snapshot().context.book
  }

  get now(): number {
    return this.clock.now()
  }

  /** Every process that lives. */
  get processes(): SimulatedProcess[] {
    return [...this.agents, ...this.tenants].map(({ process }) => process)
  }

  /** The connection of an agent breaks: what is on it is lost, and the master is told. */
  breakLink(process: SimulatedProcess): void {
    this.#network.cutFlights(MASTER, process.name)
    this.#breakLink(process.name, 'its link broke')
  }

  /** Ends every fault: partitions, pauses and crashes; nothing new breaks from now on. */
  heal(): void {
    this.#faults = { ...this.#faults, executorCrash: 0 }
    this.conditions.heal()
    for (const process of this.processes) if (process.isPaused) process.resume()
    for (const part of [...this.agents, ...this.tenants]) part.restart()
    this.#tell({ type: 'repair', kind: 'everything', detail: 'the network is good and all live' })
  }

  readonly #tell = (happening: Happening): void => {
    this.#options.witness(happening, this.clock.now())
  }

  #stepped(address: Address): void {
    if (address !== MASTER) return
    this.#options.onMasterStep?.()
    if (this.#master.ended && !this.#broken.has(MASTER)) {
      this.#broken.add(MASTER)
      this.#tell({ type: 'broken', by: MASTER, reason: 'the master has ended' })
    }
  }

  #bringWork(): void {
    const { seed, frameworks, tasks, arrivalsMs } = this.#options
    const stream = new RandomStream(seed, 'workload')
    for (const job of createWorkload(stream, { frameworks, tasks, withinMs: arrivalsMs })) {
      this.clock.setTimer(() => this.tenants[job.framework]?.take(job), job.arrivesAtMs)
    }
  }

  #startMaster(surroundings: Surroundings): Host {
    const input: LedgerOptions = { masterId: 'M', timeouts: this.timeouts, seed: 1 }
    const process = surroundings.begin(MASTER)
    const role = surroundings.roles.master
    return new Host({ ...surroundings.hosting(process), role, address: MASTER, input }).start()
  }

  #surroundings(): Surroundings {
    return {
      clock: this.clock,
      roles: createRoles(this.clock),
      ids: createCountingIds(),
      timeouts: this.timeouts,
      streams: this.streams,
      faults: () => this.#faults,
      tell: this.#tell,
      begin: (name) => new SimulatedProcess(name, this.clock, this.#watch),
      hosting: (process) => ({
        clock: process,
        transport: this.#portOf(process),
        onMark: ({ name, detail }, by) => this.#tell({ type: 'marked', name, detail, by }),
      }),
      kill: (process, isNoticed) => this.#kill(process, isNoticed),
    }
  }

  readonly #watch = {
    firing: ({ name }: SimulatedProcess, timer: number) =>
      this.#tell({ type: 'fired', by: name, timer }),
    fired: ({ name }: SimulatedProcess) => this.#stepped(name),
  }

  /** An agent or scheduler that says itself that it ended was asked by nobody. */
  #portOf(process: SimulatedProcess): Transport {
    const port = this.#network.portOf(process)
    return {
      ...port,
      send: (envelope) => {
        const { from, message } = envelope
        if (message.type === 'lifecycle.exited' && !from.startsWith('executor/')) {
          this.#tell({ type: 'broken', by: from, reason: message.reason })
        }
        port.send(envelope)
      },
    }
  }

  #kill(process: SimulatedProcess, isNoticed: boolean): void {
    process.kill()
    for (const address of this.#network.detach(process)) {
      if (isNoticed && !address.startsWith('executor/')) this.#breakLink(address, 'its link broke')
    }
  }

  #breakLink(address: Address, reason: string): void {
    const message = { type: 'lifecycle.exited', address, reason } as const
    this.#network.inject({ from: address, to: MASTER, message })
  }
}
