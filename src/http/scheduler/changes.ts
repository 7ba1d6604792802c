import type { FrameworkInfo } from '../../messages/index.ts'
import { problemWithFramework } from '../../model/validation/framework.ts'
import type { SchedulerCall } from '../wire/calls.ts'

export type UpdateFramework = Extract<SchedulerCall, { type: 'UPDATE_FRAMEWORK' }>

/**
 * Says why a framework cannot describe itself anew like that, or nothing. For whom it runs, and
 * what outlives its agents, was decided when it subscribed (Mesos: src/master/validation.cpp,
 * framework::validateUpdate).
 */
export function problemWithChange(
  before: FrameworkInfo,
  { info, suppressedRoles, problem }: UpdateFramework,
): string | undefined {
  return (
    problem ??
    problemWithFramework(info, suppressedRoles) ??
    changed('principal', before.principal, info.principal) ??
    changed('user', before.user, info.user) ??
    changed('checkpoint', before.checkpoint ?? false, info.checkpoint ?? false)
  )
}

function changed<Value>(field: string, before: Value, after: Value): string | undefined {
  return before === after
    ? undefined
    : `${field} was ${String(before)} when the framework subscribed, and cannot become ${String(after)}`
}
