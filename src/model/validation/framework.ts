import type { FrameworkInfo } from '../../messages/index.ts'
import { problemWithConstraints } from './constraints.ts'
import { problemWithRole } from './roles.ts'
import { problemWithMinimums } from './sharing.ts'

/** Says why a framework cannot join as it describes itself, or nothing. */
export function problemWithFramework(
  info: FrameworkInfo,
  suppressedRoles: readonly string[],
): string | undefined {
  // Mesos lets whoever may have many have none, too: it waits for UPDATE_FRAMEWORK.
  if (info.roles.length === 0 && info.capabilities?.includes('MULTI_ROLE') !== true) {
    return 'the framework has no role; give "*" for the common one'
  }
  const roles = new Set<string>()
  for (const role of info.roles) {
    const problem = problemWithRole(role)
    if (problem !== undefined) return problem
    if (roles.has(role)) return `the role ${role} is listed twice`
    roles.add(role)
  }
  const stranger = suppressedRoles.find((role) => !roles.has(role))
  if (stranger !== undefined) {
    return `the role ${stranger} cannot be suppressed: it is not among the framework's roles`
  }
  const { failoverTimeoutMs = 0, offerConstraints, minAllocatable = {} } = info
  if (!(failoverTimeoutMs >= 0 && Number.isFinite(failoverTimeoutMs))) {
    return `failoverTimeoutMs is ${failoverTimeoutMs}; give zero or more milliseconds`
  }
  for (const [role, minimums] of Object.entries(minAllocatable)) {
    if (!roles.has(role)) return `minAllocatable names ${role}, no role of the framework`
    const problem = problemWithMinimums(minimums)
    if (problem !== undefined) return problem
  }
  return offerConstraints && problemWithConstraints(offerConstraints, info.roles)
}
