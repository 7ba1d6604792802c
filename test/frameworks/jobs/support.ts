import type { Job } from '../../../src/frameworks/jobs/job.ts'
import type { Offer, Resources, TaskState, TaskStatus } from '../../../src/messages/index.ts'
import { toQuantities } from '../../../src/model/resources/quantities.ts'

/** A waiting job, and everything it is told. */
export interface TestJob extends Job {
  readonly heard: TaskState[]
  readonly ends: TaskStatus[]
}

export function jobOf(id: string, resources: Resources = { cpus: 1 }, retries = 0): TestJob {
  const heard: TaskState[] = []
  const ends: TaskStatus[] = []
  return {
    id,
    task: { name: id, resources, command: { value: 'true' } },
    demand: toQuantities(resources),
    shape: JSON.stringify(resources),
    retriesLeft: retries,
    attempts: 0,
    phase: 'waiting',
    taskId: id,
    killed: false,
    listener: {
      updated: ({ state }) => heard.push(state),
      ended: (status) => ends.push(status),
    },
    heard,
    ends,
  }
}

export function offerOf(offerId: string, resources: Resources): Offer {
  return {
    offerId,
    frameworkId: 'F1',
    agentId: 'S1',
    hostname: 'agent-1',
    role: 'reports',
    resources,
  }
}

export function statusOf(
  taskId: string,
  state: TaskState,
  rest: Partial<TaskStatus> = {},
): TaskStatus {
  return { taskId, state, source: 'EXECUTOR', timestampMs: 0, agentId: 'S1', ...rest }
}
