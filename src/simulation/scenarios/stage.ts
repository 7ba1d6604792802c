import { Host } from '../../actors/host.ts'
import { createCountingIds } from '../../actors/ids.ts'
import type { Ids, Transport } from '../../actors/ports.ts'
import { createRoles, type Roles } from '../../actors/roles.ts'
import { VirtualClock } from '../../actors/virtual-clock.ts'
import { timeoutsWith } from '../../machines/support/delays.ts'
import {
  type Address,
  type AgentInfo,
  type Envelope,
  type FrameworkInfo,
  MASTER,
} from '../../messages/index.ts'
import { InvalidInputError } from '../../model/errors.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import { masterRecord } from '../../model/master/keep.ts'
import type { Timeouts } from '../../model/timeouts.ts'
import type { Mark } from '../../model/turn.ts'
import { masterMemoryOf } from '../../storage/memories.ts'
import type { Happening } from '../happenings.ts'
import { SimulatedNetwork } from '../world/network.ts'
import { type ProcessWatch, SimulatedProcess } from '../world/process.ts'
import type { ScenarioDisk } from './disk.ts'
import { Journal } from './journal.ts'
import { ScenarioMachine } from './machine.ts'
import { NetworkRules } from './network-rules.ts'
import { Promises } from './promises.ts'
import { ScenarioScheduler } from './scheduler.ts'
import { tellStates } from './states.ts'

/** Who runs the cluster: it only says what a script says, and hears the answers. */
const operator = 'operator'

/** What every process of a scenario is made with. */
export interface ScenarioParts {
  readonly clock: VirtualClock
  readonly roles: Roles
  readonly ids: Ids
  readonly timeouts: Timeouts
  tell(happening: Happening): void
  /** Something to know that is no message. */
  remark(sentence: string): void
  begin(name: string): SimulatedProcess
  hosting(process: SimulatedProcess): {
    readonly clock: SimulatedProcess
    readonly transport: Transport
    readonly onMark: (mark: Mark, address: Address) => void
  }
  /** Ends a process; the master may notice at once that its link broke. */
  kill(process: SimulatedProcess, isNoticed: boolean): void
}

/**
 * The production hosts and machines on virtual time, in which nothing happens but what a script
 * says and what follows from it. Messages take no time unless they are told to.
 */
export class Stage {
  readonly clock = new VirtualClock()
  readonly rules = new NetworkRules()
  readonly journal = new Journal()
  readonly machines = new Map<string, ScenarioMachine>()
  readonly schedulers = new Map<string, ScenarioScheduler>()
  readonly #parts: ScenarioParts
  /** The last one of each address. */
  readonly #processes = new Map<Address, SimulatedProcess>()
  readonly #network: SimulatedNetwork
  readonly #promises: Promises
  #registry: ScenarioDisk | undefined
  #masters = 0
  #hasBroken = false
  #master: Host
  #masterProcess: SimulatedProcess

