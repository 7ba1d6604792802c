import { Host } from '../../actors/host.ts'
import { MASTER } from '../../messages/index.ts'
import type { Ledger, LedgerOptions } from '../../model/ledger/ledger.ts'
import { masterRecord } from '../../model/master/keep.ts'
import type { SimulatedDisk } from './disk.ts'
import type { SimulatedProcess } from './process.ts'
import type { Surroundings } from './surroundings.ts'

/** How a master dies: its registry outlives it, or there is none. */
export type MasterDeath = 'master-crash' | 'master-loss'

/** The master of the world: a process that may crash, and comes back under another id. */
export class Master {
  readonly #surroundings: Surroundings
  /** Where it keeps what its successor is to know, if it does. */
  readonly #disk: SimulatedDisk | undefined
  #lives = 0
  #process: SimulatedProcess
  #host: Host

  constructor(surroundings: Surroundings, hasDisk: boolean) {
    this.#surroundings = surroundings
    this.#disk = hasDisk ? surroundings.disk() : undefined
    this.#process = surroundings.begin(MASTER, MASTER)
    this.#host = this.#start()
  }

  get process(): SimulatedProcess {
    return this.#process
  }

  get hasDisk(): boolean {
    return this.#disk !== undefined
  }

  get ledger(): Ledger {
    return this.#host.snapshot().context.book
  }

  /** Its machine says that it ended, which nobody asked for. */
  get hasEnded(): boolean {
    return this.#process.isAlive && this.#host.ended
  }

  /** It dies, and with it all that it knew and did not keep. */
  crash(): void {
    if (!this.#process.isAlive) return
    const { tell, kill } = this.#surroundings
    tell({ type: 'fault', kind: this.#death, detail: MASTER })
    kill(this.#process, false)
    this.#disk?.settle()
  }

  restart(): void {
    if (this.#process.isAlive) return
    const { tell, begin } = this.#surroundings
    tell({ type: 'repair', kind: this.#death, detail: MASTER })
    this.#process = begin(MASTER, MASTER)
    this.#host = this.#start()
  }

  get #death(): MasterDeath {
    return this.hasDisk ? 'master-crash' : 'master-loss'
  }

  #start(): Host {
    const { roles, timeouts, hosting } = this.#surroundings
    const masterId = this.#lives === 0 ? 'M' : `M${this.#lives + 1}`
    this.#lives++
    const memory = this.#disk?.masterMemory()
    const input: LedgerOptions = {
      masterId,
      timeouts,
      seed: this.#lives,
      ...(memory && { memory }),
    }
    const host = new Host({
      ...hosting(this.#process),
      role: roles.master,
      address: MASTER,
      input,
      ...(this.#disk && {
        keeping: {
          storage: this.#disk.open(this.#process),
          recordOf: (snapshot, key) => masterRecord(snapshot.context.book, key),
        },
      }),
    })
    return this.#process.begin(() => host.start())
  }
}
