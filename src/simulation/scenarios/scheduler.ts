import { Framework } from '../../frameworks/framework.ts'
import type { FrameworkInfo, Offer } from '../../messages/index.ts'
import { InvalidInputError } from '../../model/errors.ts'
import { shortId } from '../message-text.ts'
import type { SimulatedProcess } from '../world/process.ts'
import type { ScenarioParts } from './stage.ts'

/** A framework of a scenario: it does what the script says, and nothing by itself. */
export class ScenarioScheduler {
  readonly info: FrameworkInfo
  /** What it was told of its tasks last. */
  readonly states = new Map<string, string>()
  readonly #parts: ScenarioParts
  /** Every offer it ever had; the open ones may be answered without a name. */
  readonly #offers = new Map<string, Offer>()
  readonly #open = new Set<string>()
  #instances = 0
  #frameworkId: string | undefined
  #process: SimulatedProcess
  #framework: Framework

  constructor(parts: ScenarioParts, info: FrameworkInfo) {
    this.#parts = parts
    this.info = info
    this.#process = parts.begin(this.address)
    this.#framework = this.#start()
  }

  get address(): string {
    return `scheduler/${this.info.name}${this.#instances < 2 ? '' : `~${this.#instances}`}`
  }

  get process(): SimulatedProcess {
    return this.#process
  }

  /** The instance that the script speaks to. */
  get calls(): Framework {
    return this.#framework
  }

  crash({ isNoticed }: { isNoticed: boolean }): void {
    this.#parts.kill(this.#process, isNoticed)
  }

  /** Another instance with the id of the framework, elsewhere when the first one may be alive. */
  restart(isElsewhere: boolean): void {
    if (isElsewhere) this.#instances = Math.max(2, this.#instances + 1)
    else if (this.#process.isAlive) {
      throw new InvalidInputError(`${this.info.name} lives already; restart it elsewhere`)
    }
    this.#open.clear()
    this.#process = this.#parts.begin(this.address)
    this.#framework = this.#start()
  }

  /** The offers of these names, as `O3`; the oldest open one when none is named. */
  offers(names: readonly string[]): Offer[] {
    if (names.length === 0) {
      const [oldest] = this.#open
      if (oldest === undefined) throw new InvalidInputError(`${this.info.name} has no open offer`)
      return this.offers([shortId(oldest)])
    }
    return names.map((name) => {
      const offer = [...this.#offers.values()].find(({ offerId }) => shortId(offerId) === name)
      if (offer === undefined) throw new InvalidInputError(`${this.info.name} never had ${name}`)
      this.#open.delete(offer.offerId)
      return offer
    })
  }

  #start(): Framework {
    const { hosting, roles, ids, timeouts, remark } = this.#parts
    const { address, info } = this
    return new Framework(
      {
        host: { ...hosting(this.#process), role: roles.scheduler, address },
        info,
        seed: ids.seed(),
        timeouts,
        ...(this.#frameworkId !== undefined && { frameworkId: this.#frameworkId }),
      },
      {
        registered: (id) => {
          this.#frameworkId = id
        },
        offers: (offers) => {
          for (const offer of offers) {
            this.#offers.set(offer.offerId, offer)
            this.#open.add(offer.offerId)
          }
        },
        rescinded: (offerId) => {
          this.#open.delete(offerId)
        },
        update: ({ taskId, state }) => {
          this.states.set(taskId, state)
        },
        failed: ({ message }) => remark(message),
      },
    )
  }
}
