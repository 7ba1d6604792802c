import { type Job, type NewJob, newJob } from '../../../src/frameworks/jobs/job.ts'
import { Preference, type Prefers } from '../../../src/frameworks/jobs/preference.ts'
import { JobQueue } from '../../../src/frameworks/jobs/queue.ts'
import type { Offer, Resources, TaskState, TaskStatus } from '../../../src/messages/index.ts'
import { toQuantities, toResources } from '../../../src/model/resources/quantities.ts'

/** A waiting job, and everything it is told. */
export interface TestJob extends Job {
  readonly heard: TaskState[]
  readonly ends: TaskStatus[]
}

export function jobOf(id: string, resources: Resources = { cpus: 1 }, retries = 0): TestJob {
  return testJob(id, { task: taskOf(id, resources), preference: undefined, retries })
}

/** A job that prefers agents, and waits for them. */
export function pickyJob(
  id: string,
  prefers: Prefers,
  { resources = { cpus: 1 }, waitMs = 5_000, retries = 0 }: PickyOptions = {},
): TestJob {
  const preference = new Preference(`job ${id}`, prefers)
  return testJob(id, { task: taskOf(id, resources), preference, preferWaitMs: waitMs, retries })
}

interface PickyOptions {
  readonly resources?: Resources
  readonly waitMs?: number
  readonly retries?: number
}

function taskOf(id: string, resources: Resources): Job['task'] {
  return { name: id, resources, command: { value: 'true' } }
}

function testJob(id: string, given: Omit<NewJob, 'listener'>): TestJob {
  const heard: TaskState[] = []
  const ends: TaskStatus[] = []
  const listener: Job['listener'] = {
    updated: ({ state }) => heard.push(state),
    ended: (status) => ends.push(status),
  }
  return { ...newJob(id, { ...given, listener }), heard, ends }
}

export function offerOf(offerId: string, resources: Resources, place: Partial<Offer> = {}): Offer {
  return {
    offerId,
    frameworkId: 'F1',
    agentId: 'S1',
    hostname: 'agent-1',
    role: 'reports',
    resources,
    ...place,
  }
}

export function statusOf(
  taskId: string,
  state: TaskState,
  rest: Partial<TaskStatus> = {},
): TaskStatus {
  return { taskId, state, source: 'EXECUTOR', timestampMs: 0, agentId: 'S1', ...rest }
}

/** A queue in which these jobs wait. */
export function queueOf(...jobs: TestJob[]): JobQueue {
  const queue = new JobQueue()
  for (const job of jobs) queue.add(job)
  return queue
}

/** Packs an offer; returns the ids of what was taken, and what is left of the offer. */
export function pack(queue: JobQueue, resources: Resources) {
  const room = toQuantities(resources)
  const { jobs } = queue.pack(room)
  for (const job of jobs) job.phase = 'launched'
  return { ids: jobs.map(({ id }) => id), left: toResources(room) }
}
