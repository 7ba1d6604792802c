import type { Explanation } from '../../cluster/explain.ts'
import type { ClusterSnapshot } from '../../cluster/snapshot.ts'
import type { Jobs } from '../../frameworks/jobs/jobs.ts'
import type { Resources } from '../../messages/index.ts'

/** What would become of one job of a file if no task ever ended. */
export interface JobOutlook {
  readonly framework: string
  readonly role: string
  readonly job: string
  /** How many tasks it stands for; each either has a place or waits. */
  readonly count: number
  readonly resources: Resources
  readonly places: readonly Place[]
  readonly waiting: number
  /** Why the others wait, in one sentence. */
  readonly why?: string
}

/** So many tasks begin on one agent at one time. */
export interface Place {
  readonly agent: string
  readonly count: number
  /** In milliseconds after the start; 0 stands for at once. */
  readonly afterMs: number
}

/** The sentence for each task of a tenant that waits, by id. */
export function reasonsOf(tenant: Jobs, { waiting }: Explanation): Map<string, string> {
  const sentences = waiting.filter(({ framework }) => framework === tenant.name)
  // Both list the shapes in the order of the tenant's own queue.
  const shapes = tenant.waitingJobs({ max: Number.POSITIVE_INFINITY })
  const reasons = new Map<string, string>()
  for (const [index, { jobs }] of shapes.entries()) {
    const why = sentences[index]?.why
    if (why === undefined) continue
    for (const { id } of jobs) reasons.set(id, why)
  }
  return reasons
}

/** Where tasks are, the first to begin first; `begunMs` tells when, after the start. */
export function placesOf(
  tasks: readonly { readonly id: string; readonly agentId: string }[],
  { agents }: ClusterSnapshot,
  begunMs: (id: string) => number,
): Place[] {
  const names = new Map(agents.map(({ id, name }) => [id, name]))
  const places = new Map<string, { agent: string; count: number; afterMs: number }>()
  for (const { id, agentId } of tasks) {
    const afterMs = begunMs(id)
    const agent = names.get(agentId) ?? agentId
    const key = `${afterMs} ${agent}`
    const place = places.get(key) ?? { agent, count: 0, afterMs }
    place.count++
    places.set(key, place)
  }
  return [...places.values()].sort(
    (left, right) => left.afterMs - right.afterMs || byName.compare(left.agent, right.agent),
  )
}

/** node-2 comes before node-10. */
export const byName = new Intl.Collator('en', { numeric: true })
