import type { Timeouts } from '../../model/timeouts.ts'
import type { MasterOptions } from './master-options.ts'

/**
 * With what a master was started, as operators may see it: Mesos' names, and nothing secret, which
 * the text of a file of credentials or rules would be.
 */
export function shownFlags(
  options: MasterOptions,
  timeouts: Timeouts,
  started: { readonly place: string; readonly workDir: string; readonly isKept: boolean },
): Readonly<Record<string, string>> {
  const [, ip = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(started.place) ?? []
  const { policy = 'drf', weights, minAllocatable, completedTasksMax, security = {} } = options
  const { hostname } = options
  const { authenticateFrameworks = false, authenticateOperators = false } = security
  return {
    ip,
    port,
    ...(hostname !== undefined && { hostname }),
    work_dir: started.workDir,
    registry: started.isKept ? 'level' : 'memory',
    allocator: typeof policy === 'string' ? policy : policy.name,
    allocation_interval: duration(timeouts.allocationIntervalMs),
    offer_timeout: duration(timeouts.offerTimeoutMs),
    agent_ping_timeout: duration(timeouts.pingIntervalMs),
    max_agent_ping_timeouts: String(timeouts.pingsMissedMax),
    agent_reregister_timeout: duration(timeouts.agentReregistrationTimeoutMs),
    authenticate_http_frameworks: String(authenticateFrameworks),
    authenticate_http_readonly: String(authenticateOperators),
    authenticate_http_readwrite: String(authenticateOperators),
    ...(weights && { weights: list(weights, '=', ',') }),
    ...(minAllocatable && {
      min_allocatable_resources: minAllocatable.map((one) => list(one, ':', ';')).join('|'),
    }),
    ...(completedTasksMax !== undefined && {
      max_completed_tasks_per_framework: String(completedTasksMax),
    }),
  }
}

/** As Mesos writes a duration. */
function duration(milliseconds: number): string {
  return milliseconds % 1_000 === 0 ? `${milliseconds / 1_000}secs` : `${milliseconds}ms`
}

function list(values: Readonly<Record<string, number>>, is: string, and: string): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}${is}${value}`)
    .join(and)
}
