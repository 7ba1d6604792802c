import type { TaskState } from '../../messages/index.ts'
import type { SimulatedJob } from './workload.ts'

/** Where a job of a tenant stands. */
export interface JobRecord {
  readonly job: SimulatedJob
  phase: 'waiting' | 'launched' | 'ended'
  attempts: number
  taskId: string
  agentId: string | undefined
  launchedAtMs: number
  /** The last state that was told of its present task. */
  state: TaskState | undefined
  /** Since when its agent is unreachable. */
  unreachableSinceMs: number | undefined
  killed: boolean
  /** How often its work was begun in vain. */
  failures: number
}

/** What a tenant keeps on its disk: it outlives every instance of its scheduler. */
export interface TenantMemory {
  frameworkId: string | undefined
  readonly jobs: Map<string, JobRecord>
}

export function createMemory(): TenantMemory {
  return { frameworkId: undefined, jobs: new Map() }
}

export function recordOf(job: SimulatedJob): JobRecord {
  return {
    job,
    phase: 'waiting',
    attempts: 0,
    taskId: job.id,
    agentId: undefined,
    launchedAtMs: 0,
    state: undefined,
    unreachableSinceMs: undefined,
    killed: false,
    failures: 0,
  }
}

/** The job that a task was started for, in this or an earlier attempt. */
export function recordFor({ jobs }: TenantMemory, taskId: string): JobRecord | undefined {
  return jobs.get(taskId.split('.')[0] ?? taskId)
}

export function inPhase({ jobs }: TenantMemory, phase: JobRecord['phase']): JobRecord[] {
  return [...jobs.values()].filter((record) => record.phase === phase)
}
