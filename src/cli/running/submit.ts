import type { Jobs } from '../../frameworks/jobs/jobs.ts'
import type { TaskHandle } from '../../frameworks/jobs/task-handle.ts'
import type { Resources, TaskStatus } from '../../messages/index.ts'
import { type Needs, needsOf } from '../../model/resources/amounts.ts'
import type { Plan, PlannedJob } from '../job-file/plan.ts'
import type { RunCluster } from './run-cluster.ts'

/** A task of a job file that was handed to its tenant. */
export interface SubmittedTask {
  readonly framework: string
  readonly handle: TaskHandle
  readonly resources: Resources
  /** What the module returned, when it has ended; nothing for commands and after failures. */
  readonly result: Promise<{ readonly value: unknown } | undefined>
}

const nothing = Promise.resolve(undefined)

/** Hands in every job of a plan, each as often as it says. */
export function submitPlan(
  cluster: Pick<RunCluster, 'jobs'>,
  { frameworks }: Plan,
): SubmittedTask[] {
  return frameworks.flatMap(({ name, jobs, ...options }) => {
    const tenant = cluster.jobs(name, options)
    return jobs.flatMap((job) =>
      Array.from({ length: job.count }, () => submitJob(tenant, name, job)),
    )
  })
}

/** Calls back with each state of a task in turn; resolves after the last. */
export async function watchTask(
  { handle }: SubmittedTask,
  changed: (status: TaskStatus) => void,
): Promise<void> {
  for await (const status of handle.updates) changed(status)
}

function submitJob(tenant: Jobs, framework: string, job: PlannedJob): SubmittedTask {
  if ('command' in job) {
    const handle = tenant.submit(job.command)
    return { framework, handle, resources: demandOf(job.command), result: nothing }
  }
  const { module, options, input } = job.module
  const running = tenant.run(module, options, input)
  const result = running.then(
    (value) => ({ value }),
    // How it failed is told by its last status.
    () => undefined,
  )
  return { framework, handle: running.task, resources: demandOf(options), result }
}

/** What a job needs; one that says nothing gets one cpu. */
export function demandOf({ cpus, mem, disk, gpus, ports, resources }: Needs): Resources {
  const written = { cpus, mem, disk, gpus, ports, resources }
  const given = Object.entries(written).filter(([, amount]) => amount !== undefined)
  const demand = needsOf('the job', Object.fromEntries(given))
  return Object.keys(demand).length === 0 ? { cpus: 1 } : demand
}
