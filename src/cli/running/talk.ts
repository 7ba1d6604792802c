import { type Category, categoryOf, type Envelope } from '../../messages/index.ts'
import type { RunCluster } from './run-cluster.ts'

const categories: readonly Category[] = ['lifecycle', 'allocation', 'task']

/** Counts what is said in a cluster. */
export class Talk {
  readonly #counts = new Map<string, number>()

  /** Counts from now on; `heard` is called with each message. */
  constructor(cluster: Pick<RunCluster, 'messages'>, heard?: (envelope: Envelope) => void) {
    cluster.messages((envelope) => {
      const { type } = envelope.message
      this.#counts.set(type, (this.#counts.get(type) ?? 0) + 1)
      heard?.(envelope)
    })
  }

  /** How many messages of each type there were, by name. */
  byType(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** `42 messages: 12 lifecycle, 9 allocation, 21 task`. */
  summary(): string {
    const sums = categories.map((category) => {
      const counts = [...this.#counts].filter(([type]) => categoryOf(type) === category)
      return counts.reduce((sum, [, count]) => sum + count, 0)
    })
    const all = sums.reduce((sum, count) => sum + count, 0)
    const parts = categories.map((category, place) => `${sums[place] ?? 0} ${category}`)
    return `${all} messages: ${parts.join(', ')}`
  }
}

/** Whether a message is part of the talk between schedulers and the master. */
export function isSchedulerTalk({ from, to }: Envelope): boolean {
  return from.startsWith('scheduler/') || to.startsWith('scheduler/')
}
