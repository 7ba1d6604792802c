import { Check } from 'typebox/schema'
import { policyNamed, type QuotaOptions, sharingOf } from '../../cluster/sharing.ts'
import type { AgentInfo } from '../../messages/index.ts'
import { InvalidInputError } from '../../model/errors.ts'
import { isWithin, nameOf } from '../../model/resources/kinds.ts'
import { problemWithNames } from '../../model/resources/problems.ts'
import { suggestion } from '../../model/suggestion.ts'
import { problemWithQuotas } from '../../model/validation/quotas.ts'
import { problemWithRole } from '../../model/validation/roles.ts'
import { attempt, fieldsOf, type Named } from './parts.ts'
import type { PlannedSharing } from './plan.ts'
import type { Path, Report } from './problems.ts'
import { Priorities, Quota, Quotas, Weights } from './sharing-schema.ts'

export interface SharingContext {
  /** The policy that counts, when it is not that of the file. */
  readonly policy: string | undefined
  /** The frameworks of the file. */
  readonly frameworks: readonly Named[]
  /** Absent when the agents are wrong. */
  readonly agents: readonly AgentInfo[] | undefined
  readonly report: Report
}

/** How the file shares the pool; everything that is wrong with that is reported. */
export function planSharing(data: unknown, context: SharingContext): PlannedSharing {
  const { agents, report } = context
  const { policy, weights, priorities, quotas } = fieldsOf(data)
  if (typeof policy === 'string') attempt(() => checkPolicy(policy, agents), ['policy'], report)
  reportRoles({ weights, priorities, quotas }, context)
  reportTwoValues(data, context)
  reportQuotas(quotas, context)
  const chosen = context.policy ?? (typeof policy === 'string' ? policy : undefined)
  return {
    ...(chosen !== undefined && { policy: chosen }),
    ...(Check(Weights, weights) && { weights }),
    ...(Check(Priorities, priorities) && { priorities }),
    ...(Check(Quotas, quotas) && { quotas }),
  }
}

/** Throws InvalidInputError when there is no such policy, or nothing that it could share by. */
export function checkPolicy(policy: string, agents: readonly AgentInfo[] | undefined): void {
  policyNamed(policy)
  const [, resource] = /^fair:(.+)$/.exec(policy) ?? []
  if (resource === undefined || agents === undefined) return
  const known = new Set(agents.flatMap(({ resources }) => Object.keys(resources).map(nameOf)))
  const problem = problemWithNames({ [resource]: 1 }, known)
  if (problem !== undefined) throw new InvalidInputError(`the policy ${policy}: ${problem}`)
}

/** A role that no framework is in is a slip of the pen: what is said of it changes nothing. */
function reportRoles(
  settings: Readonly<Record<string, unknown>>,
  { frameworks, report }: SharingContext,
): void {
  const roles = frameworks.map(roleOf).filter((role) => typeof role === 'string')
  for (const [key, values] of Object.entries(settings)) {
    for (const role of Object.keys(fieldsOf(values))) {
      const problem = problemWithRole(role) ?? strangeness(role, roles)
      if (problem !== undefined) report([key, role], problem, 'key')
    }
  }
}

function strangeness(role: string, roles: readonly string[]): string | undefined {
  if (roles.some((other) => isWithin(other, role))) return undefined
  const known = [...new Set(roles.flatMap(withAncestors))].sort()
  const hint = suggestion(role, known) || `; the roles are ${known.join(', ')}`
  return `no framework has the role ${role} or one below it${hint}`
}

function withAncestors(role: string): string[] {
  const parts = role.split('/')
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** A role has one weight and one priority, whoever says it. */
function reportTwoValues(data: unknown, { frameworks, report }: SharingContext): void {
  const { weights, priorities } = fieldsOf(data)
  for (const [key, general] of Object.entries({ weight: weights, priority: priorities })) {
    const said = new Map(
      Object.entries(fieldsOf(general)).map(([role, value]) => [role, { value, where: 'on top' }]),
    )
    for (const framework of frameworks) {
      const { [key]: value } = fieldsOf(framework.value)
      const role = String(roleOf(framework))
      if (value === undefined) continue
      const other = said.get(role)
      if (other !== undefined && other.value !== value) {
        const message = `the role ${role} has ${key} ${String(other.value)} ${other.where} and ${String(value)} here`
        report([...framework.path, key], `${message}; expected one`)
      }
      said.set(role, { value, where: 'above' })
    }
  }
}

/** Each amount of each quota where it is written; then what all of them promise together. */
function reportQuotas(quotas: unknown, { agents, report }: SharingContext): void {
  let sound = true
  for (const [role, quota] of Object.entries(fieldsOf(quotas))) {
    const path: Path = ['quotas', role]
    if (problemWithRole(role) !== undefined || !Check(Quota, quota)) sound = false
    else if (role.includes('/')) {
      sound = false
      report(path, problemWithQuotas([{ role }]) ?? '', 'key')
    } else sound = reportQuota(role, quota, { path, agents, report }) && sound
  }
  if (!sound || agents === undefined || !Check(Quotas, quotas)) return
  attempt(() => sharingOf({ quotas }, agents), ['quotas'], withoutForce(report), 'key')
}

function reportQuota(
  role: string,
  { guarantees = {}, limits = {} }: QuotaOptions,
  { path, agents, report }: Pick<SharingContext, 'agents' | 'report'> & { readonly path: Path },
): boolean {
  let sound = true
  for (const name of new Set([...Object.keys(guarantees), ...Object.keys(limits)])) {
    const [guarantee, limit] = [guarantees[name], limits[name]]
    const quota: QuotaOptions = {
      ...(guarantee !== undefined && { guarantees: { [name]: guarantee } }),
      ...(limit !== undefined && { limits: { [name]: limit } }),
    }
    const where = [...path, guarantee === undefined ? 'limits' : 'guarantees', name]
    const judge = (): void => {
      const problem = problemWithQuotas([{ role, ...quota }])
      if (problem !== undefined) throw new InvalidInputError(problem)
      if (agents !== undefined) sharingOf({ quotas: { [role]: quota } }, agents)
    }
    sound = attempt(judge, where, withoutForce(report)) && sound
  }
  return sound
}

/** A file cannot force what the library lets an operator force. */
function withoutForce(report: Report): Report {
  return (path, message, at) => report(path, message.replace(/; force it .*$/, ''), at)
}

function roleOf({ name, value }: Named): unknown {
  return fieldsOf(value).role ?? name
}
