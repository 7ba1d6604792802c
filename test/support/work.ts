import type { Jobs } from '../../src/frameworks/jobs/jobs.ts'
import type { CallOptions } from '../../src/frameworks/jobs/requests.ts'
import type { TaskHandle } from '../../src/frameworks/jobs/task-handle.ts'
import type { TaskStatus } from '../../src/messages/index.ts'
import { Held } from './held.ts'

/** A job of a tenant that goes on until the test says how it ends. */
export interface Work {
  readonly held: Held
  readonly task: TaskHandle
}

/** Hands it over; by default it needs one cpu. */
export function begin(
  tenant: Jobs,
  options: CallOptions = { cpus: 1 },
  how: { readonly isDeaf?: boolean } = {},
): Work {
  const held = new Held(how)
  const value = tenant.call(held.work, options)
  value.catch(() => {})
  return { held, task: value.task }
}

/** Several of them, one after the other. */
export function beginAll(tenant: Jobs, count: number, options?: CallOptions): Work[] {
  return Array.from({ length: count }, () => begin(tenant, options))
}

/** Which of them run now, by their places in the list. */
export function running(work: readonly Work[]): number[] {
  return work.flatMap(({ task }, index) => (task.state === 'TASK_RUNNING' ? [index] : []))
}

/** Everything that was said of a job that has ended. */
export async function story({ task }: Work): Promise<TaskStatus[]> {
  const statuses: TaskStatus[] = []
  for await (const status of task.updates) statuses.push(status)
  return statuses
}
