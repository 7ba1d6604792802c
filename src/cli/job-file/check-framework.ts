import { Check } from 'typebox/schema'
import { checkFramework, type FrameworkOptions } from '../../cluster/options.ts'
import type { Resources } from '../../messages/index.ts'
import { type JobContext, planJob } from './check-job.ts'
import { NamedFramework } from './file-schema.ts'
import { attempt, fieldsOf, type Named, partsOf, reportTwins } from './parts.ts'
import type { PlannedFramework, PlannedJob } from './plan.ts'
import type { Report } from './problems.ts'
import { limitsFor } from './quota-limits.ts'
import { NamedJob } from './schema.ts'
import { isRecord } from './shape.ts'

export interface FrameworkContext {
  /** The folder of the file: paths in it are relative to this. */
  readonly folder: string
  /** What the agents have; absent when that is not known, because the agents are wrong. */
  readonly agents: readonly Resources[] | undefined
  /** How they are called; likewise. */
  readonly names: readonly string[] | undefined
  /** The quotas of the file, as they stand there. */
  readonly quotas: unknown
  readonly report: Report
}

/** The framework of a file that has jobs alone. */
export const onlyFramework = 'jobs'

const { role: Role, weight: Weight, priority: Priority } = NamedFramework.properties
const { minAllocatable: MinAllocatable, offerConstraints: OfferConstraints } =
  NamedFramework.properties

/** What a framework of the file stands for; everything that is wrong with it is reported. */
export function planFramework(part: Named, context: FrameworkContext): PlannedFramework {
  const { path, name, value } = part
  const { report } = context
  const { role, weight, priority, minAllocatable, offerConstraints, jobs } = fieldsOf(value)
  const known: FrameworkOptions = {
    name: typeof name === 'string' ? name : onlyFramework,
    ...(Check(Role, role) && role !== undefined && { role }),
  }
  const options: FrameworkOptions = {
    ...known,
    ...(Check(Weight, weight) && weight !== undefined && { weight }),
    ...(Check(Priority, priority) && priority !== undefined && { priority }),
    ...(Check(MinAllocatable, minAllocatable) && minAllocatable && { minAllocatable }),
    ...(Check(OfferConstraints, offerConstraints) && offerConstraints && { offerConstraints }),
  }
  const inAnyRole = role === undefined ? known : { ...known, role: '*' }
  const isNamed = attempt(() => checkFramework(inAnyRole), path, report, 'key')
  const isPlaced =
    role === undefined ||
    attempt(() => checkFramework({ ...known, name: onlyFramework }), [...path, 'role'], report)
  for (const key of ['weight', 'priority', 'minAllocatable', 'offerConstraints'] as const) {
    if (!isNamed || !isPlaced || options[key] === undefined) continue
    attempt(() => checkFramework({ ...known, [key]: options[key] }), [...path, key], report, 'key')
  }
  const jobParts = partsOf(jobs, [...path, 'jobs'])
  reportTwins(jobParts, 'job', report)
  const { name: framework, role: ownRole = framework } = options
  const limits = limitsFor(ownRole, context.quotas)
  const jobContext: JobContext = { ...context, role: ownRole, limits }
  const planned = jobParts.map((job): PlannedJob | undefined => {
    if (!isRecord(job.value)) return undefined
    // In a list its shape says so.
    if (job.path.at(-1) === '') report(job.path, 'the name of a job is empty; give it one', 'key')
    const named = { ...job.value, ...(job.name !== undefined && { name: job.name }) }
    return Check(NamedJob, named) ? planJob(named, job.path, jobContext) : undefined
  })
  return { ...options, jobs: planned.filter((job) => job !== undefined) }
}
