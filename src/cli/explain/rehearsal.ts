import { createCountingIds } from '../../actors/ids.ts'
import { VirtualClock } from '../../actors/virtual-clock.ts'
import type { Explanation } from '../../cluster/explain.ts'
import type { ClusterSnapshot } from '../../cluster/snapshot.ts'
import { Cluster } from '../../cluster.ts'
import { messageOf } from '../../executors/sentences.ts'
import type { Jobs } from '../../frameworks/jobs/jobs.ts'
import { MASTER, type Resources } from '../../messages/index.ts'
import { type Measures, measureDemand, measureOffer } from '../../model/resources/measures.ts'
import { toQuantities } from '../../model/resources/quantities.ts'
import type { Plan, PlannedJob } from '../job-file/plan.ts'
import { demandOf } from '../running/submit.ts'
import { type JobOutlook, placesOf, reasonsOf } from './outlook.ts'

/** Longer than agents need to register, in virtual time. */
const gatherMs = 1_000
/** Jobs that prefer agents wait 5 s for them by default: what they take then belongs to it, too. */
const watchMs = 10_000
const stepMs = 1_000

/** How a cluster would stand, some seconds after a plan was handed in, if no task ever ended. */
export interface Rehearsal {
  readonly cluster: ClusterSnapshot
  readonly explanation: Explanation
  readonly jobs: readonly JobOutlook[]
}

/**
 * Plays a plan on virtual time with tasks that only hold their resources: the cluster is the one
 * that `run` has, and nothing that the file names is executed. Nobody closes it, because it has no
 * process, timer or file to give back.
 */
export async function rehearse({ agents, sharing, frameworks }: Plan): Promise<Rehearsal> {
  const clock = new VirtualClock()
  const ids = createCountingIds()
  const cluster = new Cluster({ clock, ids, ...(agents && { agents }), ...sharing })
  await pass(clock, gatherMs)
  const begunMs = noteBeginnings(cluster, clock)
  const totals = cluster.snapshot().agents.map(({ total }) => measureOffer(toQuantities(total)))
  const casts = frameworks.flatMap(({ name, jobs, ...options }) => {
    const tenant = cluster.jobs(name, options)
    return jobs.map((job) => cast(tenant, job, totals))
  })
  await pass(clock, watchMs)
  const snapshot = cluster.snapshot()
  const explanation = cluster.explain()
  const tasks = new Map(snapshot.frameworks.map((framework) => [framework.name, framework.tasks]))
  const reasons = new Map<Jobs, ReadonlyMap<string, string>>()
  const outlookOf = ({ tenant, problem, tasks: own, ...job }: Cast): JobOutlook => {
    const sentences = reasons.get(tenant) ?? reasonsOf(tenant, explanation)
    reasons.set(tenant, sentences)
    const launched = (tasks.get(tenant.name) ?? []).filter(({ id }) => own.has(id))
    const first = [...own].find((id) => sentences.has(id)) ?? ''
    const why = problem() ?? sentences.get(first)
    return {
      framework: tenant.name,
      role: tenant.role,
      ...job,
      places: placesOf(launched, snapshot, (id) => begunMs(tenant.name, id)),
      waiting: job.count - launched.length,
      ...(why !== undefined && { why }),
    }
  }
  return { cluster: snapshot, explanation, jobs: casts.map(outlookOf) }
}

/** Lets virtual time pass, and in between the work of promises. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  await clock.settled()
  for (let passed = 0; passed < ms; passed += stepMs) {
    clock.advance(stepMs)
    await clock.settled()
  }
}

/** Tells of each task how long after now it was launched; in the first second is at once. */
function noteBeginnings(cluster: Cluster, clock: VirtualClock) {
  const startMs = clock.now()
  const passedMs = new Map<string, number>()
  cluster.messages(({ from, to, message }) => {
    if (message.type !== 'task.launch' || to !== MASTER) return
    for (const { taskId } of message.tasks) passedMs.set(`${from}/${taskId}`, clock.now() - startMs)
  })
  return (framework: string, id: string): number => {
    const afterMs = passedMs.get(`scheduler/${framework}/${id}`) ?? 0
    return afterMs < stepMs ? 0 : afterMs
  }
}

/** A job of the file with those who stand in for its tasks. */
interface Cast extends Pick<JobOutlook, 'job' | 'count' | 'resources'> {
  readonly tenant: Jobs
  /** Their ids. */
  readonly tasks: ReadonlySet<string>
  /** What ended one of them; nothing should. */
  problem(): string | undefined
}

/** Hands in as many tasks as the file says; one more than could ever run stands for all others. */
function cast(tenant: Jobs, planned: PlannedJob, totals: readonly Measures[]): Cast {
  const request = 'command' in planned ? planned.command : planned.module.options
  const { name: job = 'job', prefers, preferWaitMs } = request
  const { count } = planned
  const resources = demandOf(request)
  let problem: string | undefined
  const length = Math.min(count, mostAtOnce(resources, totals) + 1)
  const tasks = Array.from({ length }, () => {
    const held = tenant.call(holdForEver, {
      name: job,
      resources,
      ...(prefers !== undefined && { prefers }),
      ...(preferWaitMs !== undefined && { preferWaitMs }),
    })
    held.catch((error: unknown) => {
      problem ??= messageOf(error)
    })
    return held.task.id
  })
  return { tenant, job, count, resources, tasks: new Set(tasks), problem: () => problem }
}

function holdForEver(): Promise<void> {
  return new Promise(() => {})
}

/** No more tasks fit the agents, were they all empty. */
function mostAtOnce(resources: Resources, totals: readonly Measures[]): number {
  const demand = Object.entries(measureDemand(toQuantities(resources)))
  const wanted = demand.filter(([, amount]) => amount > 0)
  const most = totals.map((total) =>
    Math.min(...wanted.map(([key, amount]) => Math.floor((total[key] ?? 0) / amount))),
  )
  return most.reduce((sum, count) => sum + count, 0)
}
