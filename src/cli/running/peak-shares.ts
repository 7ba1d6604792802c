import type { AgentSnapshot } from '../../cluster/snapshot.ts'
import type { Resources } from '../../messages/index.ts'
import { type DominantShare, dominantShareOf } from '../../model/explain/shares.ts'
import { scalarsByName } from '../../model/resources/kinds.ts'
import {
  addTo,
  type Scalars,
  sumOfScalars,
  takeFrom,
  toQuantities,
} from '../../model/resources/quantities.ts'

/** Notes the largest part of the cluster that each framework had at any time. */
export class PeakShares {
  readonly #capacity: Scalars
  readonly #held = new Map<string, Scalars>()
  readonly #running = new Map<string, Scalars>()
  readonly #peaks = new Map<string, DominantShare>()

  constructor(agents: readonly AgentSnapshot[]) {
    this.#capacity = sumOfScalars(agents.map(({ total }) => scalarsIn(total)))
  }

  launched(framework: string, task: string, resources: Resources): void {
    const key = `${framework}/${task}`
    if (this.#running.has(key)) return
    const amounts = scalarsIn(resources)
    const held = this.#held.get(framework) ?? {}
    this.#running.set(key, amounts)
    this.#held.set(framework, held)
    addTo(held, amounts)
    const now = dominantShareOf(held, this.#capacity)
    const peak = this.#peaks.get(framework)
    if (now !== undefined && now.share > (peak?.share ?? 0)) this.#peaks.set(framework, now)
  }

  ended(framework: string, task: string): void {
    const amounts = this.#running.get(`${framework}/${task}`)
    if (amounts === undefined) return
    this.#running.delete(`${framework}/${task}`)
    takeFrom(this.#held.get(framework) ?? {}, amounts)
  }

  /** Nothing for a framework of which no task was launched. */
  of(framework: string): DominantShare | undefined {
    return this.#peaks.get(framework)
  }
}

/** Shares are of amounts by name, reserved or not; lists have none. */
function scalarsIn(resources: Resources): Scalars {
  return scalarsByName(toQuantities(resources))
}
