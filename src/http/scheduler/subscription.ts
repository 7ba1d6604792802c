import type { FrameworkInfo, MasterMessage } from '../../messages/index.ts'
import type { Ledger } from '../../model/ledger/ledger.ts'
import type { Authorizer } from '../security/authorizer.ts'
import { Refusal } from '../server/answers.ts'
import type { SchedulerCall } from '../wire/calls.ts'

export type Subscribe = Extract<SchedulerCall, { type: 'SUBSCRIBE' }>

/**
 * A framework's description with the principal that its scheduler proved to be, if it names none.
 * Throws a Refusal (400) when it names another.
 */
export function withPrincipal(info: FrameworkInfo, principal: string | undefined): FrameworkInfo {
  if (principal === undefined || info.principal === principal) return info
  if (info.principal === undefined) return { ...info, principal }
  throw new Refusal(400, `The framework names ${info.principal} as principal; ${principal} calls.`)
}

/**
 * How a scheduler introduces itself to the master. One that comes back stays what it was in what
 * its tasks rely on (Mesos: src/master/validation.cpp, framework::preserveImmutableFields).
 */
export function introductionOf(
  call: Subscribe,
  info: FrameworkInfo,
  known: FrameworkInfo | undefined,
): MasterMessage {
  const { frameworkId, suppressedRoles } = call
  const { user = info.user, checkpoint = info.checkpoint } = known ?? {}
  const framework = {
    ...info,
    ...(user !== undefined && { user }),
    ...(checkpoint !== undefined && { checkpoint }),
  }
  if (frameworkId === undefined) return { type: 'lifecycle.register', framework, suppressedRoles }
  return { type: 'lifecycle.reregister', frameworkId, framework, suppressedRoles }
}

/** Says why a subscription cannot be, as far as the master does not look at it itself. */
export function problemWithSubscription(
  call: Subscribe,
  info: FrameworkInfo,
  ledger: Ledger,
  authorizer: Authorizer | undefined,
): string | undefined {
  if (call.problem !== undefined) return call.problem
  const known = ledger.frameworks.get(call.frameworkId ?? '')
  if (known !== undefined && known.info.principal !== info.principal) {
    return `the principal of framework ${known.id} cannot change`
  }
  if (authorizer !== undefined && info.user === '') {
    // Rules name users: one without a name would run as the agent's, whom no rule is asked about.
    return 'the framework names no user; where there are rules it has to'
  }
  return problemWithRights(info, authorizer)
}

/** Says in which of its roles a framework may not be, if there is one. */
export function problemWithRights(
  { principal, roles }: FrameworkInfo,
  authorizer: Authorizer | undefined,
): string | undefined {
  if (authorizer === undefined) return undefined
  const role = roles.find(
    (asked) => !authorizer.may(principal, 'register_frameworks', { role: asked }),
  )
  if (role === undefined) return undefined
  return `${principal ?? 'a framework without a principal'} may not register in the role ${role}`
}
