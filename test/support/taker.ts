import type { Framework } from '../../src/frameworks/framework.ts'
import type { FrameworkInfo, Offer, Resources } from '../../src/messages/index.ts'
import { contains, toQuantities } from '../../src/model/resources/quantities.ts'
import type { Stage } from './stage.ts'

export interface TakerOptions extends Partial<FrameworkInfo> {
  /** How many tasks it wants in all; by default as many as it can get. */
  readonly wanted?: number
  /** How long its tasks take, where a timed runner does the work. */
  readonly taskMs?: number
  /** For how long it refuses what has no room for a task. Default: as long as nothing is added. */
  readonly refuseSeconds?: number
}

/** An hour is longer than any test lasts. */
const forLongSeconds = 3_600

/**
 * The framework of the papers: of each offer it takes room for one task of its demand and gives
 * the rest back at once, and it refuses what has no such room.
 */
export class Taker {
  readonly name: string
  readonly demand: Resources
  readonly framework: Framework
  /** When it launched each of its tasks. */
  readonly launchedAt: number[] = []
  readonly #stage: Stage
  readonly #options: TakerOptions

  constructor(stage: Stage, name: string, demand: Resources, options: TakerOptions = {}) {
    const { wanted: _w, taskMs: _t, refuseSeconds: _r, ...info } = options
    this.name = name
    this.demand = demand
    this.#stage = stage
    this.#options = options
    this.framework = stage.framework(
      name,
      {
        offers: (offers, reply) => {
          for (const offer of offers) this.#answer(offer, reply)
        },
      },
      info,
    )
  }

  /** How many of its tasks hold resources. */
  get tasks(): number {
    return this.#mine.length
  }

  /** The largest part that its tasks hold of any one resource of the cluster. */
  get dominantShare(): number {
    const { capacity } = this.#stage.ledger
    const shares = Object.entries(toQuantities(this.demand)).map(([name, amount]) => {
      const total = capacity[name]
      return typeof amount === 'number' && typeof total === 'number' ? amount / total : 0
    })
    return Math.max(...shares) * this.tasks
  }

  get #mine() {
    const records = [...this.#stage.ledger.frameworks.values()]
    const record = records.find(({ info }) => info.name === this.name)
    return [...(record?.tasks.values() ?? [])].filter(({ holds }) => holds)
  }

  #answer(offer: Offer, reply: Framework): void {
    const {
      wanted = Number.POSITIVE_INFINITY,
      taskMs,
      refuseSeconds = forLongSeconds,
    } = this.#options
    const hasRoom = contains(toQuantities(offer.resources), toQuantities(this.demand))
    if (!hasRoom || this.launchedAt.length >= wanted) return reply.decline(offer, { refuseSeconds })
    this.launchedAt.push(this.#stage.clock.now())
    const id = `${this.name}-${this.launchedAt.length}`
    const labels = taskMs === undefined ? {} : { labels: { ms: String(taskMs) } }
    const task = { id, command: 'work', resources: this.demand, ...labels }
    reply.launch(offer, task, { refuseSeconds: 0 })
  }
}