  constructor() {
    this.#network = new SimulatedNetwork({
      clock: this.clock,
      fateOf: this.rules.fateOf,
      isDecoding: true,
      tell: (happening) => this.#tell(happening),
      settled: (to) => this.#settled(to),
      tamper: (envelope) => this.#arriving(envelope),
    })
    this.#promises = new Promises(this)
    this.#parts = this.#makeParts()
    this.#masterProcess = this.#parts.begin(MASTER)
    this.#master = this.#startMaster()
    this.#network.portOf(this.#parts.begin(operator)).subscribe(operator, () => {})
  }

  get ledger(): Ledger {
    return this.#master.snapshot().context.book
  }

  get timeouts(): Timeouts {
    return this.#parts.timeouts
  }

  addMachine(info: AgentInfo, disk?: ScenarioDisk): void {
    this.#checkName(info.hostname)
    this.machines.set(info.hostname, new ScenarioMachine(this.#parts, info, disk))
  }

  addScheduler(info: FrameworkInfo): void {
    this.#checkName(info.name)
    this.schedulers.set(info.name, new ScenarioScheduler(this.#parts, info))
  }

  machine(name: string): ScenarioMachine {
    const machine = this.machines.get(name)
    if (machine === undefined) throw new InvalidInputError(`there is no agent ${name}`)
    return machine
  }

  scheduler(name: string): ScenarioScheduler {
    const scheduler = this.schedulers.get(name)
    if (scheduler === undefined) throw new InvalidInputError(`there is no framework ${name}`)
    return scheduler
  }

  /**
   * The process of the master, of an agent or of a framework's scheduler as it is now, by its short
   * name; by an address also that of an instance that was replaced.
   */
  process(name: string): SimulatedProcess {
    const part = this.machines.get(name) ?? this.schedulers.get(name)
    const process = part?.process ?? this.#processes.get(name)
    if (process === undefined) throw new InvalidInputError(`nobody is called ${name}`)
    return process
  }

  /** Tells the promises that something goes wrong now. */
  fault(kind: string, detail: string): void {
    this.#tell({ type: 'fault', kind, detail })
  }

  /** The master dies and takes its book along. */
  crashMaster(): void {
    this.#parts.kill(this.#masterProcess, false)
  }

  /** From now on the master keeps a registry; it begins anew, as long as nobody knows it. */
  keepRegistry(disk: ScenarioDisk): void {
    if (this.machines.size + this.schedulers.size > 0) {
      throw new InvalidInputError('the master has met others already; say so at the start')
    }
    this.#registry = disk
    this.crashMaster()
    this.restartMaster()
  }

  restartMaster(): void {
    if (this.#masterProcess.isAlive) throw new InvalidInputError('the master lives already')
    this.#masterProcess = this.#parts.begin(MASTER)
    this.#master = this.#startMaster()
  }

  /** The link between the master and somebody breaks: what is on it is lost, the master is told. */
  breakLink(process: SimulatedProcess): void {
    this.#network.cutFlights(MASTER, process.name)
    this.#noticeEnd(process.name)
  }

  /** Anybody may say anything to the master. */
  say(process: SimulatedProcess, message: Envelope['message']): void {
    this.#network.portOf(process).send({ from: process.name, to: MASTER, message })
  }

  /** Everything that follows, for so long, happens; then it is told how all stands. */
  pass(ms: number): void {
    this.clock.advance(ms)
    tellStates(this, this.#masterProcess.isAlive)
  }

  #checkName(name: string): void {
    if (name !== MASTER && !this.machines.has(name) && !this.schedulers.has(name)) return
    throw new InvalidInputError(`the name ${name} is taken`)
  }

  #startMaster(): Host {
    const { hosting, roles, timeouts } = this.#parts
    const masterId = this.#masters === 0 ? 'M' : `M${this.#masters + 1}`
    this.#masters++
    const kept = this.#registry?.open(this.#masterProcess)
    const memory = kept && masterMemoryOf(kept.records, [])
    return new Host({
      ...hosting(this.#masterProcess),
      role: roles.master,
      address: MASTER,
      input: { masterId, timeouts, seed: 1, ...(memory && { memory }) },
      ...(kept && {
        keeping: {
          storage: kept.storage,
          recordOf: (snapshot, key) => masterRecord(snapshot.context.book, key),
        },
      }),
    }).start()
  }

  #makeParts(): ScenarioParts {
    const watch: ProcessWatch = {
      entering: () => {},
      left: () => {},
      firing: () => {},
      fired: ({ name }) => this.#settled(name),
    }
    return {
      clock: this.clock,
      roles: createRoles(this.clock),
      ids: createCountingIds(),
      timeouts: timeoutsWith({}),
      tell: (happening) => this.#tell(happening),
      begin: (name) => {
        const process = new SimulatedProcess(name, this.clock, watch)
        this.#processes.set(name, process)
        return process
      },
      remark: (sentence) => this.journal.remark(sentence, this.clock.now()),
      hosting: (process) => ({
        clock: process,
        transport: this.#network.portOf(process),
        onMark: ({ name, detail }, by) => this.#tell({ type: 'marked', name, detail, by }),
      }),
      kill: (process, isNoticed) => {
        if (!process.isAlive) throw new InvalidInputError(`${process.name} is dead already`)
        process.kill()
        this.#network.detach(process)
        if (isNoticed) this.#noticeEnd(process.name)
      },
    }
  }

  #noticeEnd(address: Address): void {
    const message = { type: 'lifecycle.exited', address, reason: 'its link broke' } as const
    this.#network.inject({ from: address, to: MASTER, message })
  }

  #arriving(envelope: Envelope): readonly Envelope[] {
    const arriving = this.rules.arriving(envelope)
    const text = JSON.stringify(envelope.message)
    if (arriving.length === 0)
      this.#tell({ type: 'lost', why: 'chance', envelope, number: 0, text })
    return arriving
  }

  #settled(to: Address): void {
    if (to !== MASTER) return
    this.#promises.masterStepped()
    if (!this.#master.ended || this.#hasBroken) return
    this.#hasBroken = true
    this.#tell({ type: 'broken', by: MASTER, reason: 'the master has ended' })
  }

  #tell(happening: Happening): void {
    this.journal.note(happening, this.clock.now())
    this.#promises.happened(happening)
  }
}
