import { byName, type JobOutlook } from './outlook.ts'
import type { Rehearsal } from './rehearsal.ts'

/** The one document of `--json`; of `chosen` jobs alone, when there are some. */
export function documentOf(
  file: string,
  { cluster, explanation, jobs }: Rehearsal,
  chosen: readonly JobOutlook[] = jobs,
): object {
  const { policy, roles, frameworks } = explanation
  const agents = [...cluster.agents].sort((left, right) => byName.compare(left.name, right.name))
  return {
    file,
    policy,
    agents: agents.map(({ name, total, used, free }) => ({ name, total, used, free })),
    roles,
    frameworks,
    jobs: chosen.map(({ places, waiting, why, ...job }) => ({
      ...job,
      starting: job.count - waiting,
      places,
      waiting,
      ...(waiting > 0 && why !== undefined && { why }),
    })),
  }
}
