import { createCountingIds } from '../../actors/ids.ts'
import type { Transport } from '../../actors/ports.ts'
import { createRoles } from '../../actors/roles.ts'
import { VirtualClock } from '../../actors/virtual-clock.ts'
import { timeoutsWith } from '../../machines/support/delays.ts'
import { type Address, type Envelope, MASTER } from '../../messages/index.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { Happening, Witness } from '../happenings.ts'
import { RandomStream } from '../random-stream.ts'
import { AgentMachine } from './agent-machine.ts'
import { Conditions } from './conditions.ts'
import { SimulatedDisk } from './disk.ts'
import type { Faults } from './faults.ts'
import { Links } from './links.ts'
import { Master } from './master.ts'
import { SimulatedNetwork } from './network.ts'
import { SimulatedProcess } from './process.ts'
import { Rogue } from './rogue.ts'
import { Skews } from './skews.ts'
import type { Surroundings } from './surroundings.ts'
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
  /** How long a scheduler thinks about offers. */
  readonly schedulerComputeMs: number
  readonly witness: Witness
  /** The master has taken a step. */
  readonly onMasterStep?: () => void
  /** For tests of properties: what arrives in place of a message that is about to be delivered. */
  readonly tamper?: (envelope: Envelope) => readonly Envelope[]
}

/** This part of the machines have a disk: their agents keep what they run. */
const diskChance = 0.6

/** Where both kinds of deaths of the master may happen, so many masters have a registry. */
const registryChance = 0.75

/** In bigger worlds messages are not decoded: what small ones prove need not be paid for. */
const decodingMax = 20

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
  readonly #links = new Links()
  readonly #skews: Skews
  readonly #agentAt: ReadonlyMap<string, AgentMachine>
  #master: Master
  /** Whose work is being done. */
  #active: SimulatedProcess | undefined
  readonly #broken = new Set<string>()
  #faults: Faults
  readonly #rogue: Rogue | undefined

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
    this.#skews = new Skews(new RandomStream(seed, 'clocks'), faults.skewMaxMs)
    const surroundings = this.#createSurroundings()
    this.#master = new Master(surroundings, this.#hasRegistry())
    const disks = new RandomStream(seed, 'disks')
    this.agents = Array.from({ length: options.agents }, (_, index) => {
      return new AgentMachine(surroundings, `agent-${index + 1}`, disks.chance(diskChance))
    })
    this.#agentAt = new Map(this.agents.map((agent) => [agent.hostname, agent]))
    this.tenants = Array.from(
      { length: options.frameworks },
      (_, index) => new TenantSeat(surroundings, index),
    )
    if (faults.hasRogue) this.#rogue = new Rogue(surroundings, new RandomStream(seed, 'rogue'))
    this.#bringWork()
  }

  get ledger(): Ledger {
    return this.#master.ledger
  }

  get now(): number {
    return this.clock.now()
  }

  agentAt(hostname: string): AgentMachine | undefined {
    return this.#agentAt.get(hostname)
  }

  /** Every process that lives. */
  get processes(): SimulatedProcess[] {
    return [...this.agents, ...this.tenants].map(({ process }) => process)
  }

  get master(): Master {
    return this.#master
  }

  /** The way of a process to the master breaks, and is open again at once: both sides hear so. */
  breakLink(process: SimulatedProcess): void {
    this.#network.cutFlights(MASTER, process.name)
    this.#breakLink(process.name, 'its link broke')
    this.#links.reopen(process)
  }

  /** A new master, and everybody's way to it. */
  restartMaster(): void {
    if (this.#master.process.isAlive) return
    this.#master.restart()
    for (const process of this.processes) if (process.isAlive) this.#links.reopen(process)
  }

  /** Ends every fault: partitions, pauses and crashes; nothing new breaks from now on. */
  heal(): void {
    this.#faults = { ...this.#faults, executorCrash: 0, diskMaxMs: 0 }
    this.conditions.heal()
    this.restartMaster()
    for (const process of [this.#master.process, ...this.processes]) {
      process.slowDown(0)
      if (process.isPaused) process.resume()
    }
    for (const part of [...this.agents, ...this.tenants]) part.restart()
    this.#rogue?.stop()
    this.#tell({ type: 'repair', kind: 'everything', detail: 'the network is good and all live' })
  }

  readonly #tell = (happening: Happening): void => {
    if (happening.type === 'sent') this.#rogue?.overhear(happening.envelope)
    this.#options.witness(happening, this.clock.now())
  }

  #stepped(address: Address): void {
    if (address !== MASTER) return
    this.#options.onMasterStep?.()
    if (this.#master.hasEnded && !this.#broken.has(MASTER)) {
      this.#broken.add(MASTER)
      this.#tell({ type: 'broken', by: MASTER, reason: 'the master has ended' })
    }
  }

  /** A master whose disk may be lost has none: it would begin another cluster. */
  #hasRegistry(): boolean {
    const { masterCrashMeanMs, masterLossMeanMs } = this.#faults
    if (masterLossMeanMs === 0) return true
    const stream = new RandomStream(this.#options.seed, 'registry')
    return masterCrashMeanMs > 0 && stream.chance(registryChance)
  }

  #bringWork(): void {
    const { seed, frameworks, tasks, arrivalsMs } = this.#options
    const stream = new RandomStream(seed, 'workload')
    for (const job of createWorkload(stream, { frameworks, tasks, withinMs: arrivalsMs })) {
      this.clock.setTimer(() => this.tenants[job.framework]?.take(job), job.arrivesAtMs)
    }
  }

  #createSurroundings(): Surroundings {
    const clock = { now: () => this.#active?.now() ?? this.clock.now() }
    return {
      clock: this.clock,
      roles: createRoles(clock),
      ids: createCountingIds(),
      timeouts: this.timeouts,
      schedulerComputeMs: this.#options.schedulerComputeMs,
      streams: this.streams,
      faults: () => this.#faults,
      tell: this.#tell,
      begin: (name, hostname) =>
        new SimulatedProcess(name, this.clock, this.#watch, this.#skews.of(hostname)),
      linkOf: (process) => this.#links.linkOf(process),
      disk: () =>
        new SimulatedDisk({
          stream: this.streams.faults,
          writeMaxMs: () => this.#faults.diskMaxMs,
        }),
      hosting: (process) => ({
        clock: process,
        transport: this.#portOf(process),
        onMark: ({ name, detail }, by) => this.#tell({ type: 'marked', name, detail, by }),
      }),
      kill: (process, isNoticed) => this.#kill(process, isNoticed),
      hangUp: ({ name }) => this.#network.cutFlights(name, this.master.process.name),
    }
  }

  readonly #watch = {
    entering: (process: SimulatedProcess) => {
      this.#active = process
    },
    left: () => {
      this.#active = undefined
    },
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
    this.#links.forget(process)
    for (const address of this.#network.detach(process)) {
      if (isNoticed && !address.startsWith('executor/')) this.#breakLink(address, 'its link broke')
    }
  }

  #breakLink(address: Address, reason: string): void {
    const message = { type: 'lifecycle.exited', address, reason } as const
    this.#network.inject({ from: address, to: MASTER, message })
  }
}
