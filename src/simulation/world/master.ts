import { Host } from '../../actors/host.ts'
import { MASTER } from '../../messages/index.ts'
import type { Ledger, LedgerOptions } from '../../model/ledger/ledger.ts'
import type { SimulatedProcess } from './process.ts'
import type { Surroundings } from './surroundings.ts'

/** The master of the world: a process that may crash, and comes back under another id. */
export class Master {
  readonly #surroundings: Surroundings
  #lives = 0
  #process: SimulatedProcess
  #host: Host

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
    this.#process = surroundings.begin(MASTER, MASTER)
    this.#host = this.#start()
  }

  get process(): SimulatedProcess {
    return this.#process
  }

  get ledger(): Ledger {
    return this.#host.snapshot().context.book
  }

  /** Its machine says that it ended, which nobody asked for. */
  get hasEnded(): boolean {
    return this.#process.isAlive && this.#host.ended
  }

  /** It dies, and with it all that it knew. */
  crash(): void {
    if (!this.#process.isAlive) return
    const { tell, kill } = this.#surroundings
    tell({ type: 'fault', kind: 'master-crash', detail: MASTER })
    kill(this.#process, false)
  }

  restart(): void {
    if (this.#process.isAlive) return
    const { tell, begin } = this.#surroundings
    tell({ type: 'repair', kind: 'master-crash', detail: MASTER })
    this.#process = begin(MASTER, MASTER)
    this.#host = this.#start()
  }

  #start(): Host {
    const { roles, timeouts, hosting } = this.#surroundings
    const masterId = this.#lives === 0 ? 'M' : `M${this.#lives + 1}`
    this.#lives++
    const input: LedgerOptions = { masterId, timeouts, seed: this.#lives }
    const host = new Host({
      ...hosting(this.#process),
      role: roles.master,
      address: MASTER,
      input,
    })
    return this.#process.begin(() => host.start())
  }
}
